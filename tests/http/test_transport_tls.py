"""The transport over TLS: whom it trusts, who it says it is, and what it says when that fails."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from calor.base.errors import NotSent
from calor.base.executor import ThreadExecutor
from calor.base.wire import Request, Response
from calor.transport.http import HttpTransport

Send = Callable[[HttpTransport, str], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Certificate:
    """The paths of a certificate that signed itself, and of its key."""

    path: str
    key: str


def certificate(folder: Path, name: str) -> Certificate:
    """What `openssl req -x509` makes: an authority of itself, for 127.0.0.1."""
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, SHA256())
    )
    paths = folder / f"{name}.crt", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Certificate(str(paths[0]), str(paths[1]))


@asynccontextmanager
async def server(own: Certificate | None, client: Certificate | None = None) -> AsyncIterator[str]:
    """A server that answers 204, without TLS if it has no certificate; `client` is whom it lets
    in."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if b"HTTP/1.1" in await reader.readline():
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        writer.close()

    context = None
    if own is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(own.path, own.key)
        if client is not None:
            context.load_verify_locations(client.path)
            context.verify_mode = ssl.CERT_REQUIRED
    started = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
    async with started:
        yield f"https://127.0.0.1:{started.sockets[0].getsockname()[1]}/"


async def _async(transport: HttpTransport, url: str) -> Response:
    return await transport.send(Request("GET", url), timeout=10)


async def _blocking(transport: HttpTransport, url: str) -> Response:
    executor = ThreadExecutor(1)
    try:
        return await executor.run(lambda: transport.send_blocking(Request("GET", url), timeout=10))
    finally:
        executor.close()


ways = pytest.mark.parametrize("send", [_async, _blocking], ids=["async", "blocking"])


@ways
def test_a_certificate_that_nobody_vouches_for_is_refused_with_the_reason(
    send: Send, tmp_path: Path
) -> None:
    async def main() -> None:
        transport = HttpTransport()
        async with server(certificate(tmp_path, "cloud")) as url:
            with pytest.raises(
                NotSent, match=r"^can't reach https://127\.0\.0\.1:\d+: TLS fails: "
            ):
                await send(transport, url)
            with pytest.raises(NotSent, match=r"self.signed certificate$"):
                await send(transport, url)
        await transport.close()

    asyncio.run(main())


@ways
def test_who_vouches_may_be_a_file_and_may_be_nobody(send: Send, tmp_path: Path) -> None:
    async def main() -> None:
        own = certificate(tmp_path, "cloud")
        for verify in (own.path, False):
            transport = HttpTransport(verify=verify)
            async with server(own) as url:
                assert (await send(transport, url)).status == 204
            await transport.close()

    asyncio.run(main())


@ways
def test_a_proxy_is_trusted_as_servers_are(
    send: Send, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        own = certificate(tmp_path, "proxy")
        async with server(own) as url:
            monkeypatch.setenv("http_proxy", url)
            for verify in (own.path, False):
                transport = HttpTransport(verify=verify)
                assert (await send(transport, "http://nowhere.invalid/")).status == 204
                await transport.close()
            transport = HttpTransport()
            with pytest.raises(NotSent, match=r"TLS fails: self.signed certificate"):
                await send(transport, "http://nowhere.invalid/")
            await transport.close()

    asyncio.run(main())


@ways
def test_a_file_of_authorities_that_is_not_there_is_told(send: Send, tmp_path: Path) -> None:
    async def main() -> None:
        transport = HttpTransport(verify=str(tmp_path / "josé.pem"))
        async with server(certificate(tmp_path, "cloud")) as url:
            with pytest.raises(NotSent, match=r"TLS fails: .*josé\.pem"):
                await send(transport, url)
        await transport.close()

    asyncio.run(main())


@ways
def test_our_certificate_is_shown_to_who_asks(send: Send, tmp_path: Path) -> None:
    async def main() -> None:
        own, ours = certificate(tmp_path, "cloud"), certificate(tmp_path, "calor")
        transport = HttpTransport(verify=own.path, certificate=(ours.path, ours.key))
        async with server(own, client=ours) as url:
            assert (await send(transport, url)).status == 204
        await transport.close()

    asyncio.run(main())


@ways
def test_who_does_not_speak_tls_was_never_asked(send: Send) -> None:
    async def main() -> None:
        transport = HttpTransport()
        async with server(None) as url:
            with pytest.raises(NotSent, match="TLS fails: "):
                await send(transport, url)
        await transport.close()

    asyncio.run(main())

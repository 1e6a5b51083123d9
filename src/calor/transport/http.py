"""Requests over HTTP, by libcurl: one way on the event loop, and its blocking twin.

It follows no redirect, keeps no cookie, never caps what runs in parallel, and repeats no request
that has a body.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import Iterator
from io import BytesIO
from typing import cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import pycurl

from calor.base.errors import LostAnswer, NotSent
from calor.base.wire import Request, Response
from calor.transport.curl import Transfers

CONNECT_TIMEOUT = 10.0
"""Seconds within which a server must have taken a connection."""

KEEP_ALIVE = 4
"""Seconds that an idle connection is kept: less than servers do (5 for Apache and uvicorn), so
that a POST seldom leaves on a connection that the server is just closing."""

IDLE_HANDLES = 1000
"""How many of libcurl's handles are kept for the next requests."""

USER_AGENT = "calor"

_COMPRESSIONS = "gzip, deflate"
_SAFE = ("GET", "HEAD", "OPTIONS", "DELETE")
_TLS = (
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_SSL_CERTPROBLEM,
    pycurl.E_SSL_CIPHER,
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CACERT_BADFILE,
    pycurl.E_SSL_ISSUER_ERROR,
)


class HttpTransport:
    """The machine's network.

    `verify` is False to trust any certificate, or the path of a file or folder of authorities;
    `certificate` is our own: paths of certificate and key.
    """

    def __init__(
        self, *, verify: bool | str = True, certificate: tuple[str, str] | None = None
    ) -> None:
        self._verify = verify
        self._certificate = certificate
        self._authorities = tuple(_authorities(verify))
        self._proxies: dict[tuple[str, str], str] = {}
        self._transfers: Transfers | None = None
        self._idle: list[pycurl.Curl] = []
        self._blocking: list[pycurl.Curl] = []

    async def send(self, request: Request, *, timeout: float) -> Response:
        curl = self._idle.pop() if self._idle else self._handle()
        answer = self._prepared(curl, request, timeout)
        try:
            await self._running().perform(curl)
        except pycurl.error as error:
            raise _fault(request, error, curl, timeout) from error
        finally:
            self._put_back(curl, self._idle)
        return answer.response(curl)

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        # Its own handles: each keeps a connection, and belongs to one thread at a time.
        try:
            curl = self._blocking.pop()
        except IndexError:
            curl = self._handle()
        answer = self._prepared(curl, request, timeout)
        try:
            curl.perform()
        except pycurl.error as error:
            raise _fault(request, error, curl, timeout) from error
        finally:
            self._put_back(curl, self._blocking)
        return answer.response(curl)

    async def close(self) -> None:
        handles = [*self._idle, *self._blocking]
        self._idle, self._blocking = [], []
        for curl in handles:
            curl.close()
        if self._transfers is not None and self._transfers.belongs_to(asyncio.get_running_loop()):
            self._transfers.close()
        self._transfers = None

    def _running(self) -> Transfers:
        """The exchanges of the running loop; a loop that ended took its own with it."""
        if self._transfers is None or not self._transfers.belongs_to(asyncio.get_running_loop()):
            self._transfers = Transfers()
        return self._transfers

    def _put_back(self, curl: pycurl.Curl, idle: list[pycurl.Curl]) -> None:
        for option in (pycurl.READFUNCTION, pycurl.WRITEFUNCTION, pycurl.HEADERFUNCTION):
            curl.setopt(option, _nothing)  # it would keep what went through it
        if len(idle) < IDLE_HANDLES:
            idle.append(curl)

    # --- one request ----------------------------------------------------------------------------

    def _handle(self) -> pycurl.Curl:
        """A handle with what is the same for every request."""
        curl = pycurl.Curl()
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.PATH_AS_IS, 1)
        curl.setopt(pycurl.USERAGENT, USER_AGENT)
        curl.setopt(pycurl.ACCEPT_ENCODING, _COMPRESSIONS)
        curl.setopt(pycurl.MAXAGE_CONN, KEEP_ALIVE)
        curl.setopt(pycurl.UPLOAD_BUFFERSIZE, 16384)
        self._trust(curl)
        return curl

    def _trust(self, curl: pycurl.Curl) -> None:
        """Whose certificates are good, and which is ours."""
        if self._verify is False:
            curl.setopt(pycurl.SSL_VERIFYPEER, 0)
            curl.setopt(pycurl.SSL_VERIFYHOST, 0)
        else:
            for option, path in self._authorities:
                curl.setopt(option, path)
        if self._certificate is not None:
            curl.setopt(pycurl.SSLCERT, self._certificate[0])
            curl.setopt(pycurl.SSLKEY, self._certificate[1])

    def _prepared(self, curl: pycurl.Curl, request: Request, timeout: float) -> _Answer:
        answer = _Answer()
        try:
            curl.setopt(pycurl.URL, request.url)
            curl.setopt(pycurl.PROXY, self._proxy(request.url))
            curl.setopt(pycurl.HTTPHEADER, [*_lines(request), b"Expect:"])
        except ValueError as error:
            raise NotSent(f"can't send a request to {request.url}: {error}") from error
        curl.setopt(pycurl.HTTPGET, 1)
        curl.setopt(pycurl.FRESH_CONNECT, 0)
        if request.body:
            # Read through a function that can't go back: so libcurl never sends it twice, as it
            # does on a kept connection that broke without an answer.
            curl.setopt(pycurl.UPLOAD, 1)
            curl.setopt(pycurl.READFUNCTION, BytesIO(request.body).read)
            curl.setopt(pycurl.INFILESIZE_LARGE, len(request.body))
        elif request.method == "HEAD":
            curl.setopt(pycurl.NOBODY, 1)
        elif request.method not in _SAFE:
            curl.setopt(pycurl.FRESH_CONNECT, 1)  # for the same reason
        curl.setopt(pycurl.CUSTOMREQUEST, request.method)
        curl.setopt(pycurl.WRITEFUNCTION, answer.body.write)
        curl.setopt(pycurl.HEADERFUNCTION, answer.head.write)
        curl.setopt(pycurl.TIMEOUT_MS, max(1, int(timeout * 1000)))
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, int(min(CONNECT_TIMEOUT, timeout) * 1000)))
        return answer

    def _proxy(self, url: str) -> str:
        """The proxy that the environment names for a server, or ''; asked once for each."""
        parts = urlsplit(url)
        origin = parts.scheme, parts.hostname or ""
        if origin not in self._proxies:
            bypassed = proxy_bypass(parts.hostname or "")
            self._proxies[origin] = "" if bypassed else getproxies().get(parts.scheme, "")
        return self._proxies[origin]


class _Answer:
    """Where libcurl writes an answer to."""

    __slots__ = ("body", "head")

    def __init__(self) -> None:
        self.head = BytesIO()
        self.body = BytesIO()

    def response(self, curl: pycurl.Curl) -> Response:
        # There may be several heads, a proxy's or `100 Continue` first: the last one counts.
        text = self.head.getvalue().decode("utf-8", "surrogateescape")
        last = f"\r\n\r\n{text}".rpartition("\r\n\r\nHTTP/")[2].partition("\r\n\r\n")[0]
        headers = {}
        for line in last.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            headers[name] = value.strip()
        return Response(curl.getinfo(pycurl.RESPONSE_CODE), headers, self.body.getvalue())


def _nothing(_: object) -> bytes:
    return b""


def _lines(request: Request) -> Iterator[bytes]:
    """The headers. Raises ValueError for one that would be several."""
    for name, value in request.headers.items():
        line = f"{name}: {value}" if value else f"{name};"
        if "\r" in line or "\n" in line or "\0" in line:
            raise ValueError(f"the header {name!r} has more than one line")
        yield line.encode()


def _authorities(verify: bool | str) -> Iterator[tuple[int, str]]:
    """libcurl's options for the authorities that are trusted: the system's, or given ones."""
    if isinstance(verify, str):
        yield (pycurl.CAPATH if os.path.isdir(verify) else pycurl.CAINFO), verify
        return
    known = ssl.get_default_verify_paths()
    if known.cafile is not None:
        yield pycurl.CAINFO, known.cafile
    if known.capath is not None:
        yield pycurl.CAPATH, known.capath


# --- what went wrong ----------------------------------------------------------------------------


def _fault(
    request: Request, error: pycurl.error, curl: pycurl.Curl, timeout: float
) -> NotSent | LostAnswer:
    code, message = cast("tuple[int, str]", error.args)
    host = _host(request.url)
    if not curl.getinfo(pycurl.REQUEST_SIZE):
        if code in (pycurl.E_URL_MALFORMAT, pycurl.E_UNSUPPORTED_PROTOCOL):
            return NotSent(f"can't send a request to {request.url}: {message}")
        return NotSent(f"can't reach {host}: {_reason(code, message, curl)}")
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return LostAnswer(f"{host} did not answer within {timeout:g} seconds")
    return LostAnswer(f"the connection to {host} broke: {_reason(code, message, curl)}")


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else url


def _reason(code: int, message: str, curl: pycurl.Curl) -> str:
    """The short of it: what the operating system said, where it did."""
    if code in _TLS:
        # "SSL certificate OpenSSL verify result: self-signed certificate (18)"
        said = re.split(r":+ ?", message)[-1]
        return f"TLS fails: {re.sub(r' [(][0-9]+[)]$', '', said)}"
    number = curl.getinfo(pycurl.OS_ERRNO)
    if number and code in (pycurl.E_COULDNT_CONNECT, pycurl.E_SEND_ERROR, pycurl.E_RECV_ERROR):
        return os.strerror(number)
    return message

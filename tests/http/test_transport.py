"""The transport over HTTP, on real sockets."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from calor.base.errors import LostAnswer, NotSent
from calor.base.executor import ThreadExecutor
from calor.base.wire import Request, Response, Transport
from calor.transport.http import HttpTransport

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Send = Callable[[Transport, Request, float], Coroutine[Any, Any, Response]]


@asynccontextmanager
async def server(handler: Handler) -> AsyncIterator[str]:
    """A server on loopback whose every connection `handler` has in its hands."""
    started = await asyncio.start_server(handler, "127.0.0.1", 0)
    host, port = started.sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        started.close()


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return head + await reader.readexactly(length)


async def _async(transport: Transport, request: Request, timeout: float) -> Response:
    return await transport.send(request, timeout=timeout)


async def _blocking(transport: Transport, request: Request, timeout: float) -> Response:
    executor = ThreadExecutor(1)
    try:
        return await executor.run(lambda: transport.send_blocking(request, timeout=timeout))
    finally:
        executor.close()


ways = pytest.mark.parametrize("send", [_async, _blocking], ids=["async", "blocking"])


def on_server(handler: Handler, story: Callable[[str, Transport], Awaitable[None]]) -> None:
    async def main() -> None:
        transport = HttpTransport()
        async with server(handler) as url:
            try:
                await story(url, transport)
            finally:
                await transport.close()

    asyncio.run(main())


@ways
def test_a_request_goes_there_and_its_answer_comes_back(send: Send) -> None:
    seen: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_request(reader))
        writer.write(
            b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nX-Thing: a\r\n"
            b"Content-Length: 2\r\nConnection: close\r\n\r\nhi"
        )
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        request = Request("PUT", f"{url}/a%2Fb?x=%5E1&x=2", {"X-Auth-Token": "t"}, b"body")
        response = await send(transport, request, 5)
        assert (response.status, response.body) == (302, b"hi")
        assert response.header("x-thing") == "a"
        assert len(seen) == 1
        assert seen[0].startswith(b"PUT /a%2Fb?x=%5E1&x=2 HTTP/1.1\r\n")
        assert b"x-auth-token: t" in seen[0].lower()
        assert seen[0].endswith(b"\r\n\r\nbody")

    on_server(handler, story)


@ways
def test_who_does_not_listen_was_never_asked(send: Send) -> None:
    async def main() -> None:
        transport = HttpTransport()
        async with server(lambda r, w: asyncio.sleep(0)) as url:
            pass
        with pytest.raises(NotSent, match="Connection refused"):
            await send(transport, Request("GET", url), 5)
        with pytest.raises(NotSent, match=r"can't reach http://nowhere\.invalid"):
            await send(transport, Request("GET", "http://nowhere.invalid/"), 5)
        await transport.close()

    asyncio.run(main())


@ways
def test_a_connection_that_breaks_after_the_request_loses_the_answer(send: Send) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        with pytest.raises(LostAnswer):
            await send(transport, Request("POST", url, {}, b"x"), 5)

    on_server(handler, story)


@ways
def test_half_an_answer_is_a_lost_one(send: Send) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\nhalf")
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        with pytest.raises(LostAnswer):
            await send(transport, Request("POST", url, {}, b"x"), 5)

    on_server(handler, story)


@ways
def test_no_answer_in_time_is_a_lost_one(send: Send) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await reader.read()
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        with pytest.raises(LostAnswer):
            await send(transport, Request("POST", url, {}, b"x"), 0.2)

    on_server(handler, story)


def test_a_cancelled_request_is_dropped_at_once() -> None:
    arrived, dropped = asyncio.Event(), asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        arrived.set()
        await reader.read()
        dropped.set()
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        under_way = asyncio.create_task(transport.send(Request("POST", url, {}, b"x"), timeout=60))
        await arrived.wait()
        under_way.cancel()
        with pytest.raises(asyncio.CancelledError):
            await under_way
        async with asyncio.timeout(30):  # well before the request's own time is up
            await dropped.wait()

    on_server(handler, story)


def test_a_request_under_way_is_lost_when_the_transport_closes() -> None:
    arrived = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        arrived.set()
        await reader.read()
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        under_way = asyncio.create_task(transport.send(Request("POST", url, {}, b"x"), timeout=60))
        await arrived.wait()
        await transport.close()
        with pytest.raises(LostAnswer, match="the transport was closed"):
            await under_way

    on_server(handler, story)


@ways
def test_nothing_is_repeated_when_a_kept_connection_breaks(send: Send) -> None:
    seen: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_request(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        seen.append(await read_request(reader))
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        assert (await send(transport, Request("POST", f"{url}/1", {}, b"x"), 5)).status == 200
        with pytest.raises(LostAnswer, match="broke: it was closed without an answer"):
            await send(transport, Request("POST", f"{url}/2", {}, b"x"), 5)
        assert [head.split()[1] for head in seen] == [b"/1", b"/2"]

    on_server(handler, story)


@ways
def test_a_post_without_a_body_does_not_rely_on_a_kept_connection(send: Send) -> None:
    seen: list[list[bytes]] = []
    heads: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append([])
        while True:
            heads.append((await read_request(reader)).lower())
            seen[-1].append(heads[-1].split()[1])
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def story(url: str, transport: Transport) -> None:
        for method, path in (("GET", "/1"), ("GET", "/2"), ("POST", "/3"), ("PUT", "/4")):
            assert (await send(transport, Request(method, url + path), 5)).status == 200
        assert seen == [[b"/1", b"/2"], [b"/3"], [b"/4"]]
        assert [b"\r\ncontent-length: 0\r\n" in head for head in heads] == [
            False,
            False,
            True,
            True,
        ]

    on_server(handler, story)


def test_connections_that_nobody_uses_are_closed() -> None:
    closed = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await read_request(reader)
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        assert await reader.read() == b""
        closed.set()
        writer.close()

    async def main() -> None:
        transport = HttpTransport(keep_alive=0.1)
        async with server(handler) as url, asyncio.timeout(30):
            for _ in range(2):
                await transport.send(Request("GET", url), timeout=5)
            await closed.wait()
        async with server(handler) as url:
            assert (await transport.send(Request("GET", url), timeout=5)).status == 204
        await transport.close()

    asyncio.run(main())


@ways
def test_a_head_may_end_its_lines_with_a_line_feed_alone(send: Send) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 429 Slow\nRetry-After: 3\nContent-Length: 2\n\nhi")
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        response = await send(transport, Request("GET", url), 5)
        assert (response.header("retry-after"), response.body) == ("3", b"hi")

    on_server(handler, story)


@ways
def test_the_last_head_counts_and_what_comes_after_the_body_does_not(send: Send) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(
            b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nVia: HTTP/1.1 proxy\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n"
        )
        await reader.read()
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        response = await send(transport, Request("GET", url), 5)
        assert (response.status, response.body) == (200, b"hi")
        assert response.headers == {"Via": "HTTP/1.1 proxy", "Transfer-Encoding": "chunked"}

    on_server(handler, story)


@ways
def test_a_compressed_answer_arrives_readable(send: Send) -> None:
    packed = gzip.compress(b"hello " * 9)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n" % len(packed) + packed
        )
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        assert (await send(transport, Request("GET", url), 5)).body == b"hello " * 9

    on_server(handler, story)


@ways
def test_the_environments_proxy_is_asked_but_for_whom_it_leaves_out(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await read_request(reader)).split(b" HTTP")[0])
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        monkeypatch.setenv("http_proxy", url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        await send(transport, Request("GET", "http://nowhere.invalid/far"), 5)
        await send(transport, Request("GET", f"{url}/near"), 5)
        assert seen == [b"GET http://nowhere.invalid/far", b"GET /near"]

    on_server(handler, story)


def test_what_can_not_be_put_on_the_wire_was_never_sent() -> None:
    seen: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read())
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        for request, why in (
            (Request("GET", "nonsense"), "can't reach nonsense: its name is not known"),
            (Request("GET", f"{url}/a\r\nb"), "more than one line"),
            (
                Request("GET", url, {"X-A": "a\r\nX-B: b"}),
                "the header 'X-A' has more than one line",
            ),
            (Request("GET / HTTP/1.1\r\n\r\nDELETE", url), "is no method"),
            (Request("GET", "file:///etc/passwd"), "can't send a request to 'file:///etc/passwd'"),
        ):
            with pytest.raises(NotSent, match=why):
                await transport.send(request, timeout=5)
        assert not any(seen)

    on_server(handler, story)


def test_many_requests_are_under_way_at_once() -> None:
    inside: list[int] = []
    all_in = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        inside.append(1)
        if len(inside) == 300:
            all_in.set()
        await all_in.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    async def story(url: str, transport: Transport) -> None:
        answers = await asyncio.gather(
            *(transport.send(Request("GET", url), timeout=30) for _ in range(300))
        )
        assert [answer.status for answer in answers] == [204] * 300

    on_server(handler, story)

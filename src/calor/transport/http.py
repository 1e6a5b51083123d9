"""Requests over HTTP, by libcurl: one way on the event loop, and its blocking twin.

It follows no redirect, keeps no cookie, never caps what runs in parallel, and repeats no request
that has a body.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import pycurl

from calor.base.wire import Request, Response
from calor.transport.curl import Transfers
from calor.transport.curl_faults import fault, unfit
from calor.transport.handles import KEEP_ALIVE, Trust

CONNECT_TIMEOUT = 10.0
"""Seconds within which a server must have taken a connection."""

IDLE_HANDLES = 1000
"""How many of libcurl's handles are kept for the next requests."""

_SAFE = ("GET", "HEAD", "OPTIONS", "DELETE")
_METHOD = re.compile(r"[A-Z]+")
_UNFIT = re.compile(r"[\r\n\0]")


class HttpTransport:
    """The machine's network. For `verify` and `certificate` see `handles.Trust`; connections that
    nobody used for `keep_alive` seconds are closed."""

    def __init__(
        self,
        *,
        verify: bool | str = True,
        certificate: tuple[str, str] | None = None,
        keep_alive: float = KEEP_ALIVE,
    ) -> None:
        self._keep_alive = keep_alive
        self._trust = Trust(verify, certificate)
        self._proxies: dict[tuple[str, str], str] = {}
        self._transfers: Transfers | None = None
        self._idle: list[pycurl.Curl] = []
        self._blocking: list[pycurl.Curl] = []

    async def send(self, request: Request, *, timeout: float) -> Response:
        curl = self._idle.pop() if self._idle else self._trust.handle()
        try:
            answer = self._prepared(curl, request, timeout)
            await self._running().perform(curl)
        except pycurl.error as error:
            raise fault(request, error, curl, timeout) from error
        finally:
            _put_back(curl, self._idle)
        return answer.response(curl)

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        # Its own handles: each keeps a connection, and belongs to one thread at a time.
        try:
            curl = self._blocking.pop()
        except IndexError:
            curl = self._trust.handle()
        try:
            answer = self._prepared(curl, request, timeout)
            curl.perform()
        except pycurl.error as error:
            raise fault(request, error, curl, timeout) from error
        finally:
            _put_back(curl, self._blocking)
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
            self._transfers = Transfers(keep_alive=self._keep_alive)
        return self._transfers

    def _prepared(self, curl: pycurl.Curl, request: Request, timeout: float) -> _Answer:
        """Sets a handle up for a request. Raises `NotSent` for one that is unfit for the wire."""
        answer = _Answer()
        try:
            curl.setopt(pycurl.URL, _checked(request).url)
            curl.setopt(pycurl.PROXY, self._proxy(request.url))
            curl.setopt(pycurl.HTTPHEADER, list(_headers(request)))
        except ValueError as error:
            raise unfit(request, error) from error
        curl.setopt(pycurl.HTTPGET, 1)
        if request.body:
            # Read through a function that can't go back: so libcurl never sends it twice, as it
            # does on a kept connection that broke without an answer.
            curl.setopt(pycurl.UPLOAD, 1)
            curl.setopt(pycurl.READFUNCTION, BytesIO(request.body).read)
            curl.setopt(pycurl.INFILESIZE_LARGE, len(request.body))
        elif request.method == "HEAD":
            curl.setopt(pycurl.NOBODY, 1)
        # For the same reason, what has no body and is not safe gets a connection of its own.
        alone = not request.body and request.method not in _SAFE
        curl.setopt(pycurl.FRESH_CONNECT, alone)
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
        # There may be several heads, a proxy's or `100 Continue` first: the last counts. What
        # comes after the body is none of it.
        text = self.head.getvalue().decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        last = f"\n\n{text}".rpartition("\n\nHTTP/")[2].partition("\n\n")[0]
        headers = {}
        for line in last.split("\n")[1:]:
            name, _, value = line.partition(":")
            headers[name] = value.strip()
        return Response(curl.getinfo(pycurl.RESPONSE_CODE), headers, self.body.getvalue())


def _checked(request: Request) -> Request:
    """Raises ValueError for what would be another request, or two."""
    if not _METHOD.fullmatch(request.method):
        raise ValueError(f"{request.method!r} is no method")
    if _UNFIT.search(request.url):
        raise ValueError("it has more than one line")
    return request


def _headers(request: Request) -> Iterator[bytes]:
    """The lines of the headers, and what libcurl is to say of the body. Raises ValueError for one
    that would be several."""
    for name, value in request.headers.items():
        # With a colon and nothing behind it libcurl would leave the header out.
        line = f"{name}: {value}" if value.strip() else f"{name};"
        if _UNFIT.search(line):
            raise ValueError(f"the header {name!r} has more than one line")
        yield line.encode()
    yield b"Expect:"
    if not request.body and request.method not in _SAFE:
        yield b"Content-Length: 0"


def _put_back(curl: pycurl.Curl, idle: list[pycurl.Curl]) -> None:
    for option in (pycurl.READFUNCTION, pycurl.WRITEFUNCTION, pycurl.HEADERFUNCTION):
        curl.setopt(option, _nothing)  # it would keep what went through it
    if len(idle) < IDLE_HANDLES:
        idle.append(curl)


def _nothing(_: object) -> bytes:
    return b""

"""Requests to an ASGI application in the same process: no socket, no server.

It runs no lifespan and carries no stream: an answer is whole before it is handed back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from calor.base.errors import LostAnswer, NotSent
from calor.base.wire import Request, Response

Message = MutableMapping[str, Any]
App = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[Message]],
        Callable[[Message], Awaitable[None]],
    ],
    Awaitable[None],
]


class AsgiTransport:
    """Calls `app` once a request, on the loop of whoever asks."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def send(self, request: Request, *, timeout: float) -> Response:
        exchange = _Exchange(request.body)
        try:
            async with asyncio.timeout(timeout):
                await self._app(_scope(request), exchange.receive, exchange.send)
        except TimeoutError as error:
            raise LostAnswer(f"no answer within {timeout:g} seconds") from error
        except Exception:
            if not exchange.complete:  # an answer that was given stands, whatever came after it
                raise
        return exchange.response()

    def send_blocking(self, request: Request, *, timeout: float) -> NoReturn:
        raise NotSent("an application in process can't be asked by blocking code")

    async def close(self) -> None:
        pass


class _Exchange:
    """The two channels of one request."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._asked = False
        self._over = asyncio.Event()
        self._status = 0
        self._headers: dict[str, str] = {}
        self._parts: list[bytes] = []
        self.complete = False

    async def receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            for name, value in message.get("headers", ()):
                key, text = name.decode("latin-1"), value.decode("latin-1")
                self._headers[key] = (
                    f"{self._headers[key]}, {text}" if key in self._headers else text
                )
        elif message["type"] == "http.response.body":
            self._parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self.complete = True
                self._over.set()

    def response(self) -> Response:
        if not self.complete:
            raise LostAnswer("the application ended without an answer")
        return Response(self._status, self._headers, b"".join(self._parts))


def _scope(request: Request) -> dict[str, Any]:
    parts = urlsplit(request.url)
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in request.headers.items()
    ]
    names = [name for name, _ in headers]
    if b"host" not in names:
        headers.append((b"host", parts.netloc.encode("latin-1")))
    if request.body and b"content-length" not in names:
        headers.append((b"content-length", str(len(request.body)).encode("latin-1")))
    default_port = 443 if parts.scheme == "https" else 80
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method.upper(),
        "scheme": parts.scheme or "http",
        "path": unquote(parts.path) or "/",
        "raw_path": (parts.path or "/").encode("latin-1"),
        "query_string": parts.query.encode("latin-1"),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname or "localhost", parts.port or default_port),
        "state": {},
    }

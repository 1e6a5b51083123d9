"""The HTTP shell of a sandbox: an ASGI application, and a server that runs it.

It waits as long as calls are said to take, and drops the connection where an answer is lost; all
else is the core's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from calor.base.clock import Clock
from calor.base.wire import Request
from calor.sandbox.core import Outcome, Sandbox

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]


CLOSE = "calor.sandbox.close"
"""The ASGI extension with which the application closes the connection without an answer."""


class AnswerLost(Exception):
    """The fault plan drops this answer, and the server can't close the connection on demand."""


async def _body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def application(sandbox: Sandbox, clock: Clock) -> App:
    """The sandbox as an ASGI application."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _body(receive)
        method = scope["method"]
        path, query = scope["raw_path"].decode(), scope["query_string"].decode()
        seconds = sandbox.latency(Request(method, path, headers, body))
        if seconds and not path.startswith("/sandbox/"):
            await clock.sleep(seconds)
        outcome = sandbox.serve(method, path, query, headers=headers, body=body, now=clock.now())
        if outcome.delay:
            await clock.sleep(outcome.delay)
        if outcome.lost:
            await _lose(scope, receive)
            return
        await _answer(outcome, send, with_body=method != "HEAD")

    return app


async def _lose(scope: Message, receive: Receive) -> None:
    extension = (scope.get("extensions") or {}).get(CLOSE)
    if extension is None:
        raise AnswerLost
    extension["close"]()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(outcome: Outcome, send: Send, *, with_body: bool) -> None:
    response = outcome.response
    headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
    if response.status != 204:
        headers.append((b"Content-Length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body if with_body else b""})


class _Protocol(HttpToolsProtocol):
    """uvicorn's HTTP, which lets the application close the connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions = self.scope.setdefault("extensions", {})
        extensions[CLOSE] = {"close": self.transport.close}


class Server:
    """A sandbox served on a port; `serve` is the short form."""

    def __init__(self, sandbox: Sandbox, host: str, port: int, clock: Clock) -> None:
        config = uvicorn.Config(
            application(sandbox, clock),
            host=host,
            port=port,
            http=_Protocol,
            lifespan="off",
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
        )
        self._server = uvicorn.Server(config)

    async def run(self) -> None:
        """Serve until `stop`."""
        await self._server.serve()

    def stop(self) -> None:
        self._server.should_exit = True


async def serve(sandbox: Sandbox, host: str, port: int, clock: Clock) -> None:
    """Serve a sandbox on a port until the task is cancelled or the process is told to end.

    `port` is not 0: set `sandbox.base_url` to where it will be before.
    """
    await Server(sandbox, host, port, clock).run()

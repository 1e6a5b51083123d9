"""An ASGI application on a port, and the wish of whoever runs the program that it should end."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from calor.base.errors import UserError
from calor.transport.asgi import App

PATIENCE = 5
"""Seconds that requests get to finish when the program ends."""


class _Server(uvicorn.Server):
    """A server that leaves the signals to the program."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def open_port(host: str, port: int, *, otherwise_any: bool = False) -> socket.socket:
    """A socket that listens; `otherwise_any` takes a free port where the wanted one is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for wanted in (port, 0) if otherwise_any else (port,):
        opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((host, wanted))
        except OSError as error:
            opened.close()
            problem = error
            continue
        opened.listen(2048)
        opened.setblocking(False)
        return opened
    raise UserError(
        f"can't listen on {host} port {port}: {(problem.strerror or str(problem)).lower()}",
        "name another one with --port, or 0 for a free one",
    )


def url_of(opened: socket.socket) -> str:
    host, port = opened.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@asynccontextmanager
async def served(app: App, opened: socket.socket) -> AsyncIterator[None]:
    """Serves the application within the context."""
    settle_down()
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
        timeout_keep_alive=75,
        http="httptools",
    )
    server = _Server(config)
    task = asyncio.get_running_loop().create_task(server.serve(sockets=[opened]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


def settle_down() -> None:
    """Tells the garbage collector that what is loaded now stays, and to look less often: full
    collections over all modules cost a third of the time of a burst of thousand steps. The middle
    generation is looked at after every second look at the youngest, so that no look takes longer
    than a twentieth of a second or so. A thread that computes gives way to the event loop soon,
    which would wait 5 ms for each thing it hears while a template is read."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(40_000, 1, 400)
    sys.setswitchinterval(0.0002)


@contextmanager
def ending() -> Iterator[asyncio.Event]:
    """An event that is set when the process is told to end."""
    event = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, event.set)
    try:
        yield event
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

"""Runs a command's coroutine: with a client, the first line that names the mode, and Ctrl-C heard.

It decides nothing about stacks.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from calor.cli.root import App
from calor.client import Client

T = TypeVar("T")


def with_client(app: App, work: Callable[[Client], Awaitable[T]]) -> T:
    """Connects, runs `work`, and cleans up. Says on stderr which Calor it is."""

    async def run() -> T:
        click.echo(click.style(str(app.where), dim=True), err=True)
        async with app.programs.connect(app.where, debug=app.debug) as client:
            return await work(client)

    return asyncio.run(run())


class Interrupts:
    """Ctrl-C as something to wait for. The third one in a row ends the program at once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def happened(self) -> None:
        self._event.set()

    async def wait(self) -> None:
        await self._event.wait()
        self._event.clear()


@contextmanager
def interrupts() -> Iterator[Interrupts]:
    """Within it, Ctrl-C does not end the program."""
    heard = Interrupts()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, heard.happened)
    try:
        yield heard
    finally:
        loop.remove_signal_handler(signal.SIGINT)


async def ask(question: str, heard: Interrupts) -> str:
    """A line from the terminal, without blocking what goes on meanwhile; '' for Ctrl-C."""
    click.echo(question, nl=False, err=True)
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()
    stdin = sys.stdin

    def readable() -> None:
        if not answer.done():
            answer.set_result(stdin.readline().strip())

    loop.add_reader(stdin, readable)
    interrupted = loop.create_task(heard.wait())
    try:
        waiting: list[asyncio.Future[Any]] = [answer, interrupted]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        return answer.result() if answer.done() else ""
    finally:
        interrupted.cancel()
        loop.remove_reader(stdin)

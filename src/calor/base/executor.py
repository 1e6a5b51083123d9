"""Where blocking work runs: threads in service, in line under simulation.

The only module that may start a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

T = TypeVar("T")


class Executor(Protocol):
    """Runs a blocking function and hands back what it returns or raises."""

    async def run(self, function: Callable[[], T]) -> T: ...


class ThreadExecutor:
    """Runs functions on a few threads of its own."""

    def __init__(self, threads: int = 4, name: str = "calor") -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def run(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


class InlineExecutor:
    """Runs functions at once, on the caller's thread: for simulation and tests."""

    async def run(self, function: Callable[[], T]) -> T:
        return function()

    def close(self) -> None:
        pass

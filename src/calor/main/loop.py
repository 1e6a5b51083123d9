"""The event loop of the server programs: uvloop, which takes half the time for a burst of calls."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

import uvloop

from calor.main.arenas import share_heap

T = TypeVar("T")


def run(program: Coroutine[None, None, T]) -> T:
    """Runs a program to its end."""
    share_heap()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(program)

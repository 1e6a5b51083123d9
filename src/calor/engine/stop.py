"""How a run ends early: waiting is dropped, calls under way are joined.

It cancels nothing that might have an effect nobody recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from enum import Enum
from typing import Any, TypeVar

from calor.base.errors import CalorError

T = TypeVar("T")


class Why(Enum):
    """Why a run ends before its plan is done."""

    SUPERSEDED = "superseded"
    TIMED_OUT = "timed out"
    LEASE_LOST = "lease lost"
    FAILED = "failed"
    """Something failed and a rollback will follow: nothing new is begun, the rest finishes."""
    CLOSING = "closing"


class Stopped(CalorError):
    """A step was ended early; its row says truthfully how far it came."""


class Stop:
    """The switch of one run. `why` is None until it is thrown; the first reason stays, but a lost
    lease overrules all others."""

    def __init__(self) -> None:
        self.why: Why | None = None
        self._waits: dict[asyncio.Task[Any], list[bool]] = {}
        """Tasks that may be interrupted; for each wait that they are in, whether it is `begun`."""
        self._steps: dict[asyncio.Task[Any], None] = {}
        self._calls: dict[asyncio.Task[Any], None] = {}

    @property
    def drops_waits(self) -> bool:
        """Whether nobody may wait any more, not even for what was begun."""
        return self._drops(begun=True)

    def _drops(self, *, begun: bool) -> bool:
        return self.why is not None and not (begun and self.why is Why.FAILED)

    def throw(self, why: Why) -> None:
        """Nothing new begins from now on; unless `why` is FAILED, waits for what was begun end
        too."""
        if self.why is None or self.why is Why.FAILED or why is Why.LEASE_LOST:
            self.why = why
        for task, waits in list(self._waits.items()):
            if any(self._drops(begun=begun) for begun in waits):
                del self._waits[task]
                task.cancel()

    def start(self, step: Coroutine[Any, Any, None]) -> None:
        """Begins a step, which from now on nobody interrupts but while it waits."""
        task = asyncio.get_running_loop().create_task(step)
        self._steps[task] = None
        task.add_done_callback(self._steps.pop)

    async def wait_for(self, waiting: Coroutine[Any, Any, T], *, begun: bool = True) -> T:
        """Awaits something that may be dropped; `begun` says that it is the end of something that
        was begun. Raises Stopped when it was dropped."""
        if self._drops(begun=begun):
            waiting.close()
            raise Stopped(str(self.why))
        # The waiting task itself is interrupted: one more for each wait would cost as much as
        # all else that a step does here.
        task = asyncio.current_task()
        assert task is not None
        self._waits.setdefault(task, []).append(begun)
        try:
            return await waiting
        except asyncio.CancelledError:
            dropped = task not in self._waits
            if dropped and task.uncancel() == 0:
                raise Stopped(str(self.why)) from None
            raise
        finally:
            self._over(task)

    def _over(self, task: asyncio.Task[Any]) -> None:
        waits = self._waits.get(task)
        if waits is not None:
            waits.pop()
            if not waits:
                del self._waits[task]

    async def joined(self, call: Coroutine[Any, Any, T]) -> T:
        """Awaits a call that goes on to its end even if whoever waits for it is dropped."""
        waiter = asyncio.current_task()
        if waiter in self._steps and waiter not in self._waits:
            return await call  # nobody drops it: it needs no task of its own
        task = asyncio.get_running_loop().create_task(call)
        self._calls[task] = None
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._calls.pop(task, None)
        if not task.cancelled():
            task.exception()  # seen here, in case nobody awaits it any more

    async def join(self) -> None:
        """Waits for the calls under way."""
        while self._calls:
            await asyncio.wait([next(iter(self._calls))])

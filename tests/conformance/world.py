"""A world on a real cloud: real time, real HTTP, a database in a file, and Calor processes that can
be killed and started again.

It offers scenarios what `support.world.World` does.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import structlog

from calor.base.ids import SystemIds
from calor.base.settings import Settings
from calor.base.system_clock import SystemClock
from calor.model.stack import Stack
from calor.sandbox.faults import Fault, FaultPlan
from conformance.given import ADMIN, CLOUD, RealUser, network
from conformance.process import RealCalor
from conformance.recorder import Recorder, Records, Thing, clean, existing
from conformance.wire import Masks
from support.anywhere import Anywhere, Died
from support.trace import Trace
from support.troubles import Kill, Troubles

T = TypeVar("T")

PACE = 0.15
"""Seconds of a real cloud's world for each second of a story."""
LEAST, MOST = 3.0, 10.0
"""A story that waits for a cloud waits at least so long, unless it asks for less, and at most."""
SETTINGS = Settings(call_timeout=15.0)
"""A call that was lost is looked for as long as it may still take effect: not too long."""
PATIENCE = 180.0
"""Seconds within which a stack must come to its end."""


class RealWorld(Anywhere):
    """Everything outside of processes."""

    pauses = (0.2, 0.2)

    def __init__(
        self,
        seed: int | str = 0,
        *,
        delays: Mapping[str, float] | None = None,
        settings: Settings | None = None,
        troubles: Troubles | None = None,
        restart: bool = True,
        database: str = "",
    ) -> None:
        self.pace = PACE
        self._folder = Path(tempfile.mkdtemp(prefix="calor-conformance-"))
        url = database or f"sqlite:///{self._folder / 'calor.sqlite'}"
        super().__init__(
            url,
            settings=replace(settings or SETTINGS, database=url),
            clock=SystemClock(),
            ids=SystemIds(),
        )
        self.troubles = troubles or Troubles(str(seed))
        self.faults = FaultPlan()
        self.masks = Masks({key: item * PACE for key, item in (delays or {}).items()})
        self.trace = Trace(self.clock.monotonic)
        self.records = Records()
        self.calor: RealCalor | None = None
        self._restart = restart
        self._all: list[RealCalor] = []
        self._loop = asyncio.new_event_loop()
        self._death = asyncio.Event()
        self._wire = Recorder(network(CLOUD), self.records)

    def __enter__(self) -> RealWorld:
        structlog.configure(processors=[self.log], cache_logger_on_first_use=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._restart = False
        for calor in self._all:
            calor.end()
        users = [self.user("demo", "demo"), self.user("admin", "admin")]
        left = clean(self.records, users)
        self.database.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()
        structlog.reset_defaults()
        shutil.rmtree(self._folder, ignore_errors=True)
        if kind is None:
            assert left == []

    def run(self, story: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(story)

    def user(self, name: str, project: str) -> RealUser:
        return RealUser(ADMIN if name == "admin" else CLOUD, self._wire)

    # --- the cloud ------------------------------------------------------------------------------

    def things(self) -> list[Thing]:
        """What was made and is there."""
        users = [self.user("demo", "demo"), self.user("admin", "admin")]
        return [thing for thing, _ in existing(self.records, users)]

    def fail(self, fault: Fault) -> None:
        self.faults.add(fault)

    def calls(self) -> dict[tuple[str, str, str], int]:
        return dict(self.records.calls)

    def forget_calls(self) -> None:
        self.records.calls.clear()

    async def wait(self, seconds: float) -> None:
        least = min(seconds, LEAST)
        await self.clock.sleep(min(max(seconds * PACE, least), MOST))

    # --- processes ------------------------------------------------------------------------------

    def start_calor(self, holder: str = "engine") -> RealCalor:
        calor = RealCalor(self, holder)
        self._all.append(calor)
        calor.start()
        self.calor = calor
        return calor

    def kill(self, calor: RealCalor) -> None:
        calor.kill()
        self._buried(calor, Kill.CALLBACK)

    def died(self, calor: RealCalor, kind: Kill) -> None:
        """A process says that it is just dying; from its own thread."""
        self._loop.call_soon_threadsafe(self._buried, calor, kind)

    def _buried(self, calor: RealCalor, kind: Kill) -> None:
        if calor is not self.calor:
            return
        self.troubles.killed(kind)
        self.calor = None
        self._death.set()
        self._death = asyncio.Event()
        if self._restart:
            self._loop.create_task(self._again())

    async def _again(self) -> None:
        await self.clock.sleep(0.1)
        self.watch.reload(await self.all_rows())
        self.start_calor()

    # --- what users do ----------------------------------------------------------------------------

    async def alive(self) -> RealCalor:
        while self.calor is None or self.calor.dead:
            await self.clock.sleep(0.05)
        return self.calor

    async def ask(self, question: Callable[[Any], Awaitable[T]]) -> T:
        """Has the process do something. Raises Died when it does not live to answer."""
        calor = await self.alive()
        death = asyncio.ensure_future(self._death.wait())
        answer = calor.ask(question)
        await asyncio.wait([answer, death], return_when=asyncio.FIRST_COMPLETED)
        death.cancel()
        if not answer.done():
            raise Died
        return answer.result()

    async def final(self, stack_id: str, *, within: float = PATIENCE) -> Stack:
        return await super().final(stack_id, within=within)

"""One process of Calor on a real cloud: a thread with an event loop of its own.

Killing it stops the loop for ever: not one more line of its code runs, and its transport lets
nothing through any more.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from calor.base.executor import ThreadExecutor
from calor.base.ids import SystemIds
from calor.engine.engine import Engine
from calor.main import world as parts
from calor.main.assemble import server_house
from calor.service.service import Service
from conformance.given import ADMIN, config, network
from conformance.recorder import Recorder
from conformance.wire import Wire
from support.anywhere import KEY
from support.observed import ObservedJournal, ObservedOperations, ObservedTypes
from support.troubles import Kill

if TYPE_CHECKING:
    from conformance.world import RealWorld

T = TypeVar("T")


class Killed(BaseException):
    """The process died inside a transaction, right before its commit."""


class RealCalor:
    """One process with everything in it: the service and an engine."""

    def __init__(self, world: RealWorld, holder: str) -> None:
        self.world = world
        self.loop = asyncio.new_event_loop()
        self._holder = holder
        self.dead = False
        """Nobody gets an answer of it any more; the world may not have heard of that yet."""
        self._buried = False
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._live, name=f"calor-{holder}", daemon=True)
        self._broken: BaseException | None = None
        self.service: Service
        self.engine: Engine

    # --- life and death -----------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()
        if self._broken is not None:
            raise self._broken

    def _live(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self._assemble()
            self._carrying = self.loop.create_task(self.engine.run())
        except BaseException as error:
            self._broken = error
            return
        finally:
            self._ready.set()
        self.loop.run_forever()

    def kill(self) -> None:
        """From any thread."""
        self.dead = True
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def die(self, kind: Kill) -> None:
        """From inside: the last line of code of this process."""
        self.kill()
        self.world.died(self, kind)
        await self.loop.create_future()

    async def alive(self) -> None:
        """Comes back only to a living process."""
        if self._buried:
            raise asyncio.CancelledError
        if self.dead:
            await self.loop.create_future()

    def end(self) -> None:
        """Ends it in good order; of a dead one, takes away the remains."""
        if not self.dead:
            asyncio.run_coroutine_threadsafe(self._close(), self.loop).result(30)
            self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self._buried = True
        self.loop.run_until_complete(self._decay())
        self._executor.close()
        self.loop.close()
        self._database.close()

    async def _decay(self) -> None:
        """Ends what still waits, which reaches neither cloud nor database any more."""
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=5)
        await self._house.world.transport.close()

    async def _close(self) -> None:
        self.engine.close()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._carrying, 10)
        await self._house.close()

    # --- parts ----------------------------------------------------------------------------------

    def _assemble(self) -> None:
        world = self.world
        wire = Wire(
            Recorder(network(ADMIN), world.records),
            troubles=world.troubles,
            faults=world.faults,
            masks=world.masks,
            pace=world.pace,
        )
        wire.die, wire.alive = self.die, self.alive
        self._executor = _Executor(self)
        inside = parts.World(world.settings, world.clock, SystemIds(), self._executor, wire)
        house = server_house(inside, config(ADMIN), keys=[KEY])
        assert house.store._database is not None
        self._database = house.store._database
        self._executor.watch(self._database.engine)
        store = replace(
            house.store,
            journal=ObservedJournal(house.store.journal, world.watch),
            operations=ObservedOperations(house.store.operations, world.watch),
        )
        types = ObservedTypes(house.types, world.watch)
        self._house = replace(house, store=store, types=types)
        self.authenticator = house.authenticator
        self.store = store
        self.service = self._house.service()
        self.engine = self._house.engine(self._holder)

    def ask(self, question: Callable[[Any], Awaitable[T]]) -> asyncio.Future[T]:
        async def inside() -> T:
            return await question(self)

        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(inside(), self.loop))


class _Executor:
    """Threads; a commit can be the process's last moment."""

    def __init__(self, calor: RealCalor) -> None:
        self._calor = calor
        self._inner = ThreadExecutor(4)
        self._writing = threading.local()
        self._commits = 0

    def watch(self, engine: sa.Engine) -> None:
        sa.event.listen(engine, "before_cursor_execute", self._executed)
        sa.event.listen(engine, "commit", self._commit)

    def _executed(self, _c: Any, _cursor: Any, statement: str, _p: Any, _x: Any, _m: bool) -> None:
        if not statement.startswith(("SELECT", "PRAGMA", "WITH", "BEGIN")):
            self._writing.now = True

    def _commit(self, _: sa.Connection) -> None:
        if not getattr(self._writing, "now", False):
            return
        self._writing.now = False
        if self._calor.world.troubles.kills_now(Kill.BEFORE_COMMIT):
            raise Killed
        self._commits += 1

    async def run(self, function: Callable[[], T]) -> T:
        await self._calor.alive()
        before = self._commits
        try:
            result = await self._inner.run(function)
        except Killed:
            await self._calor.die(Kill.BEFORE_COMMIT)
        if self._commits > before and self._calor.world.troubles.kills_now(Kill.AFTER_COMMIT):
            await self._calor.die(Kill.AFTER_COMMIT)
        await self._calor.alive()
        return result

    def close(self) -> None:
        self._inner.close()

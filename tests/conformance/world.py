"""A world on a real cloud: real time, real HTTP, a database in a file, and Calor processes that can
be killed and started again.

Each process is a thread with an event loop of its own. Killing it stops the loop for ever: not one
more line of its code runs, and its transport lets nothing through any more. It offers scenarios
what `support.world.World` does.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog

from calor.base.executor import InlineExecutor, ThreadExecutor
from calor.base.ids import SystemIds
from calor.base.settings import Settings
from calor.base.system_clock import SystemClock
from calor.bus.local import LocalBus
from calor.engine.engine import Engine
from calor.main import world as parts
from calor.main.assemble import House, server_house
from calor.model.ports import Caller, Operations, Reads
from calor.model.stack import Stack
from calor.model.states import Status
from calor.sandbox.faults import Fault, FaultPlan
from calor.service.ports import Ports as ServicePorts
from calor.service.service import Service
from calor.service.wanted import Wanted
from calor.store.database import open_database
from calor.store.migrate import upgrade
from calor.store.open import store_on
from calor.store.secrets import FernetSecrets
from conformance.given import ADMIN, CLOUD, RealUser, config, network
from conformance.recorder import Recorder, Records, Thing, clean, existing
from conformance.wire import Masks, Wire
from support.observed import ObservedJournal, ObservedOperations, ObservedTypes
from support.trace import Trace
from support.troubles import Kill, Troubles
from support.watch import Watch

T = TypeVar("T")

KEY = "Y2Fsb3ItdGVzdHMtYXJlLW5vdC1zZWNyZXQtMDAwMDA="
PACE = 0.15
"""Seconds of a real cloud's world for each second of a story."""
LEAST, MOST = 3.0, 10.0
"""A story that waits for a cloud waits at least so long, unless it asks for less, and at most."""
SETTINGS = Settings(call_timeout=15.0)
"""A call that was lost is looked for as long as it may still take effect: not too long."""
PATIENCE = 180.0
"""Seconds within which a stack must come to its end."""


class Killed(BaseException):
    """The process died inside a transaction, right before its commit."""


class Died(Exception):
    """The process died before it answered."""


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
            pace=PACE,
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
        self.service = _service(self._house)
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


def _service(house: House) -> Service:
    return Service(
        ServicePorts(
            reads=house.store.reads,
            operations=house.store.operations,
            authenticator=house.authenticator,
            clouds=house.clouds,
            types=house.types,
            composer=house.composer,
            bus=house.bus,
            clock=house.world.clock,
            ids=house.world.ids,
            executor=house.world.executor,
            settings=house.world.settings,
        )
    )


class RealWorld:
    """Everything outside of processes."""

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
        self.settings = replace(settings or SETTINGS, database=url)
        self.clock = SystemClock()
        self.troubles = troubles or Troubles(str(seed))
        self.faults = FaultPlan()
        self.masks = Masks({key: item * PACE for key, item in (delays or {}).items()})
        self.watch = Watch(self.clock)
        self.trace = Trace(self.clock.monotonic)
        self.records = Records()
        self.calor: RealCalor | None = None
        self.logged: list[str] = []
        self._restart = restart
        self._all: list[RealCalor] = []
        self._loop = asyncio.new_event_loop()
        self._death = asyncio.Event()
        self._wire = Recorder(network(CLOUD), self.records)
        self.database = open_database(url, clock=self.clock)
        upgrade(self.database.engine)
        outside = store_on(
            self.database,
            clock=self.clock,
            executor=InlineExecutor(),
            secrets=FernetSecrets([KEY]),
            bus=LocalBus(),
            ids=SystemIds(),
            call_timeout=self.settings.call_timeout,
            lease_duration=self.settings.lease_duration,
        )
        self.reads: Reads = outside.reads
        self.operations: Operations = outside.operations

    def __enter__(self) -> RealWorld:
        structlog.configure(processors=[self._log], cache_logger_on_first_use=False)
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

    def _log(self, _logger: Any, method: str, event: dict[str, Any]) -> Any:
        error = event.pop("exc_info", None)
        words = [f"{name}={value}" for name, value in event.items() if name != "event"]
        line = f"{method}: {event.get('event')} {' '.join(words)}"
        self.logged.append(line)
        if method in ("error", "exception", "critical"):
            self.watch.wrong(f"logged {line}: {error}")
        raise structlog.DropEvent

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
        rows = []
        with self.database.read() as connection:
            found = connection.exec_driver_sql("SELECT id FROM stacks ORDER BY created_at, id")
            ids = [row[0] for row in found]
        for stack_id in ids:
            rows += await self.reads.resources(stack_id)
        self.watch.reload(rows)
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

    async def caller(self, user: RealUser) -> Caller:
        token = user.token()
        return await self.ask(lambda calor: calor.authenticator.authenticate(token))

    async def create(self, user: RealUser, name: str, wanted: Wanted) -> Stack:
        caller = await self.caller(user)
        return await self.ask(lambda calor: calor.service.accept.create(caller, name, wanted))

    async def update(self, user: RealUser, stack: Stack, wanted: Wanted) -> Stack:
        caller = await self.caller(user)
        return await self.ask(lambda calor: calor.service.accept.update(caller, stack, wanted))

    async def delete(self, stack: Stack) -> None:
        await self.ask(lambda calor: calor.service.accept.delete(stack))

    async def look(self, stack_id: str) -> Stack:
        stack = await self.reads.stack(stack_id)
        assert stack is not None
        return stack

    async def final(self, stack_id: str, *, within: float = PATIENCE) -> Stack:
        """Waits until nothing is in progress on a stack and nothing is asked of it."""
        end = self.clock.monotonic() + within
        while True:
            stack = await self.look(stack_id)
            resting = stack.status is not Status.IN_PROGRESS
            if resting and not await self.reads.operations(stack_id):
                return stack
            if self.clock.monotonic() > end:
                raise AssertionError(f"{stack.name} is still {stack.state}: {stack.reason}")
            await self.clock.sleep(0.2)

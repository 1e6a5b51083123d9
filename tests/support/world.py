"""A whole world for tests: virtual time, a sandbox, a database that outlives processes, and Calor
processes that can be killed and started again.

    with World(7) as world:
        world.run(story(world))

It knows no test.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

import structlog

from calor.base.executor import InlineExecutor
from calor.base.ids import SeededIds
from calor.base.settings import Settings
from calor.bus.local import LocalBus
from calor.model.ports import Caller, Operations, Reads
from calor.model.stack import Stack
from calor.model.states import Status
from calor.sandbox.control import Thing
from calor.sandbox.core import Sandbox
from calor.sandbox.faults import Fault
from calor.sandbox.settings import SandboxSettings
from calor.service.wanted import Wanted
from calor.store.database import open_database
from calor.store.migrate import upgrade
from calor.store.open import Store, store_on
from calor.store.secrets import FernetSecrets
from support.calor import KEY, Calor, Seams
from support.executor import Commits
from support.trace import Trace
from support.troubles import Kill, Troubles
from support.user import CloudUser
from support.virtual import Process, VirtualClock, VirtualLoop
from support.watch import Watch

T = TypeVar("T")

IN_MEMORY = "sqlite://"


class Died(Exception):
    """The process died before it answered."""


class World:
    """Everything outside of processes. `restart` says whether a killed process comes back by
    itself, after a pause that the troubles draw."""

    def __init__(
        self,
        seed: int | str = 0,
        *,
        sandbox: SandboxSettings | None = None,
        settings: Settings | None = None,
        troubles: Troubles | None = None,
        seams: Seams | None = None,
        restart: bool = True,
        database: str = IN_MEMORY,
    ) -> None:
        self.pace = 1.0
        self.seed = seed
        self.settings = settings or Settings()
        self.seams = seams or Seams()
        self.loop = VirtualLoop()  # type: ignore[abstract]  # no sockets here
        self.clock = VirtualClock(self.loop)
        self.trace = Trace(self.loop.time)
        self.troubles = troubles or Troubles(f"{seed}/troubles")
        self.watch = Watch(self.clock)
        self.sandbox = Sandbox(ids=SeededIds(f"{seed}/sandbox"), settings=sandbox)
        self.auth_url = f"{self.sandbox.base_url}/identity/v3"
        self.database = open_database(database, clock=self.clock)
        upgrade(self.database.engine)
        self.commits = Commits(self.database.engine, self.troubles, self.trace)
        outside = self._outside()
        self.reads: Reads = outside.reads
        self.operations: Operations = outside.operations
        self.calor: Calor | None = None
        self.logged: list[str] = []
        self._restart = restart
        self._numbers = 0
        self._waiting: list[asyncio.Future[Any]] = []
        self._ready: list[asyncio.Future[Calor]] = []
        self.loop.before_step = self._before_step
        self._share_a_network()

    def __enter__(self) -> World:
        structlog.configure(processors=[self._log], cache_logger_on_first_use=False)
        for name in ("asyncio", "support.virtual"):
            # Dead processes leave exceptions that nobody fetched.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.loop.close()
        self.database.close()
        structlog.reset_defaults()

    def run(self, story: Coroutine[Any, Any, T]) -> T:
        """Runs a story to its end."""
        return self.loop.run_until_complete(story)

    def _outside(self) -> Store:
        """The store as somebody sees it who is no Calor process."""
        return store_on(
            self.database,
            clock=self.clock,
            executor=InlineExecutor(),
            secrets=FernetSecrets([KEY]),
            bus=LocalBus(),
            ids=SeededIds(f"{self.seed}/outside"),
            call_timeout=self.settings.call_timeout,
            lease_duration=self.settings.lease_duration,
        )

    def user(self, name: str, project: str) -> CloudUser:
        return CloudUser(self.sandbox, self.clock, name, project)

    # --- the cloud ------------------------------------------------------------------------

    def things(self) -> list[Thing]:
        """What is in the cloud beside its initial contents."""
        return self.sandbox.leftovers(self.clock.now())

    def fail(self, fault: Fault) -> None:
        self.sandbox.faults.add(fault)

    def calls(self) -> dict[tuple[str, str, str], int]:
        """How many calls there were, by method, service and path."""
        return self.sandbox.calls()

    def forget_calls(self) -> None:
        self.sandbox.forget_calls()

    async def wait(self, seconds: float) -> None:
        await self.clock.sleep(seconds)

    def _share_a_network(self) -> None:
        admin = self.user("admin", "admin")
        status, made = admin.ask(
            "POST", "/network/v2.0/networks", {"network": {"name": "shared", "shared": True}}
        )
        assert status == 201, made
        subnet = {"network_id": made["network"]["id"], "ip_version": 4, "cidr": "10.240.0.0/16"}
        status, made = admin.ask("POST", "/network/v2.0/subnets", {"subnet": subnet})
        assert status == 201, made
        self.sandbox.mark_initial()

    # --- logs -----------------------------------------------------------------------------

    def _log(self, _logger: Any, method: str, event: dict[str, Any]) -> Any:
        error = event.pop("exc_info", None)
        words = [f"{name}={value}" for name, value in event.items() if name != "event"]
        line = f"{method}: {event.get('event')} {' '.join(words)}"
        self.logged.append(line)
        if method in ("error", "exception", "critical"):
            self.watch.wrong(f"logged {line}: {_cause(error)}")
        raise structlog.DropEvent

    # --- processes -------------------------------------------------------------------------

    def start_calor(self, holder: str = "engine") -> Calor:
        """Starts a process; it is the one that `ask` speaks to."""
        self._numbers += 1
        self.trace.add("start", holder)
        calor = Calor(self, self._numbers, holder)
        self.calor = calor
        calor.start()
        return calor

    def started(self, calor: Calor) -> None:
        for waiter in self._ready:
            if not waiter.done():
                waiter.set_result(calor)
        self._ready.clear()

    def kill(self, calor: Calor) -> None:
        """Kills a process from outside."""
        calor.process.kill()
        self.died(calor.process, Kill.CALLBACK)

    def died(self, process: Process, kind: Kill) -> None:
        """A process was killed, or is just dying."""
        if self.calor is None or process is not self.calor.process:
            return
        self.trace.add("kill", kind)
        self.troubles.killed(kind)
        self.calor = None
        # Whoever waits must not go on within the dead process.
        self.loop.call_soon(self._tell_death, context=contextvars.Context())

    def _tell_death(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(Died())
        self._waiting.clear()
        if self._restart:
            pause = self.troubles.pause()
            self.loop.call_later(pause, self._again, context=contextvars.Context())

    def _again(self) -> None:
        self.loop.create_task(self._reload())

    async def _reload(self) -> None:
        """Before the successor starts, the watch learns what is true."""
        rows = []
        for stack_id in await self.stack_ids():
            rows += await self.reads.resources(stack_id)
        self.watch.reload(rows)
        self.start_calor()

    async def stack_ids(self) -> list[str]:
        """Of all stacks that ever were, oldest first."""
        with self.database.read() as connection:
            found = connection.exec_driver_sql("SELECT id FROM stacks ORDER BY created_at, id")
            return [row[0] for row in found]

    def _before_step(self, process: Process | None) -> None:
        if process is None or self.calor is None or process is not self.calor.process:
            return
        if self.troubles.kills_now(Kill.CALLBACK):
            process.kill()
            self.died(process, Kill.CALLBACK)

    # --- what users do --------------------------------------------------------------------

    async def alive(self) -> Calor:
        """The running process, waiting for it to start."""
        if self.calor is not None and hasattr(self.calor, "engine"):
            return self.calor
        waiter: asyncio.Future[Calor] = self.loop.create_future()
        self._ready.append(waiter)
        return await waiter

    async def ask(self, question: Callable[[Calor], Awaitable[T]]) -> T:
        """Has the process do something. Raises Died when it does not live to answer."""
        calor = await self.alive()
        answer: asyncio.Future[T] = self.loop.create_future()
        self._waiting.append(answer)

        async def inside() -> None:
            try:
                result = await question(calor)
            except Exception as error:
                if not answer.done():
                    answer.set_exception(error)
            else:
                if not answer.done():
                    answer.set_result(result)

        calor.process.start(inside())
        try:
            return await answer
        finally:
            if answer in self._waiting:
                self._waiting.remove(answer)

    async def caller(self, user: CloudUser) -> Caller:
        token = user.token()
        return await self.ask(lambda calor: calor.authenticator.authenticate(token))

    async def create(self, user: CloudUser, name: str, wanted: Wanted) -> Stack:
        caller = await self.caller(user)
        return await self.ask(lambda calor: calor.service.accept.create(caller, name, wanted))

    async def update(self, user: CloudUser, stack: Stack, wanted: Wanted) -> Stack:
        caller = await self.caller(user)
        return await self.ask(lambda calor: calor.service.accept.update(caller, stack, wanted))

    async def delete(self, stack: Stack) -> None:
        await self.ask(lambda calor: calor.service.accept.delete(stack))

    async def look(self, stack_id: str) -> Stack:
        """A stack's row as it is now."""
        stack = await self.reads.stack(stack_id)
        assert stack is not None
        return stack

    async def final(self, stack_id: str, *, within: float = 20_000.0) -> Stack:
        """Waits until nothing is in progress on a stack and nothing is asked of it."""
        end = self.clock.monotonic() + within
        pause = 0.2
        while True:
            stack = await self.look(stack_id)
            resting = stack.status is not Status.IN_PROGRESS
            if resting and not await self.reads.operations(stack_id):
                return stack
            if self.clock.monotonic() > end:
                raise NotFinal(f"stack {stack.name} is still {stack.state}: {stack.reason}")
            await self.clock.sleep(pause)
            pause = min(pause * 1.2, 5.0)


class NotFinal(AssertionError):
    """A stack did not come to an end."""


def _cause(error: object) -> str:
    if isinstance(error, BaseException):
        return f"{type(error).__name__}: {error}"
    current = sys.exc_info()[1]
    return f"{type(current).__name__}: {current}" if current is not None else ""

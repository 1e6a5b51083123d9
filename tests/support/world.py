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
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

import structlog

from calor.base.ids import SeededIds
from calor.base.settings import Settings
from calor.model.stack import Stack
from calor.sandbox.control import Thing
from calor.sandbox.core import Sandbox
from calor.sandbox.faults import Fault
from calor.sandbox.settings import SandboxSettings
from support.anywhere import Anywhere, Died
from support.calor import Calor, Seams
from support.executor import Commits
from support.trace import Trace
from support.troubles import Kill, Troubles
from support.user import CloudUser
from support.virtual import Process, VirtualClock, VirtualLoop

T = TypeVar("T")

IN_MEMORY = "sqlite://"


class World(Anywhere):
    """Everything outside of processes. `restart` says whether a killed process comes back by
    itself, after a pause that the troubles draw."""

    pauses = (0.2, 5.0)

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
        self.seams = seams or Seams()
        self.loop = VirtualLoop()  # type: ignore[abstract]  # no sockets here
        super().__init__(
            database,
            settings=settings or Settings(),
            clock=VirtualClock(self.loop),
            ids=SeededIds(f"{seed}/outside"),
        )
        self.trace = Trace(self.loop.time)
        self.troubles = troubles or Troubles(f"{seed}/troubles")
        self.sandbox = Sandbox(ids=SeededIds(f"{seed}/sandbox"), settings=sandbox)
        self.auth_url = f"{self.sandbox.base_url}/identity/v3"
        self.commits = Commits(self.database.engine, self.troubles, self.trace)
        self.calor: Calor | None = None
        self._restart = restart
        self._numbers = 0
        self._waiting: list[asyncio.Future[Any]] = []
        self._ready: list[asyncio.Future[Calor]] = []
        self.loop.before_step = self._before_step
        self._share_a_network()

    def __enter__(self) -> World:
        structlog.configure(processors=[self.log], cache_logger_on_first_use=False)
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
        self.watch.reload(await self.all_rows())
        self.start_calor()

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

    async def final(self, stack_id: str, *, within: float = 20_000.0) -> Stack:
        return await super().final(stack_id, within=within)

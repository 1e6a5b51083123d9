"""What a world offers stories on any cloud, simulated or real: a database that outlives processes,
what users ask of the process that lives, and what the store says.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Protocol, TypeVar

import structlog

from calor.base.clock import Clock
from calor.base.executor import Executor, InlineExecutor
from calor.base.ids import Ids
from calor.base.settings import Settings
from calor.bus.local import LocalBus
from calor.model.bus import Bus
from calor.model.ports import Caller, Operations, Reads
from calor.model.resource import Resource
from calor.model.stack import Stack
from calor.model.states import Status
from calor.service.wanted import Wanted
from calor.store.database import Database, open_database
from calor.store.migrate import upgrade
from calor.store.open import Store, store_on
from calor.store.secrets import FernetSecrets
from support.watch import Watch

T = TypeVar("T")

KEY = "Y2Fsb3ItdGVzdHMtYXJlLW5vdC1zZWNyZXQtMDAwMDA="
"""A Fernet key; it guards nothing."""


class Died(Exception):
    """The process died before it answered."""


class NotFinal(AssertionError):
    """A stack did not come to an end."""


class User(Protocol):
    def token(self) -> str:
        """A token of Keystone."""


def store_of(
    database: Database,
    *,
    settings: Settings,
    clock: Clock,
    ids: Ids,
    executor: Executor,
    bus: Bus,
) -> Store:
    """The store as one process sees it."""
    return store_on(
        database,
        clock=clock,
        executor=executor,
        secrets=FernetSecrets([KEY]),
        bus=bus,
        ids=ids,
        call_timeout=settings.call_timeout,
        lease_duration=settings.lease_duration,
    )


class Anywhere(ABC):
    """`ids` are for what is read and asked from outside of all processes."""

    pauses: ClassVar[tuple[float, float]]
    """Seconds between two looks at a stack that is not final: at first, and at the most."""

    def __init__(self, database: str, *, settings: Settings, clock: Clock, ids: Ids) -> None:
        self.settings = settings
        self.clock = clock
        self.watch = Watch(clock)
        self.logged: list[str] = []
        self.database = open_database(database, clock=clock)
        upgrade(self.database.engine)
        outside = store_of(
            self.database,
            settings=settings,
            clock=clock,
            ids=ids,
            executor=InlineExecutor(),
            bus=LocalBus(),
        )
        self.reads: Reads = outside.reads
        self.operations: Operations = outside.operations

    @abstractmethod
    async def ask(self, question: Callable[[Any], Awaitable[T]]) -> T:
        """Has the process do something. Raises Died when it does not live to answer."""

    # --- logs -----------------------------------------------------------------------------

    def log(self, _logger: Any, method: str, event: dict[str, Any]) -> Any:
        """A processor for structlog: nothing is printed, and no error goes unseen."""
        error = event.pop("exc_info", None)
        words = [f"{name}={value}" for name, value in event.items() if name != "event"]
        line = f"{method}: {event.get('event')} {' '.join(words)}"
        self.logged.append(line)
        if method in ("error", "exception", "critical"):
            self.watch.wrong(f"logged {line}: {_cause(error)}")
        raise structlog.DropEvent

    # --- what users do --------------------------------------------------------------------

    async def caller(self, user: User) -> Caller:
        token = user.token()
        return await self.ask(lambda calor: calor.authenticator.authenticate(token))

    async def create(self, user: User, name: str, wanted: Wanted) -> Stack:
        caller = await self.caller(user)
        return await self.ask(lambda calor: calor.service.accept.create(caller, name, wanted))

    async def update(self, user: User, stack: Stack, wanted: Wanted) -> Stack:
        caller = await self.caller(user)
        return await self.ask(lambda calor: calor.service.accept.update(caller, stack, wanted))

    async def delete(self, stack: Stack) -> None:
        await self.ask(lambda calor: calor.service.accept.delete(stack))

    # --- what the store says --------------------------------------------------------------

    async def look(self, stack_id: str) -> Stack:
        """A stack's row as it is now."""
        stack = await self.reads.stack(stack_id)
        assert stack is not None
        return stack

    async def final(self, stack_id: str, *, within: float) -> Stack:
        """Waits until nothing is in progress on a stack and nothing is asked of it."""
        end = self.clock.monotonic() + within
        pause, longest = self.pauses
        while True:
            stack = await self.look(stack_id)
            resting = stack.status is not Status.IN_PROGRESS
            if resting and not await self.reads.operations(stack_id):
                return stack
            if self.clock.monotonic() > end:
                raise NotFinal(f"stack {stack.name} is still {stack.state}: {stack.reason}")
            await self.clock.sleep(pause)
            pause = min(pause * 1.2, longest)

    async def stack_ids(self) -> list[str]:
        """Of all stacks that ever were, oldest first."""
        with self.database.read() as connection:
            found = connection.exec_driver_sql("SELECT id FROM stacks ORDER BY created_at, id")
            return [row[0] for row in found]

    async def all_rows(self) -> list[Resource]:
        """The rows of all stacks that ever were."""
        return [
            row
            for stack_id in await self.stack_ids()
            for row in await self.reads.resources(stack_id)
        ]


def _cause(error: object) -> str:
    if isinstance(error, BaseException):
        return f"{type(error).__name__}: {error}"
    current = sys.exc_info()[1]
    return f"{type(current).__name__}: {current}" if current is not None else ""

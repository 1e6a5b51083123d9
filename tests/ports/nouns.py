"""Nouns and stores for the tests of the store's ports. Test code only."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from calor.base.executor import Executor, InlineExecutor
from calor.base.ids import SeededIds
from calor.bus.local import LocalBus
from calor.model.ports import Claim, Entry, Lease, Visible
from calor.model.resource import Event, Resource
from calor.model.stack import Definition, NewOperation, Operation, Owner, Parentage, Stack
from calor.model.states import Action, Status
from calor.store.open import Store, open_store
from calor.store.secrets import FernetSecrets

KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
OTHER_KEY = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="
OWNER = Owner("project", "user", "ada")
LONG = 1e12
CALL_TIMEOUT = 60.0


class ManualClock:
    """A clock that a test sets; a sleep moves it."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time - 1_800_000_000.0

    async def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class World:
    """One database, on which any number of stores is opened; each is like a process."""

    url: str
    clock: ManualClock = field(default_factory=ManualClock)
    bus: LocalBus = field(default_factory=LocalBus)
    executor: Executor = field(default_factory=InlineExecutor)
    statements: list[str] = field(default_factory=list)
    opened: list[Store] = field(default_factory=list)

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def open(self, *, lease: float = 120.0, keys: tuple[str, ...] = (KEY,)) -> Store:
        store = open_store(
            self.url,
            clock=self.clock,
            executor=self.executor,
            secrets=FernetSecrets(keys),
            bus=self.bus,
            ids=SeededIds(f"store {len(self.opened)}"),
            call_timeout=CALL_TIMEOUT,
            lease_duration=lease,
            trace=self.statements.append,
        )
        self.opened.append(store)
        return store

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Runs a test's coroutine; closes all stores."""

        async def main() -> Any:
            try:
                return await work
            finally:
                for store in self.opened:
                    await store.close()

        return asyncio.run(main())


ids = SeededIds("nouns")


def stack(name: str = "app", **changes: Any) -> Stack:
    made = Stack(
        id=ids.uuid(),
        name=name,
        owner=OWNER,
        generation=0,
        action=Action.CREATE,
        status=Status.IN_PROGRESS,
        reason="",
        definition=Definition("heat_template_version: 2021-04-16"),
    )
    return replace(made, **changes)


def nested(parent: Stack, resource_id: str, name: str = "app-child", **changes: Any) -> Stack:
    parentage = Parentage(parent.id, resource_id, parent.root_id, (*parent.path, "child"))
    return stack(name, parentage=parentage, **changes)


def asked(item: Stack, action: Action = Action.CREATE, **changes: Any) -> NewOperation:
    return NewOperation(item, action, LONG, **changes)


def resource(stack_id: str, name: str = "web", **changes: Any) -> Resource:
    made = Resource(
        id=ids.uuid(),
        stack_id=stack_id,
        name=name,
        incarnation=1,
        type="OS::Heat::Value",
        declared_type="OS::Heat::Value",
        physical_name=f"app-{name}-abc",
        action=Action.CREATE,
        status=Status.COMPLETE,
    )
    return replace(made, **changes)


def event(stack_id: str, number: int, **changes: Any) -> Event:
    made = Event(
        stack_id=stack_id,
        number=number,
        id=ids.uuid(),
        at=1_800_000_000.0 + number,
        name="web",
        physical_id="",
        action=Action.CREATE,
        status=Status.COMPLETE,
        reason="state changed",
        resource_type="OS::Heat::Value",
    )
    return replace(made, **changes)


async def created(store: Store, item: Stack | None = None) -> tuple[Stack, Operation, Claim]:
    """A stack that was accepted and claimed by `engine`."""
    item = item or stack()
    operation = await store.operations.accept(asked(item))
    claims = await store.leases.claim("engine", 10)
    return item, operation, next(c for c in claims if c.stack.id == item.id)


async def ended(
    store: Store, lease: Lease, operation: Operation, *, deleted: bool = False, **changes: Any
) -> None:
    """Ends an operation with success, and gives the stack back."""
    visible = Visible(
        operation.generation,
        operation.action,
        Status.COMPLETE,
        "done",
        deleted=deleted,
        **changes,
    )
    await store.journal.append(Entry(lease, visible=visible, finished=(operation.id,)))
    assert await store.leases.release(lease)

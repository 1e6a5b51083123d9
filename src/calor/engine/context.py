"""What all steps of a run act through: the ledger, the stack's cloud, time, and how to wait.

It takes no step itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from calor.base.clock import Clock
from calor.base.ids import Ids
from calor.base.values import Value, reveal
from calor.engine.calls import JoinedCloud
from calor.engine.ledger import Ledger
from calor.engine.nested import NestedStacks
from calor.engine.stop import Stop
from calor.model.ports import Reads
from calor.model.resource import Resource
from calor.model.resource_type import Work
from calor.planning.decide import pinned
from calor.planning.evaluate import Wanted

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What all steps of one phase act through."""

    ledger: Ledger
    cloud: JoinedCloud
    nested: NestedStacks
    reads: Reads
    stop: Stop
    slots: asyncio.Semaphore
    clock: Clock
    ids: Ids
    _sent: dict[str, tuple[Resource, Any]] = field(default_factory=dict)

    def work(self, row: Resource) -> Work:
        """What one step of a resource is given."""
        return Work(
            resource=row,
            properties=self._properties(row),
            stack=self.ledger.stack,
            cloud=self.cloud,
            nested=self.nested,
            clock=self.clock,
            ids=self.ids,
            known=self.reads.known,
            before=None if row.former is None else reveal(dict(row.former)),
        )

    def _properties(self, row: Resource) -> Any:
        """The row's properties for sending, which all steps of a resource share."""
        before, properties = self._sent.get(row.id, (None, None))
        if before is None or not _same_properties(before, row):
            properties = reveal(pinned(row))
            self._sent[row.id] = row, properties
        return properties

    def settled(self, row: Resource) -> None:
        """Nothing more is sent for the row, most likely."""
        self._sent.pop(row.id, None)

    async def wait(self, waiting: Coroutine[Any, Any, T], *, begun: bool = True) -> T:
        """Waits without holding a slot: who only waits must not keep others from running. For
        `begun` see `Stop.wait_for`."""
        self.slots.release()
        try:
            return await self.stop.wait_for(waiting, begun=begun)
        finally:
            await self.slots.acquire()

    async def pins(self, wanted: Wanted, row: Resource | None) -> dict[str, str]:
        """The ids of the names in the wanted properties; unchanged text keeps its old id."""
        pins: dict[str, str] = {}
        for path, kind, value in wanted.type.schema.lookups(wanted.properties):
            key = ".".join(str(part) for part in path)
            text = reveal(value)
            if self.ledger.holds(text):
                continue
            if row is not None and key in row.pinned and _at(row.properties, path) == text:
                pins[key] = row.pinned[key]
                continue
            found = await self.cloud.find(kind, text)
            if found != text:
                pins[key] = found
        return pins


def _at(value: Value, path: Sequence[str | int]) -> Value:
    """The part of a value at a path, None where there is none."""
    for part in path:
        try:
            value = reveal(value)[part]
        except (KeyError, IndexError, TypeError):
            return None
    return reveal(value)


def _same_properties(one: Resource, other: Resource) -> bool:
    return one.properties is other.properties and one.pinned is other.pinned

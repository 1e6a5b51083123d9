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
from calor.base.values import Value, reveal, revealed
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
    _works: dict[str, Work] = field(default_factory=dict)

    def work(self, row: Resource) -> Work:
        """What one step of a resource is given; steps over the same row share it."""
        last = self._works.get(row.id)
        if last is not None and last.resource is row:
            return last
        if last is not None and _same_properties(last.resource, row):
            properties = last.properties
        else:
            properties = revealed(pinned(row))
        work = self._works[row.id] = Work(
            resource=row,
            properties=properties,
            stack=self.ledger.stack,
            cloud=self.cloud,
            nested=self.nested,
            clock=self.clock,
            ids=self.ids,
            known=self.reads.known,
            before=None if row.former is None else reveal(dict(row.former)),
        )
        return work

    def settled(self, row: Resource) -> None:
        """Nothing more is sent for the row, most likely."""
        self._works.pop(row.id, None)

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

"""Ports with somebody who looks on: they pass everything through and tell the watch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection, Sequence
from typing import Any

from calor.model.ports import Entry, Journal, Operations, Types
from calor.model.resource_type import Made, ResourceType, Work
from calor.model.stack import NewOperation, Operation
from support.watch import Watch


class ObservedJournal:
    def __init__(self, journal: Journal, watch: Watch) -> None:
        self._journal = journal
        self._watch = watch

    def append(self, entry: Entry) -> Awaitable[None]:
        written = asyncio.ensure_future(self._journal.append(entry))

        def done(written: asyncio.Future[None]) -> None:
            if not written.cancelled() and written.exception() is None:
                self._watch.committed(entry)

        written.add_done_callback(done)
        return written


class ObservedOperations:
    def __init__(self, operations: Operations, watch: Watch) -> None:
        self._operations = operations
        self._watch = watch

    async def accept(self, new: NewOperation) -> Operation:
        self._watch.asked(new)
        operation = await self._operations.accept(new)
        self._watch.accepted(new, operation)
        return operation

    async def clear(self, stack_id: str, name: str, hook: str) -> bool:
        return await self._operations.clear(stack_id, name, hook)


class ObservedTypes:
    """The registry; the types that it gives out count what they find again."""

    def __init__(self, types: Types, watch: Watch) -> None:
        self._types = types
        self._watch = watch
        self._wrapped: dict[int, ObservedType] = {}

    def get(self, name: str) -> ResourceType | None:
        found = self._types.get(name)
        return None if found is None else self._wrap(found)

    def from_template(self, name: str, text: str, defaults: Collection[str] = ()) -> ResourceType:
        return self._wrap(self._types.from_template(name, text, defaults))

    def names(self) -> list[str]:
        return self._types.names()

    def foreseen(self, name: str) -> ResourceType | None:
        return self._types.foreseen(name)

    def foreseen_names(self) -> list[str]:
        return self._types.foreseen_names()

    def assumed(self, name: str) -> ResourceType:
        return self._types.assumed(name)

    def _wrap(self, inner: ResourceType) -> ResourceType:
        known = self._wrapped.get(id(inner))
        if known is None:
            known = self._wrapped[id(inner)] = self._make(inner)
        return known  # type: ignore[return-value]  # it passes on what it has not itself

    def _make(self, inner: ResourceType) -> ObservedType:
        return ObservedType(inner, self._watch)


class ObservedType:
    """One type: `find` is counted by the type's kind of identity."""

    def __init__(self, inner: ResourceType, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def find(self, work: Work) -> Sequence[Made]:
        found = await self._inner.find(work)
        word = identity_of(self._inner, work)
        if len(found) == 1 or word == PUT:
            self._watch.counts[f"adoption by {word}"] += 1
        return found


PUT = "PUT"
"""Nothing is looked for: the call is sent again."""
NATURAL = "a natural key"
OF_TYPE = {
    "OS::Nova::KeyPair": NATURAL,
    "OS::Neutron::RouterInterface": NATURAL,
    "OS::Cinder::VolumeAttachment": NATURAL,
    "OS::Neutron::FloatingIPAssociation": PUT,
}
WORDS = {
    "PhysicalName": "our own name",
    "Mark": "a mark",
    "Signed": "a mark",
    "Likeness": "likeness",
}


def identity_of(type: Any, work: Work) -> str:
    """The word for how a type finds again what a lost call made."""
    if type.name in OF_TYPE:
        return OF_TYPE[type.name]
    identity = getattr(type, "identity", None)
    otherwise = getattr(identity, "otherwise", None)
    if otherwise is not None:
        body = type.body(work)
        if body.get(identity.key) != work.resource.physical_name:
            identity = otherwise
    name = identity.__class__.__name__
    return WORDS.get(name, "its own row" if identity is None else name)

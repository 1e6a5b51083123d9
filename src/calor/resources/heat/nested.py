"""What all types share that have a stack inside: its life through the `Nested` port.

Which definition the stack has, and what it tells, each type says itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace

from calor.base.errors import ResourceFailed
from calor.base.values import Value
from calor.model.facade import facade_of
from calor.model.nested import Child
from calor.model.resource import Resource
from calor.model.resource_type import LivePart, Made, Work
from calor.model.stack import Definition
from calor.resources.base import Type
from calor.resources.heat.members import live_parts, members_of, with_live
from calor.template.amazon import stack_arn


class NestedType(Type, ABC):
    """A type that has a stack inside. Its physical id is the stack's."""

    calls_cloud = True
    finds_at_once = True
    converges = True

    @abstractmethod
    def inner(self, properties: Mapping[str, Value], outer: Definition) -> Definition | None:
        """See `ResourceType.inner`."""

    @abstractmethod
    def told(self, child: Child) -> Mapping[str, Value]:
        """The attributes to store, out of the stack as it is."""

    async def definition(self, work: Work) -> tuple[Definition, Mapping[str, Value]]:
        """The definition that the stack shall have now, and what to remember beside it."""
        inner = self.inner(work.resource.properties, work.stack.definition)
        if inner is None:
            raise ResourceFailed("what its stack shall be is not known")
        if self.reads_facade:
            inner = replace(inner, facade=facade_of(work.resource))
        return inner, {}

    def timeout(self, properties: Mapping[str, Value]) -> float | None:
        """How long an operation of the stack may take, in seconds; None leaves it to the parent."""
        return None

    def reference(self, resource: Resource) -> Value:
        return resource.data.get("arn", resource.physical_id)

    def live_parts(self, resource: Resource, path: Sequence[Value]) -> Sequence[LivePart]:
        asked = self.asks_inside(path) if path else None
        if asked is None:
            return super().live_parts(resource, path)
        return live_parts(members_of(resource.attributes), *asked)

    def showing(self, resource: Resource, found: Mapping[LivePart, Value]) -> Resource:
        return replace(resource, attributes=with_live(resource.attributes, found))

    async def create(self, work: Work) -> Made:
        definition, data = await self.definition(work)
        stack_id = await work.nested.put(
            work.resource, definition, timeout=self.timeout(work.properties)
        )
        return self._made(work, stack_id, data)

    def _made(self, work: Work, stack_id: str, data: Mapping[str, Value]) -> Made:
        name = stack_arn(work.stack.owner.project_id, work.resource.physical_name, stack_id)
        return Made(stack_id, {**data, "arn": name})

    async def find(self, work: Work) -> list[Made]:
        stack_id = await work.nested.of(work.resource)
        if stack_id is None:
            return []
        _, data = await self.definition(work)
        return [self._made(work, stack_id, data)]

    async def ready(self, work: Work) -> None:
        await work.nested.wait(work.id)

    async def read(self, work: Work) -> Mapping[str, Value]:
        return self.told(await self._child(work))

    async def check(self, work: Work) -> None:
        await work.nested.check(work.id)

    async def update(self, work: Work) -> Made | None:
        definition, data = await self.definition(work)
        stack_id = await work.nested.put(
            work.resource, definition, timeout=self.timeout(work.properties)
        )
        await work.nested.wait(stack_id)
        return self._made(work, stack_id, {**work.resource.data, **data})

    async def delete(self, work: Work) -> None:
        await work.nested.delete(work.id)

    async def gone(self, work: Work) -> None:
        await work.nested.gone(work.id)

    async def _child(self, work: Work) -> Child:
        child = await work.nested.show(work.id)
        if child is None:
            raise ResourceFailed("its stack is gone")
        return child

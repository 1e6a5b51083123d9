"""What every resource type has in common: the pure half of the protocol, and steps that do nothing.

It knows no cloud; `rest` adds the life of a thing in a REST collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from calor.base.values import Value
from calor.model.plan import Order
from calor.model.resource import Resource
from calor.model.resource_type import LivePart, Made, Sibling, Work
from calor.model.stack import Definition
from calor.schema import (
    SHOW,
    SUPPORTED,
    Attributes,
    AttributeSpec,
    Properties,
    Schema,
    Support,
)
from calor.template.marks import select


class Type:
    """The base of all types: a subclass names its properties and attributes and overrides what is
    special about it. The class's docstring is the type's documentation."""

    name: str
    Properties: ClassVar[type[Properties]] = Properties
    Attributes: ClassVar[type[Attributes]] = Attributes
    support: ClassVar[Support] = SUPPORTED
    calls_cloud: ClassVar[bool] = False
    finds_at_once: ClassVar[bool] = False
    surveys: ClassVar[bool] = False
    converges: ClassVar[bool] = False
    reads_facade: bool = False

    @property
    def schema(self) -> Schema:
        return self.Properties.schema

    @property
    def attributes(self) -> Mapping[str, AttributeSpec]:
        return self.Attributes.specs

    @property
    def support_status(self) -> Mapping[str, Any]:
        return self.support.to_json()

    @property
    def doc(self) -> str:
        return " ".join((self.__doc__ or "").split())

    def has_attribute(self, name: str) -> bool:
        return name in self.attributes or name == "show"

    def asks_inside(self, path: Sequence[Value]) -> tuple[str | None, Sequence[Value]] | None:
        return None

    def forces_replacement(
        self, before: Mapping[str, Value], after: Mapping[str, Value], changed: Sequence[str]
    ) -> tuple[str, ...]:
        specs = self.schema.properties
        return tuple(name for name in changed if name not in specs or not specs[name].update)

    def says_the_same(self, name: str, before: Value, after: Value) -> bool:
        return False

    def affected(self, changed: Sequence[str]) -> tuple[str, ...] | None:
        return None

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        return Order.NEW_FIRST

    def implicit_needs(self, own: Sibling, siblings: Mapping[str, Sibling]) -> tuple[str, ...]:
        return ()

    def inner(self, properties: Mapping[str, Value], outer: Definition) -> Definition | None:
        return None

    def outer_path(self, path: Sequence[str | int]) -> tuple[str | int, ...] | None:
        return None

    def reference(self, resource: Resource) -> Value:
        return resource.physical_id if resource.physical_id is not None else resource.name

    def foretold(self, properties: Mapping[str, Value]) -> Value:
        return None

    def attribute(self, resource: Resource, path: Sequence[Value]) -> Value:
        return select(resource.attributes, path)

    def live_parts(self, resource: Resource, path: Sequence[Value]) -> Sequence[LivePart]:
        name = str(path[0]) if path else ""
        spec = self.attributes.get(name, SHOW if name == SHOW.name else None)
        return [(name,)] if spec is not None and spec.live else []

    def showing(self, resource: Resource, found: Mapping[LivePart, Value]) -> Resource:
        return resource

    async def survey(self, work: Work) -> Mapping[str, Value]:
        return {}

    async def create(self, work: Work) -> Made:
        return Made(work.resource.physical_name)

    async def find(self, work: Work) -> list[Made]:
        return []

    async def ready(self, work: Work) -> None:
        return None

    async def read(self, work: Work) -> Mapping[str, Value]:
        return {}

    async def live(self, work: Work, name: str) -> Value:
        return select(await self.read(work), [name])

    async def check(self, work: Work) -> None:
        return None

    async def update(self, work: Work) -> Made | None:
        return None

    async def delete(self, work: Work) -> None:
        return None

    async def gone(self, work: Work) -> None:
        return None

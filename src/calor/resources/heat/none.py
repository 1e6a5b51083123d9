"""OS::Heat::None."""

from __future__ import annotations

from collections.abc import Sequence

from calor.base.values import Value
from calor.model.resource import Resource
from calor.resources.base import Type
from calor.schema import Schema, since

ANYTHING = Schema({}, open=True)


class Nothing(Type):
    """Nothing at all: takes any properties, has any attribute, and does nothing. Map a type to it
    in an environment to leave that type out."""

    name = "OS::Heat::None"
    support = since("5.0.0")

    @property
    def schema(self) -> Schema:
        return ANYTHING

    def has_attribute(self, name: str) -> bool:
        return True

    def attribute(self, resource: Resource, path: Sequence[Value]) -> Value:
        return None


TYPE = Nothing()

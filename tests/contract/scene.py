"""An example brought on stage, with what it needs. It asserts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calor.base.values import reveal
from calor.model.resource_type import ResourceType
from calor.resources.registry import Registry
from contract.examples import Example, examples, filled
from contract.hand import Company, Hand
from contract.stage import Stage

REGISTRY = Registry(plugins=False)
EXAMPLES = examples()


def type_of(name: str) -> ResourceType:
    found = REGISTRY.get(name)
    assert found is not None, name
    return found


@dataclass
class Scene:
    """An example brought on stage, with what it needs."""

    example: Example
    type: ResourceType
    company: Company
    things: dict[str, Any]

    def properties(self, **changes: Any) -> dict[str, Any]:
        wanted: dict[str, Any] = filled({**self.example.create, **changes}, self.things)
        return wanted

    def hand(self, properties: Mapping[str, Any] | None = None) -> Hand:
        return self.company.hand(self.type, properties or self.properties())


async def bring(stage: Stage, name: str) -> Scene:
    example = EXAMPLES[name]
    company = Company(stage, admin=example.admin)
    await company.connect()
    things: dict[str, Any] = {}
    for key, item in example.beside.items():
        hand = company.hand(type_of(item["type"]), filled(item.get("properties", {}), things), key)
        await hand.create()
        things[key] = reveal(hand.type.reference(hand.row))
    return Scene(example, type_of(name), company, things)

"""A template while it is drawn: items with what they refer to, apart from Calor's own reading.

It knows HOT's two references and nothing else of the language.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

VERSION = "2021-04-16"


@dataclass
class Item:
    """One resource. `kind` is the drawing's word for it; `uses` are extra dependencies."""

    name: str
    kind: str
    type: str
    properties: dict[str, Any]
    uses: list[str] = field(default_factory=list)

    def needs(self) -> list[str]:
        """The names that it refers to, each once, in order."""
        return list(dict.fromkeys([*_references(self.properties), *self.uses]))


@dataclass
class Draft:
    """A template and the files with it."""

    items: dict[str, Item] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    inner: dict[str, Draft] = field(default_factory=dict)
    """What is inside an item that is a stack, by the item's name."""

    def copy(self) -> Draft:
        return copy.deepcopy(self)

    def add(self, item: Item) -> Item:
        self.items[item.name] = item
        return item

    def of(self, kind: str) -> list[Item]:
        return [item for item in self.items.values() if item.kind == kind]

    def users(self, name: str) -> list[str]:
        """The names that need this one, directly or not, without itself."""
        found: dict[str, None] = {name: None}
        for goal in (queue := [name]):
            for item in self.items.values():
                if item.name not in found and goal in item.needs():
                    found[item.name] = None
                    queue.append(item.name)
        return queue[1:]

    def remove(self, name: str) -> None:
        """Takes an item out, and all that need it."""
        for gone in [name, *self.users(name)]:
            del self.items[gone]
            self.inner.pop(gone, None)

    def size(self) -> int:
        """Resources, those inside stacks inside included."""
        total = len(self.items)
        for name, inner in self.inner.items():
            item = self.items[name]
            total += inner.size() * int(item.properties.get("count", 1))
        return total

    def template(self) -> str:
        resources: dict[str, Any] = {}
        for item in self.items.values():
            entry: dict[str, Any] = {"type": item.type, "properties": item.properties}
            if item.uses:
                entry["depends_on"] = item.uses
            resources[item.name] = entry
        outputs = {f"{name}_ref": {"value": {"get_resource": name}} for name in self.items}
        return json.dumps(
            {"heat_template_version": VERSION, "resources": resources, "outputs": outputs}, indent=1
        )


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if len(value) == 1:
            if isinstance(value.get("get_resource"), str):
                yield value["get_resource"]
                return
            if isinstance(value.get("get_attr"), list):
                yield value["get_attr"][0]
                return
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def ref(name: str) -> dict[str, str]:
    return {"get_resource": name}

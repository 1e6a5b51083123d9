"""Drawing by chance: who draws, and the pieces that kinds of things are made with."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulation.draft import Draft, Item

PUBLIC = "public"
"""A network of the sandbox with addresses for the outside."""
SHARED = "shared"
"""A network of the sandbox that all projects may use."""
NAMES = ("web", "db", "app")
"""Names are drawn from few, so that different things have the same one."""


class Drawer:
    """Chance, the kinds to draw from, and numbers that no two things of a seed share."""

    def __init__(self, seed: str, kinds: Mapping[str, Kind], *, admin: bool) -> None:
        self.chance = random.Random(seed)
        self.kinds = kinds
        self.admin = admin
        self._numbers = 0

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def word(self) -> str:
        return f"w{self.chance.randrange(10**6)}"


Recipe = Callable[[Drawer, Draft], "Item | None"]
Revise = Callable[[Drawer, Draft, Item], bool]


@dataclass(frozen=True)
class Kind:
    """`make` adds an item to a draft; `tweak` changes one in place, `replace` so that it must be
    made anew: both tell whether they could. `cloud` says that it lives in the cloud."""

    make: Recipe
    tweak: Revise
    replace: Revise
    weight: float = 1.0
    admin: bool = False
    cloud: bool = True


def never(d: Drawer, draft: Draft, item: Item) -> bool:
    return False


def add(d: Drawer, draft: Draft, kind: str, type: str, **properties: Any) -> Item:
    return draft.add(Item(f"{kind}{d.number()}", kind, type, properties))


def named(d: Drawer, item: Item, share: float = 0.5) -> Item:
    if d.maybe(share):
        item.properties["name"] = d.chance.choice(NAMES)
    return item


def rename(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["name"] = f"{d.chance.choice(NAMES)}-{d.number()}"
    return True


def some(d: Drawer, draft: Draft, kind: str, share: float = 0.7) -> Item:
    """An item of a kind: most often one that is there."""
    found = draft.of(kind)
    if found and d.maybe(share):
        return d.chance.choice(found)
    return _new(d, draft, kind)


def free(d: Drawer, draft: Draft, kind: str, *, user: str, key: str) -> Item:
    """An item of a kind that no `user` names at `key`: one that is there, if there is one."""
    taken = [target(item, key) for item in draft.of(user)]
    found = [item for item in draft.of(kind) if item.name not in taken]
    return d.chance.choice(found) if found else _new(d, draft, kind)


def _new(d: Drawer, draft: Draft, kind: str) -> Item:
    made = d.kinds[kind].make(d, draft)
    assert made is not None
    return made


def target(item: Item, key: str) -> str:
    return str(item.properties[key]["get_resource"])

"""Projects, users and roles, which only an administrator makes."""

from __future__ import annotations

from simulation.draft import Draft, Item
from simulation.kinds.drawing import Drawer, Kind, Recipe, add, never, rename


def _identity(kind: str, type: str) -> Recipe:
    def make(d: Drawer, draft: Draft) -> Item:
        item = add(d, draft, kind, type)
        if d.maybe(0.4):
            item.properties["name"] = f"{kind}-{d.number()}"
        if kind == "user":
            item.properties["password"] = f"secret-{d.word()}"
        return item

    return make


def _describe(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["description"] = d.word()
    return True


IDENTITY: dict[str, Kind] = {
    "project": Kind(
        _identity("project", "OS::Keystone::Project"), _describe, never, 0.7, admin=True
    ),
    "user": Kind(_identity("user", "OS::Keystone::User"), _describe, never, 0.7, admin=True),
    "role": Kind(_identity("role", "OS::Keystone::Role"), rename, never, 0.7, admin=True),
}

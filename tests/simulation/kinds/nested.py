"""Stacks in stacks, and groups."""

from __future__ import annotations

from simulation.draft import Draft, Item
from simulation.kinds.drawing import Drawer, Kind, add, never
from simulation.kinds.growth import revise

INSIDE = ("net", "volume", "group", "random", "subnet", "port", "value")


def _inside(d: Drawer) -> Draft:
    inner = Draft()
    for _ in range(d.chance.randrange(1, 3)):
        d.kinds[d.chance.choice(INSIDE)].make(d, inner)
    return inner


def _stack(d: Drawer, draft: Draft) -> Item:
    inner = _inside(d)
    item = add(d, draft, "stack", "OS::Heat::Stack", template=inner.template())
    draft.inner[item.name] = inner
    return item


def _tweak_inner(d: Drawer, draft: Draft, item: Item) -> bool:
    inner = draft.inner[item.name]
    if not revise(d, inner, kinds=INSIDE):
        return False
    if item.kind == "stack":
        item.properties["template"] = inner.template()
    else:
        draft.files[item.type] = inner.template()
    return True


def _file(d: Drawer, draft: Draft) -> Item:
    inner = _inside(d)
    number = d.number()
    name = f"inner{number}.yaml"
    draft.files[name] = inner.template()
    item = draft.add(Item(f"file{number}", "file", name, {}))
    draft.inner[item.name] = inner
    return item


def _many(d: Drawer, draft: Draft) -> Item:
    type, properties = d.chance.choice(
        (
            ("OS::Neutron::Net", {"name": "member-%index%"}),
            ("OS::Cinder::Volume", {"size": 1}),
            ("OS::Heat::RandomString", {"length": 8}),
        )
    )
    item = add(
        d,
        draft,
        "many",
        "OS::Heat::ResourceGroup",
        count=d.chance.randrange(1, 4),
        resource_def={"type": type, "properties": properties},
    )
    draft.inner[item.name] = Draft({"member": Item("member", "member", type, {})})
    return item


def _tweak_many(d: Drawer, draft: Draft, item: Item) -> bool:
    old = item.properties["count"]
    item.properties["count"] = d.chance.choice([n for n in range(4) if n != old])
    return True


NESTED: dict[str, Kind] = {
    "stack": Kind(_stack, _tweak_inner, never, 0.7),
    "file": Kind(_file, _tweak_inner, never, 0.7),
    "many": Kind(_many, _tweak_many, never, 0.7),
}

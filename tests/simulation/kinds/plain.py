"""What lives in a stack alone, without a cloud."""

from __future__ import annotations

from typing import Any

from simulation.draft import Draft, Item, ref
from simulation.kinds.drawing import Drawer, Kind, add, never


def _random(d: Drawer, draft: Draft) -> Item:
    return add(d, draft, "random", "OS::Heat::RandomString", length=d.chance.randrange(4, 40))


def _replace_random(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["salt"] = d.word()
    return True


def _value(d: Drawer, draft: Draft) -> Item:
    others = [item for item in draft.items.values() if item.kind != "value"]
    value: Any = ref(d.chance.choice(others).name) if others else d.word()
    return add(d, draft, "value", "OS::Heat::Value", value=value)


def _tweak_value(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["value"] = d.word()
    return True


def _none(d: Drawer, draft: Draft) -> Item:
    return add(d, draft, "none", "OS::Heat::None")


def _test(d: Drawer, draft: Draft) -> Item:
    return add(
        d,
        draft,
        "test",
        "OS::Heat::TestResource",
        value=d.word(),
        wait_secs=d.chance.choice((0, 2)),
    )


def _replace_test(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["update_replace_value"] = d.word()
    return True


def _delay(d: Drawer, draft: Draft) -> Item:
    return add(
        d, draft, "delay", "OS::Heat::Delay", min_wait=d.chance.choice((0, 3)), actions=["CREATE"]
    )


PLAIN: dict[str, Kind] = {
    "random": Kind(_random, never, _replace_random, 0.7, cloud=False),
    "value": Kind(_value, _tweak_value, never, 0.5, cloud=False),
    "none": Kind(_none, never, never, 0.1, cloud=False),
    "test": Kind(_test, _tweak_value, _replace_test, 0.4, cloud=False),
    "delay": Kind(_delay, never, never, 0.2, cloud=False),
}

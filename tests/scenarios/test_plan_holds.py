"""What a plan says is what the run then does, for random templates and random changes of them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest

from calor.base.values import is_known
from calor.model.plan import Change, Verb
from calor.model.resource import Event, Resource
from calor.service.wanted import Wanted
from scenarios.stage import Stage, scenario

INNER = """
heat_template_version: 2021-04-16
parameters: {word: {type: string, default: none}}
resources: {inside: {type: OS::Heat::Value, properties: {value: {get_param: word}}}}
outputs: {word: {value: {get_attr: [inside, value]}}}
"""
WORDS = ("one", "two", "three")


class Draft:
    """A template that changes at random. Later resources refer to earlier ones only."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._next = 0
        self._kinds: dict[str, str] = {}
        self._properties: dict[str, dict[str, Any]] = {}
        self.files = {"inner.yaml": INNER}
        for _ in range(chance.randint(3, 8)):
            self._add()

    def change(self) -> None:
        for _ in range(self._chance.randint(0, 2)):
            name = self._chance.choice(list(self._kinds))
            draw = self._chance.random()
            if draw < 0.6:
                self._properties[name] = self._drawn(name)
            elif draw < 0.7:
                self._leave(name)
                self._kinds[name] = self._chance.choice(list(TYPES))
                self._properties[name] = self._drawn(name)
            elif draw < 0.8:
                self._add()
            elif draw < 0.9:
                self.files = {"inner.yaml": INNER.replace("none", self._chance.choice(WORDS))}
            elif len(self._kinds) > 2:
                del self._kinds[name], self._properties[name]
                self._leave(name)

    def wanted(self) -> Wanted:
        resources = {
            name: {"type": TYPES[kind], "properties": self._properties[name]}
            for name, kind in self._kinds.items()
        }
        template = {"heat_template_version": "2021-04-16", "resources": resources}
        return Wanted(template=json.dumps(template), files=self.files)

    def _add(self) -> None:
        self._next += 1
        name = f"r{self._next}"
        self._kinds[name] = self._chance.choice(list(TYPES))
        self._properties[name] = self._drawn(name)

    def _leave(self, name: str) -> None:
        """Nobody refers to that one any more."""
        for other, properties in self._properties.items():
            if f'"{name}"' in json.dumps(properties):
                self._properties[other] = self._filled(other, "left")

    def _drawn(self, name: str) -> dict[str, Any]:
        return self._filled(name, self._word(name))

    def _filled(self, name: str, word: Any) -> dict[str, Any]:
        choice = self._chance.choice
        match self._kinds[name]:
            case "Value":
                return {"value": word}
            case "TestResource":
                return {choice(("value", "value", "update_replace_value")): word}
            case "Net":
                return {"name": word}
            case "Port":
                return {"network": "private", "name": word, "admin_state_up": choice((True, False))}
            case "RandomString":
                return {"length": choice((8, 9)), "salt": word}
            case "file":
                return {"word": word}
            case _:
                inside = {"type": "inner.yaml", "properties": {"word": word}}
                return {"count": choice((1, 2, 3)), "resource_def": inside}

    def _word(self, name: str) -> Any:
        """A word, or what another resource tells."""
        earlier = list(self._kinds)[: list(self._kinds).index(name)]
        if not earlier or self._chance.random() < 0.5:
            return self._chance.choice(WORDS)
        other = self._chance.choice(earlier)
        if self._chance.random() < 0.3:
            return {"get_resource": other}
        return {"list_join": ["-", [{"get_attr": [other, *ATTRIBUTES[self._kinds[other]]]}, "x"]]}


TYPES = {
    "Value": "OS::Heat::Value",
    "TestResource": "OS::Heat::TestResource",
    "Net": "OS::Neutron::Net",
    "Port": "OS::Neutron::Port",
    "RandomString": "OS::Heat::RandomString",
    "file": "inner.yaml",
    "group": "OS::Heat::ResourceGroup",
}
ATTRIBUTES: dict[str, tuple[Any, ...]] = {
    "Value": ("value",),
    "TestResource": ("output",),
    "Net": ("name",),
    "Port": ("mac_address",),
    "RandomString": ("value",),
    "file": ("word",),
    "group": ("word", 0),
}


@pytest.mark.parametrize("seed", range(25))
def test_a_plan_holds(seed: int) -> None:
    @scenario()
    async def story(stage: Stage) -> None:
        draft = Draft(random.Random(seed))
        first = draft.wanted()
        await stage.create(str(first.template), files=first.files)
        for _ in range(4):
            draft.change()
            await _compare(stage, draft.wanted())

    story()


async def _compare(stage: Stage, wanted: Wanted) -> None:
    world = stage.world
    stack = await stage.stack()
    caller = await world.caller(stage.user)
    preview = await world.ask(lambda calor: calor.service.check.plan_update(caller, stack, wanted))
    before, told = await stage.rows(), len(await stage.events())
    stack = await stage.update(str(wanted.template), files=wanted.files)
    assert stack.state == "UPDATE_COMPLETE", stack.reason
    after, events = await stage.rows(), (await stage.events())[told:]
    changes = {change.name: change for change in preview.plan.changes}
    assert sorted({*before, *after}) == sorted(changes)
    for name, change in changes.items():
        happened = _happened(before.get(name), after.get(name), events)
        assert happened in _allowed(change), (name, change, happened)


def _happened(before: Resource | None, after: Resource | None, events: Sequence[Event]) -> Verb:
    if after is None:
        return Verb.DELETE
    if before is None:
        return Verb.CREATE
    if before.id != after.id:
        return Verb.REPLACE
    updated = any(event.name == after.name for event in events)
    return Verb.UPDATE if updated else Verb.KEEP


def _allowed(change: Change) -> list[Verb]:
    """The predicted verb, and where a value was not known yet the milder ones."""
    verb = change.decision.verb
    known = all(is_known(item.after) for item in change.decision.changes)
    if known or verb not in (Verb.UPDATE, Verb.REPLACE):
        return [verb]
    milder = [Verb.KEEP, Verb.UPDATE]
    return [*milder, Verb.REPLACE] if verb is Verb.REPLACE else milder

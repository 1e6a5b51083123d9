"""What every type keeps to, whatever it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from calor.model.resource import Resource
from calor.model.resource_type import ResourceType
from calor.resources.rest import RestType
from calor.resources.wire import matches, update_body
from contract.hand import Company, Hand
from contract.saboteur import Harm, Sabotage
from contract.scene import EXAMPLES, REGISTRY, Scene, bring, type_of
from contract.stage import HARMS, REAL, Stage, play

NAMES = [name for name, item in EXAMPLES.items() if item.real or not REAL]
REST = [name for name in NAMES if isinstance(REGISTRY.get(name), RestType)]
STACKS_INSIDE = ("AWS::CloudFormation::Stack", "OS::Heat::ResourceGroup", "OS::Heat::Stack")
"""Played in tests/scenarios: their life is other stacks'."""


async def assert_is(hand: Hand, unread: tuple[str, ...] = ()) -> None:
    """The live thing is what the row's properties say."""
    await hand.type.check(hand.work())
    if isinstance(hand.type, RestType):
        work = hand.work()
        live = await hand.type.show(work)
        wanted = {key: item for key, item in hand.type.body(work).items() if key not in unread}
        differing = {
            key: (item, live.get(key))
            for key, item in wanted.items()
            if not matches(item, live.get(key))
        }
        assert differing == {}
        assert [name for name in hand.type.attributes if name not in _readable(hand)] == []


def _readable(hand: Hand) -> list[str]:
    live = [name for name, spec in hand.type.attributes.items() if spec.live]
    return [*hand.row.attributes, *live]


async def inventory(company: Company, type: ResourceType) -> list[str]:
    """Ids of all things of the type's collection that we can see; some clouds still list for a
    moment what is deleted."""
    if not isinstance(type, RestType):
        return []
    items = await company.cloud.list(type.collection)
    there = [item for item in items if type.word(item) not in type.deleted_words]
    ids = [str(type.made(item).physical_id) for item in there]
    return sorted(id for id in ids if company.stage.ours(id))


def test_every_type_has_an_example() -> None:
    missing = [name for name in REGISTRY.names() if name not in EXAMPLES]
    assert [name for name in missing if name not in STACKS_INSIDE] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_property_is_tried(name: str) -> None:
    example = EXAMPLES[name]
    for key, spec in type_of(name).schema.properties.items():
        if spec.update and not spec.replaced_by:
            assert key in example.updates or key in example.untested, key


@pytest.mark.parametrize("name", NAMES)
def test_what_does_not_change_in_place_is_replaced(name: str) -> None:
    type = type_of(name)
    specs = type.schema.properties
    fixed = [key for key, spec in specs.items() if not spec.update]
    assert list(type.forces_replacement({}, {}, list(specs))) == fixed


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_back_as_wanted_and_is_deleted_twice(name: str) -> None:
    async def story(stage: Stage) -> None:
        play = await bring(stage, name)
        before = await inventory(play.company, play.type)
        hand = play.hand()
        await hand.create()
        await assert_is(hand, play.example.unread)
        assert hand.type.reference(hand.row) is not None
        await hand.delete()
        await hand.delete()
        assert await inventory(play.company, play.type) == before
        hand.row = _never_made(hand)
        await play.company.clear()

    play(story)


def _never_made(hand: Hand) -> Resource:
    return replace(hand.row, physical_id=None, calling=False)


@pytest.mark.parametrize("name", NAMES)
def test_it_changes_in_place(name: str) -> None:
    async def story(stage: Stage) -> None:
        play = await bring(stage, name)
        hand = play.hand()
        await hand.create()
        id = hand.id
        for key in play.example.updates:
            value = {key: play.example.updates[key]}
            assert hand.type.forces_replacement({}, {}, [key]) == ()
            await hand.update(play.properties(**value))
            await assert_is(hand, play.example.unread)
            await _settled(hand)
            await hand.update(play.properties())
            await assert_is(hand, play.example.unread)
        assert hand.id == id or play.example.moves
        await play.company.clear()

    play(story)


async def _settled(hand: Hand) -> None:
    """Nothing differs any more, whoever asks."""
    if isinstance(hand.type, RestType):
        work = hand.work()
        live = await hand.type.show(work)
        body = update_body(hand.type.schema, hand.type.create_properties(work), None, live)
        await hand.type.shape_update(body, work, live)
        assert [key for key in body if key != "password"] == []


@pytest.mark.parametrize("name", REST)
def test_it_knows_ready_busy_and_failed(name: str) -> None:
    type = type_of(name)
    assert isinstance(type, RestType)
    if not type.ready_words:
        return
    for word in type.ready_words:
        assert type.is_ready({type.status: word})
    for word in ("BUILD", "PENDING_CREATE", "", "SOMETHING_NEW"):
        assert not type.is_ready({type.status: word})
    for word in type.failed_words:
        with pytest.raises(Exception, match=word):
            type.is_ready({type.status: word.lower()})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("harm", HARMS)
def test_harm_at_every_call_of_a_create(name: str, harm: Harm) -> None:
    _harm_everywhere(name, harm, "create", _create_under)


@pytest.mark.parametrize(
    "name", [name for name in REST if "name" in type_of(name).schema.properties]
)
@pytest.mark.parametrize("harm", HARMS)
def test_harm_at_every_call_of_a_create_with_a_given_name(name: str, harm: Harm) -> None:
    given = {"name": "contract-given"}
    _harm_everywhere(name, harm, "create given", partial(_create_under, given=given))


@pytest.mark.parametrize("name", [name for name in NAMES if EXAMPLES[name].updates])
@pytest.mark.parametrize("harm", HARMS)
def test_harm_at_every_call_of_an_update(name: str, harm: Harm) -> None:
    _harm_everywhere(name, harm, "update", _update_under)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("harm", HARMS)
def test_harm_at_every_call_of_a_delete(name: str, harm: Harm) -> None:
    _harm_everywhere(name, harm, "delete", _delete_under)


_ENDS: dict[tuple[str, str], int] = {}
"""How many calls there are, by type and what is done, where that has been seen."""


def _harm_everywhere(name: str, harm: Harm, what: str, under: Any) -> None:
    for nth in range(1, 60):
        if REAL and (nth > _ENDS.get((name, what), 60) or (harm is Harm.CRASH_BEFORE and nth > 1)):
            return
        if not play(partial(under, name=name, plan=Sabotage(harm, nth))):
            _ENDS[name, what] = nth - 1
            return
    pytest.fail("there is no end of calls")


async def _create_under(
    stage: Stage, name: str, plan: Sabotage, given: Mapping[str, Any] | None = None
) -> bool:
    """Whether the sabotage had its call."""
    play = await bring(stage, name)
    wanted = play.properties(**given or {})
    foreign = await _foreign(play, wanted)
    await stage.clock.sleep(2.0)
    before = await inventory(play.company, play.type)
    hand = play.hand(wanted)
    crashed = await play.company.suffer(plan, hand.create)
    struck = len(play.company.saboteur.calls) >= plan.nth
    if crashed:
        await hand.create()
    await assert_is(hand, play.example.unread)
    after = await inventory(play.company, play.type)
    if isinstance(play.type, RestType):
        assert sorted([*before, hand.id]) == after
        assert hand.id not in before
    await _leave(play, foreign)
    return struck


async def _update_under(stage: Stage, name: str, plan: Sabotage) -> bool:
    play = await bring(stage, name)
    hand = play.hand()
    await hand.create()
    wanted = play.properties(**dict(play.example.updates))
    if hand.type.schema.check(wanted):  # not all at once
        wanted = play.properties(**dict([next(iter(play.example.updates.items()))]))
    crashed = await play.company.suffer(plan, lambda: hand.update(wanted))
    struck = len(play.company.saboteur.calls) >= plan.nth
    if crashed:
        await hand.update(wanted)
    await assert_is(hand, play.example.unread)
    await _settled(hand)
    await _leave(play, None)
    return struck


async def _delete_under(stage: Stage, name: str, plan: Sabotage) -> bool:
    play = await bring(stage, name)
    foreign = await _foreign(play, play.properties())
    before = await inventory(play.company, play.type)
    hand = play.hand()
    await hand.create()
    crashed = await play.company.suffer(plan, hand.delete)
    struck = len(play.company.saboteur.calls) >= plan.nth
    if crashed:
        await hand.delete()
    assert await inventory(play.company, play.type) == before
    hand.row = _never_made(hand)
    await _leave(play, foreign)
    return struck


async def _foreign(play: Scene, wanted: Mapping[str, Any]) -> str | None:
    """A stranger's thing that looks like the one we are about to make, where there can be one."""
    if not isinstance(play.type, RestType) or play.example.alone:
        return None
    if play.example.names_are_unique and "name" in wanted:
        return None
    twin = Hand(play.company, play.type, wanted, "foreign")
    await twin._pin()
    body = play.type.body(twin.work())
    made = await play.company.cloud.create(play.type.collection, body)
    return str(play.type.made(made).physical_id)


async def _leave(play: Scene, foreign: str | None) -> None:
    """Cleans up; the stranger's thing must still be there."""
    if foreign is not None:
        assert isinstance(play.type, RestType)
        assert await play.company.cloud.show(play.type.collection, foreign) is not None
        await play.company.cloud.delete(play.type.collection, foreign)
    await play.company.clear()

"""The journal: fenced, gapless, merged, and in the order in which entries came."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from calor.base.errors import LeaseLost
from calor.base.values import Sensitive, Unknown
from calor.model.plan import Change, Decision, Order, Plan, PropertyChange, Verb
from calor.model.ports import Entry, EventFilter, Visible
from calor.model.resource import Resource
from calor.model.stack import Definition, Output
from calor.model.states import Action, DeletionPolicy, Status
from ports.nouns import (
    World,
    asked,
    created,
    ended,
    event,
    nested,
    resource,
    stack,
)


def test_a_resource_comes_back_as_it_was(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store)
        row = Resource(
            id=stack().id,
            stack_id=item.id,
            name="näme ✓",
            incarnation=3,
            type="OS::Nova::Server",
            declared_type="My::Server",
            physical_name="app-web-abc",
            action=Action.UPDATE,
            status=Status.FAILED,
            reason="because\nof 💥",
            physical_id="id",
            properties={
                "secret": Sensitive({"deep": [1, Sensitive("x")]}),
                "list": [Sensitive("y"), {"$sealed": 0}, "$sealed", None, 1.5, True, 2**70],
            },
            pinned={"image": "1234"},
            attributes={"ip": ["10.0.0.1"], "key": Sensitive("z")},
            metadata={"m": {"n": []}},
            needs=("a", "b"),
            deletion_policy=DeletionPolicy.RETAIN,
            calling=True,
            intent_at=1.25,
            settled=True,
            retired=True,
            external=True,
            data={"d": 1},
            created_at=5.0,
            updated_at=6.0,
        )
        await store.journal.append(Entry(claim.lease, resources=(row,)))
        inner = Sensitive({"deep": [1, "x"]})
        expected = replace(row, properties={**row.properties, "secret": inner})
        assert await store.reads.resources(item.id) == [expected]
        changed = replace(expected, physical_id=None, calling=False, properties={})
        await store.journal.append(Entry(claim.lease, resources=(changed,)))
        assert await store.reads.resources(item.id) == [changed]
        await store.journal.append(Entry(claim.lease, forgotten=(row.id,)))
        assert await store.reads.resources(item.id) == []

    world.run(scenario())


def test_the_last_of_several_versions_is_kept(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store)
        one, two = resource(item.id, "one"), resource(item.id, "two")
        entries = [
            Entry(claim.lease, resources=(one, two)),
            Entry(claim.lease, resources=(replace(one, reason="later"),)),
            Entry(claim.lease, forgotten=(two.id,)),
            Entry(claim.lease, resources=(replace(one, reason="last"),)),
        ]
        await asyncio.gather(*(store.journal.append(entry) for entry in entries))
        assert await store.reads.resources(item.id) == [replace(one, reason="last")]

    world.run(scenario())


def test_a_refused_entry_fails_alone(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        one, _, first = await created(store, stack("one"))
        two, _, second = await created(store, stack("two"))
        stale = replace(first.lease, epoch=0)
        outcomes = await asyncio.gather(
            store.journal.append(Entry(first.lease, events=(event(one.id, 1),))),
            store.journal.append(Entry(stale, events=(event(one.id, 2),))),
            store.journal.append(Entry(second.lease, events=(event(two.id, 1),))),
            return_exceptions=True,
        )
        assert [type(outcome) for outcome in outcomes] == [type(None), LeaseLost, type(None)]
        assert len(await store.reads.events(one.id, EventFilter())) == 1
        assert len(await store.reads.events(two.id, EventFilter())) == 1

    world.run(scenario())


def test_nobody_is_given_a_result_that_another_one_gave_up(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store)
        given_up = asyncio.ensure_future(
            store.journal.append(Entry(claim.lease, events=(event(item.id, 1),)))
        )
        given_up.cancel()
        await store.journal.append(Entry(claim.lease, events=(event(item.id, 2),)))
        found = await store.reads.events(item.id, EventFilter())
        assert [one.number for one in found] == [1, 2]

    world.run(scenario())


def test_what_the_database_refuses_fails_alone_and_leaves_no_gap(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        one, _, first = await created(store, stack("one"))
        two, _, second = await created(store, stack("two"))
        bad = resource(one.id, properties={"x": Unknown("other")})
        outcomes = await asyncio.gather(
            store.journal.append(Entry(first.lease, events=(event(one.id, 1),))),
            store.journal.append(Entry(second.lease, events=(event(two.id, 1),))),
            store.journal.append(Entry(first.lease, events=(event(one.id, 2),))),
            store.journal.append(Entry(first.lease, resources=(bad,), events=(event(one.id, 3),))),
            store.journal.append(Entry(first.lease, events=(event(one.id, 4),))),
            return_exceptions=True,
        )
        # What one stack queues in a row is told as one; what came before is written all the same.
        assert [type(outcome) for outcome in outcomes] == [
            type(None), type(None), LeaseLost, LeaseLost, LeaseLost
        ]  # fmt: skip
        # A number that was given twice, and everything of that lease after it.
        with pytest.raises(LeaseLost):
            await store.journal.append(Entry(second.lease, events=(event(two.id, 1),)))
        with pytest.raises(LeaseLost):
            await store.journal.append(Entry(second.lease, events=(event(two.id, 2),)))
        for item, expected in ((one, [1, 2]), (two, [1])):
            found = await store.reads.events(item.id, EventFilter())
            assert [event.number for event in found] == expected

    world.run(scenario())


def test_events_come_in_order_without_gaps(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store)
        written = [event(item.id, number, properties={"n": number}) for number in range(1, 51)]
        heard = world.bus.listen("events")
        for start in range(0, 50, 10):
            await asyncio.gather(
                *(
                    store.journal.append(Entry(claim.lease, events=(one,)))
                    for one in written[start : start + 10]
                )
            )
        assert await heard.wait(1.0) == [item.id]
        assert await store.reads.events(item.id, EventFilter()) == written
        newest = EventFilter(after=30, limit=5, newest_first=True)
        assert await store.reads.events(item.id, newest) == written[:-6:-1]
        assert await store.reads.event(item.id, written[7].id) == written[7]
        assert await store.reads.event(item.id, "none") is None

    world.run(scenario())


def test_the_visible_state(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, operation, claim = await created(store)
        outputs = (Output("a", Sensitive("s"), "about"), Output("b", None, error="why"))
        await ended(store, claim.lease, operation, outputs=outputs, settle=True)
        seen = await store.reads.stack(item.id)
        assert seen is not None
        assert (seen.state, seen.reason, seen.outputs) == ("CREATE_COMPLETE", "done", outputs)
        assert seen.settled == seen.definition == item.definition

        changed = replace(seen, definition=Definition("t: 2"))
        update = await store.operations.accept(asked(changed, Action.UPDATE))
        (claim,) = await store.leases.claim("engine", 1)
        begun = replace(update, phase=Action.ROLLBACK, reason="it failed")
        rolled = Visible(2, Action.ROLLBACK, Status.IN_PROGRESS, "it failed")
        await store.journal.append(Entry(claim.lease, visible=rolled, operation=begun))
        assert await store.reads.operations(item.id) == [begun]
        back = Visible(2, Action.ROLLBACK, Status.COMPLETE, "back", restore=True)
        await store.journal.append(Entry(claim.lease, visible=back, finished=(update.id,)))
        seen = await store.reads.stack(item.id)
        assert seen is not None
        assert (seen.state, seen.definition) == ("ROLLBACK_COMPLETE", item.definition)
        assert seen.outputs == outputs

    world.run(scenario())


def test_an_older_generation_is_never_visible(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, operation, claim = await created(store)
        seen = await store.reads.stack(item.id)
        assert seen is not None
        await store.operations.accept(asked(seen, Action.DELETE))
        late = Visible(
            operation.generation, Action.CREATE, Status.COMPLETE, "late", settle=True, deleted=True
        )
        entry = Entry(
            claim.lease, events=(event(item.id, 1),), visible=late, finished=(operation.id,)
        )
        await store.journal.append(entry)
        now = await store.reads.stack(item.id)
        assert now is not None
        assert (now.state, now.settled, now.deleted_at) == ("DELETE_IN_PROGRESS", None, None)
        assert len(await store.reads.events(item.id, EventFilter())) == 1

    world.run(scenario())


def test_a_deleted_stack_has_nothing_left_to_do(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store)
        gone = Visible(1, Action.DELETE, Status.COMPLETE, "gone", deleted=True)
        await store.journal.append(Entry(claim.lease, visible=gone))
        seen = await store.reads.stack(item.id)
        assert seen is not None and seen.deleted_at == world.clock.now()
        assert await store.reads.operations(item.id) == []
        assert await store.leases.release(claim.lease)

    world.run(scenario())


def test_the_end_of_a_nested_stack_wakes_its_parent(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        parent, _, _ = await created(store)
        child, operation, claim = await created(store, nested(parent, resource(parent.id).id))
        heard = world.bus.listen("stacks")
        await ended(store, claim.lease, operation)
        assert await heard.wait(1.0) == [parent.id]
        states = await store.reads.child_states(parent.id)
        assert states == {child.id: (Action.CREATE, Status.COMPLETE, "done")}

    world.run(scenario())


def test_plans_hold_digests_for_secrets(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store)
        changes = (
            PropertyChange("a", {"$": 1, "b": [{"$": ["map", []]}]}, Unknown("net"), forces=True),
            PropertyChange("s", Sensitive("canary"), Sensitive("canary")),
        )
        decision = Decision(Verb.REPLACE, changes, Order.OLD_FIRST, "because")
        plan = Plan(
            (
                Change("web", "OS::Nova::Server", decision, "row", ("net", "web~1")),
                Change("net", "OS::Neutron::Net", Decision(Verb.KEEP)),
            )
        )
        await store.journal.append(Entry(claim.lease, plan=(1, plan)))
        stored = await store.reads.plan(item.id)
        assert stored is not None
        generation, found = stored
        assert generation == 1
        kept = found.changes[0].decision.changes
        assert (kept[0], found.changes[1]) == (changes[0], plan.changes[1])
        assert isinstance(kept[1].before, Sensitive)
        assert kept[1].before == kept[1].after
        assert "canary" not in kept[1].before.value
        await store.journal.append(Entry(claim.lease, plan=(2, Plan(()))))
        assert await store.reads.plan(item.id) == (2, Plan(()))
        assert await store.reads.plan("none") is None

    world.run(scenario())


def test_many_large_rows(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store)
        large = {"user_data": "x" * 65_536}
        rows = tuple(resource(item.id, f"r{n:03}", properties=large) for n in range(300))
        await store.journal.append(Entry(claim.lease, resources=rows))
        assert await store.reads.resources(item.id) == list(rows)

    world.run(scenario())

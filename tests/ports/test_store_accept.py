"""Accepting operations: names, compare-and-set, generations, nested stacks."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from calor.base.errors import Conflict, NotFound
from calor.base.values import Sensitive
from calor.model.stack import Definition, Owner
from calor.model.states import Action, Status
from ports.nouns import OWNER, World, asked, created, ended, nested, resource, stack


def test_a_create_is_seen_at_once(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        definition = Definition(
            "t: 1", ("e: 1", "e: 2"), {"a.sh": "echo"}, {"n": 1, "secret": Sensitive([1, "x"])}
        )
        item = stack(tags=("b", "a"), definition=definition, description="d", timeout=60.0)
        operation = await store.operations.accept(asked(item, rollback=True))
        assert (operation.generation, operation.action, operation.rollback) == (
            1, Action.CREATE, True
        )  # fmt: skip
        seen = await store.reads.stack(item.id)
        assert seen == replace(
            item,
            generation=1,
            reason="Stack CREATE started",
            created_at=world.clock.now(),
        )
        assert await store.reads.operations(item.id) == [operation]

    world.run(scenario())


def test_accepting_wakes_engines_after_the_commit(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        engines, stacks = world.bus.listen("engines"), world.bus.listen("stacks")
        item = stack()
        await store.operations.accept(asked(item))
        assert await engines.wait(1.0) == [item.id]
        assert await stacks.wait(1.0) == [item.id]

    world.run(scenario())


def test_live_names_of_a_project_differ(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        _, operation, claim = await created(store, stack("app"))
        with pytest.raises(Conflict, match=r"The Stack \(app\) already exists"):
            await store.operations.accept(asked(stack("app")))
        await store.operations.accept(asked(stack("App")))
        await store.operations.accept(asked(stack("app", owner=Owner("other", "user"))))
        # A deleted stack's name is free again.
        await ended(store, claim.lease, operation)
        live = await store.reads.stack(claim.stack.id)
        assert live is not None
        delete = await store.operations.accept(asked(live, Action.DELETE))
        lease = next(
            c.lease for c in await store.leases.claim("engine", 10) if c.stack.id == live.id
        )
        await ended(store, lease, delete, deleted=True)
        again = await store.operations.accept(asked(stack("app")))
        found = await store.reads.stack_named(OWNER.project_id, "app")
        assert found is not None and found.id == again.stack_id

    world.run(scenario())


def test_of_two_processes_one_gets_the_name(world: World) -> None:
    async def scenario() -> None:
        stores = [world.open() for _ in range(4)]
        outcomes = await asyncio.gather(
            *(store.operations.accept(asked(stack("app"))) for store in stores),
            *(stores[0].operations.accept(asked(stack("app"))) for _ in range(3)),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == len(outcomes) - 1

    world.run(scenario())


def test_others_compare_and_set(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, _ = await created(store)
        seen = await store.reads.stack(item.id)
        assert seen is not None
        changed = replace(seen, definition=Definition("t: 2"), tags=("x",), timeout=7.0)
        update = await store.operations.accept(asked(changed, Action.UPDATE))
        assert update.generation == 2
        with pytest.raises(Conflict, match="changed by somebody else"):
            await store.operations.accept(asked(changed, Action.UPDATE))
        forced = await store.operations.accept(asked(seen, Action.CHECK, any_generation=True))
        assert forced.generation == 3
        now = await store.reads.stack(item.id)
        assert now is not None
        # A check changes nothing of what the stack should be, however old the caller's row.
        assert (now.definition, now.tags, now.timeout) == (Definition("t: 2"), ("x",), 7.0)
        assert (now.generation, now.state) == (3, "CHECK_IN_PROGRESS")
        assert now.updated_at == world.clock.now()
        assert [o.generation for o in await store.reads.operations(item.id)] == [1, 2, 3]

    world.run(scenario())


def test_of_two_updates_of_one_generation_one_wins(world: World) -> None:
    async def scenario() -> None:
        one, two = world.open(), world.open()
        item, _, _ = await created(one)
        seen = await one.reads.stack(item.id)
        assert seen is not None
        outcomes = await asyncio.gather(
            *(s.operations.accept(asked(seen, Action.UPDATE)) for s in (one, two, one, two)),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3

    world.run(scenario())


def test_what_is_not_there_is_not_found(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        with pytest.raises(NotFound):
            await store.operations.accept(asked(stack(), Action.DELETE, any_generation=True))
        item, operation, claim = await created(store)
        await ended(store, claim.lease, operation, deleted=True)
        with pytest.raises(NotFound):
            await store.operations.accept(asked(item, Action.UPDATE, any_generation=True))

    world.run(scenario())


def test_a_nested_stack_is_created_once(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        parent, _, _ = await created(store)
        row = resource(parent.id)
        first = await store.operations.accept(asked(nested(parent, row.id)))
        again = await store.operations.accept(asked(nested(parent, row.id)))
        assert again == first
        other = nested(parent, row.id, definition=Definition("t: 2"))
        update = await store.operations.accept(asked(other))
        assert (update.stack_id, update.action) == (first.stack_id, Action.UPDATE)
        child = await store.reads.child_of(row.id)
        assert child is not None
        assert (child.id, child.generation) == (first.stack_id, 2)
        assert child.definition == Definition("t: 2")
        assert await store.reads.children(parent.id) == [child]
        # Nested stacks may have any name.
        await store.operations.accept(asked(nested(parent, resource(parent.id).id)))
        assert len(await store.reads.child_states(parent.id)) == 2

    world.run(scenario())


def test_together_in_one_group(world: World) -> None:
    """Creates and updates of one stack in one transaction see one another."""

    async def scenario() -> None:
        store = world.open()
        parent, _, _ = await created(store)
        row = resource(parent.id)
        child = nested(parent, row.id)
        other = replace(child, id=stack().id)
        outcomes = await asyncio.gather(
            store.operations.accept(asked(child)),
            store.operations.accept(asked(other)),
            store.operations.accept(asked(child, Action.DELETE, any_generation=True)),
            store.operations.accept(asked(stack("new"))),
            store.operations.accept(asked(stack("new"))),
            return_exceptions=True,
        )
        first, again, delete, _, refused = outcomes
        assert first.generation == 1 and delete.generation == 2
        assert again.stack_id == child.id
        assert isinstance(refused, Conflict)
        seen = await store.reads.stack(child.id)
        assert seen is not None and seen.state == "DELETE_IN_PROGRESS"
        assert seen.status is Status.IN_PROGRESS

    world.run(scenario())

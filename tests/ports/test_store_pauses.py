"""Pauses at hooks: written by the lease's holder, cleared by anybody, once."""

from __future__ import annotations

from dataclasses import replace

from calor.model.pause import Pause, PauseState
from calor.model.ports import Entry
from calor.model.states import Action
from calor.store.open import Store
from ports.nouns import World, asked, created, ended, nested, stack


def pause(stack_id: str, name: str = "web", **changes: object) -> Pause:
    return replace(Pause(stack_id, name, "pre-create", 1, 5.0), **changes)  # type: ignore[arg-type]  # any


async def paused(store: Store, *names: str) -> tuple[str, Entry]:
    item, _, claim = await created(store)
    entry = Entry(claim.lease, pauses=tuple(pause(item.id, name) for name in names))
    await store.journal.append(entry)
    return item.id, entry


def test_a_pause_is_cleared_once_and_wakes_the_stacks_engine(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        id, _ = await paused(store, "web", "wéb ✓")
        listener = world.bus.listen("stacks")
        assert await store.operations.clear(id, "web", "pre-create")
        assert await listener.wait(0.0) == [id]
        assert not await store.operations.clear(id, "web", "pre-create")
        found = await store.reads.pauses(id)
        assert [(one.name, one.state) for one in found] == [
            ("web", PauseState.CLEARED),
            ("wéb ✓", PauseState.WAITS),
        ]
        assert [one.name for one in await store.reads.paused(id)] == ["wéb ✓"]

    world.run(scenario())


def test_what_does_not_wait_is_not_cleared(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        id, entry = await paused(store, "web")
        for name, hook in (("web", "post-create"), ("wEb", "pre-create"), ("db", "pre-create")):
            assert not await store.operations.clear(id, name, hook)
        assert not await store.operations.clear("no such stack", "web", "pre-create")
        over = pause(id, state=PauseState.OVER)
        await store.journal.append(replace(entry, pauses=(over,)))
        assert not await store.operations.clear(id, "web", "pre-create")
        assert await store.reads.pauses(id) == [over]
        assert await store.reads.paused(id) == []

    world.run(scenario())


def test_a_pause_counts_in_its_own_operation_alone(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        id, _ = await paused(store, "web")
        there = await store.reads.stack(id)
        assert there is not None
        await store.operations.accept(asked(there, Action.UPDATE))
        assert await store.reads.paused(id) == []
        assert not await store.operations.clear(id, "web", "pre-create")

    world.run(scenario())


def test_a_clear_and_the_pause_meet_in_one_group(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store)
        store.journal.append(Entry(claim.lease, pauses=(pause(item.id),)))
        assert await store.operations.clear(item.id, "web", "pre-create")

    world.run(scenario())


def test_pauses_are_forgotten_before_new_ones_come(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        id, entry = await paused(store, "web", "db")
        store.journal.append(replace(entry, pauses=(pause(id, "lb"),)))
        await store.journal.append(
            replace(entry, unpaused=True, pauses=(pause(id, "web", hook="post-create"),))
        )
        found = await store.reads.pauses(id)
        assert [(one.name, one.hook) for one in found] == [("web", "post-create")]

    world.run(scenario())


def test_a_claim_brings_the_pauses(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        id, entry = await paused(store, "web", "db")
        await store.leases.release(entry.lease, unfinished=True)
        (claim,) = await store.leases.claim("another", 10)
        assert sorted(claim.pauses, key=lambda one: one.name) == [pause(id, "db"), pause(id)]

    world.run(scenario())


def test_what_waits_in_nested_stacks_is_found_from_the_root(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        root, operation, claim = await created(store)
        inside = nested(stack(id=root.id), "row")
        child, _, child_claim = await created(store, inside)
        await store.journal.append(Entry(child_claim.lease, pauses=(pause(child.id, "0"),)))
        assert [one.stack_id for one in await store.reads.paused(root.id)] == [child.id]
        assert await store.reads.pauses(root.id) == []
        await ended(store, claim.lease, operation)

    world.run(scenario())

"""How far events got on their way to sinks: who brings them, what changes sinks, what ends."""

from __future__ import annotations

from dataclasses import replace

from calor.model.ports import Entry, Lease, Visible
from calor.model.stack import Sink
from calor.model.states import Action, Status
from calor.store.open import Store
from ports.nouns import World, asked, created, ended, event, nested, resource, stack

ONE = Sink("zaqar-queue", {"target": "one", "ttl": 60})
TWO = Sink("zaqar-queue", {"target": "two", "ttl": 60})


async def told(store: Store, lease: Lease, *numbers: int) -> None:
    events = tuple(event(lease.stack_id, number) for number in numbers)
    await store.journal.append(Entry(lease, events=events))


def seen(deliveries: list) -> list[tuple[str, int, int | None]]:
    found = [(item.sink.settings["target"], item.reached, item.ends_with) for item in deliveries]
    return sorted(found)


def test_sinks_are_read_back(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, _ = await created(store, stack(sinks=(ONE, TWO)))
        plain, _, _ = await created(store, stack("plain", sinks=()))
        assert (await store.reads.stack(item.id)).sinks == (ONE, TWO)
        assert (await store.reads.stack(plain.id)).sinks is None

    world.run(scenario())


def test_what_has_no_events_is_not_claimed(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store, stack(sinks=(ONE,)))
        assert await store.deliveries.claim("engine", 10) == []
        await told(store, claim.lease, 1, 2)
        assert await store.deliveries.claim("engine", 10, stack_ids=["other"]) == []
        (delivery,) = await store.deliveries.claim("engine", 10, stack_ids=[item.id])
        assert (delivery.stack.id, delivery.sink, delivery.reached) == (item.id, ONE, 0)

    world.run(scenario())


def test_only_one_has_a_delivery(world: World) -> None:
    async def scenario() -> None:
        one, other = world.open(), world.open()
        _, _, claim = await created(one, stack(sinks=(ONE,)))
        await told(one, claim.lease, 1, 2)
        (mine,) = await one.deliveries.claim("a", 10)
        assert mine.until == world.clock.monotonic() + 120
        assert await one.deliveries.claim("a", 10) == []
        assert await other.deliveries.claim("b", 10) == []
        advanced = await one.deliveries.advance(mine, 1)
        assert advanced is not None
        assert advanced.reached == 1
        assert await other.deliveries.claim("b", 10) == []

    world.run(scenario())


def test_a_delivery_is_taken_when_the_right_to_it_has_ended(world: World) -> None:
    async def scenario() -> None:
        one, other = world.open(lease=0.0), world.open()
        _, _, claim = await created(one, stack(sinks=(ONE,)))
        await told(one, claim.lease, 1, 2)
        (mine,) = await one.deliveries.claim("a", 10)
        assert await one.deliveries.advance(mine, 1) is not None
        (theirs,) = await other.deliveries.claim("b", 10)
        assert theirs.reached == 1
        assert await one.deliveries.advance(mine, 2) is None
        await one.deliveries.release(mine)
        assert await one.deliveries.claim("a", 10) == []
        await other.deliveries.release(theirs)
        assert seen(await one.deliveries.claim("a", 10)) == [("one", 1, None)]

    world.run(scenario())


def test_a_holder_takes_back_what_an_earlier_life_had(world: World) -> None:
    async def scenario() -> None:
        before, after = world.open(), world.open()
        _, _, claim = await created(before, stack(sinks=(ONE,)))
        await told(before, claim.lease, 1)
        (old,) = await before.deliveries.claim("engine", 10)
        assert len(await after.deliveries.claim("engine", 10)) == 1
        assert await before.deliveries.advance(old, 1) is None

    world.run(scenario())


def test_what_was_brought_is_not_claimed_again(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        _, _, claim = await created(store, stack(sinks=(ONE, TWO)))
        await told(store, claim.lease, 1, 2)
        one, two = await store.deliveries.claim("engine", 10)
        await store.deliveries.advance(one, 2)
        for item in (one, two):
            await store.deliveries.release(item)
        (left,) = await store.deliveries.claim("engine", 10)
        assert left.sink == two.sink

    world.run(scenario())


def test_an_update_changes_the_sinks_of_the_whole_tree(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        root, operation, claim = await created(store, stack(sinks=(ONE,)))
        row = resource(root.id)
        await store.journal.append(Entry(claim.lease, resources=(row,)))
        child, _, inside = await created(store, nested(root, row.id, sinks=(ONE,)))
        await told(store, claim.lease, 1, 2)
        await told(store, inside.lease, 1, 2, 3)
        await ended(store, claim.lease, operation)
        changed = replace(await store.reads.stack(root.id), sinks=(TWO,))
        await store.operations.accept(asked(changed, Action.UPDATE))
        assert (await store.reads.stack(child.id)).sinks == (TWO,)
        found = await store.deliveries.claim("engine", 10)
        assert seen(found) == [("one", 0, 2), ("one", 0, 3)]
        for delivery in found:
            assert await store.deliveries.advance(delivery, delivery.ends_with) is None
        await told(store, inside.lease, 4)
        assert seen(await store.deliveries.claim("engine", 10)) == [("two", 3, None)]

    world.run(scenario())


def test_a_sink_that_comes_back_goes_on(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        root, operation, claim = await created(store, stack(sinks=(ONE,)))
        await told(store, claim.lease, 1, 2)
        await ended(store, claim.lease, operation)
        for sinks in ((), (ONE,)):
            changed = replace(await store.reads.stack(root.id), sinks=sinks)
            await store.operations.accept(asked(changed, Action.UPDATE))
            assert (await store.reads.stack(root.id)).sinks == sinks
        assert seen(await store.deliveries.claim("engine", 10)) == [("one", 0, None)]

    world.run(scenario())


def test_a_rollback_restores_the_settled_sinks(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        root, operation, claim = await created(store, stack(sinks=(ONE,)))
        await told(store, claim.lease, 1)
        await ended(store, claim.lease, operation, settle=True)
        changed = replace(await store.reads.stack(root.id), sinks=(TWO,))
        update = await store.operations.accept(asked(changed, Action.UPDATE))
        (claim,) = await store.leases.claim("engine", 10)
        back = Visible(update.generation, Action.ROLLBACK, Status.COMPLETE, "", restore=True)
        entry = Entry(claim.lease, visible=back, finished=(update.id,), events=(event(root.id, 2),))
        await store.journal.append(entry)
        assert (await store.reads.stack(root.id)).sinks == (ONE,)
        await told(store, claim.lease, 3)
        found = await store.deliveries.claim("engine", 10)
        assert seen(found) == [("one", 0, None), ("two", 1, 2)]

    world.run(scenario())


def test_the_delegation_of_a_gone_stack_is_over_once_and_not_before_its_last_event(
    world: World,
) -> None:
    async def scenario() -> None:
        store = world.open()
        item = stack(sinks=(ONE, TWO), trust="t")
        root, operation, claim = await created(store, item)
        await told(store, claim.lease, 1)
        assert not await store.deliveries.over(root.id)
        await ended(store, claim.lease, operation)
        delete = await store.operations.accept(asked(item, Action.DELETE, any_generation=True))
        (claim,) = await store.leases.claim("engine", 10)
        gone = Visible(delete.generation, Action.DELETE, Status.COMPLETE, "", deleted=True)
        last = event(root.id, 2)
        await store.journal.append(Entry(claim.lease, visible=gone, events=(last,)))
        assert not await store.deliveries.over(root.id)
        one, two = await store.deliveries.claim("engine", 10)
        assert await store.deliveries.advance(one, 2) is None
        assert not await store.deliveries.over(root.id)
        assert await store.deliveries.advance(two, 2) is None
        assert await store.deliveries.over(root.id)
        assert not await store.deliveries.over(root.id)

    world.run(scenario())


def test_a_recount_of_delegations_counts_stacks_whose_last_events_are_to_be_brought(
    world: World,
) -> None:
    async def scenario() -> None:
        store = world.open()
        trust = await store.trusts.use("user", "project", ("member",))
        item = stack(sinks=(ONE,), trust=trust.id)
        root, _, claim = await created(store, item)
        gone = Visible(1, Action.CREATE, Status.COMPLETE, "", deleted=True)
        entry = Entry(claim.lease, visible=gone, events=(event(root.id, 1),))
        await store.journal.append(entry)
        world.clock.time += 1
        await store.trusts.recount(world.clock.now())
        assert (await store.trusts.get(trust.id)).stacks == 1
        (delivery,) = await store.deliveries.claim("engine", 10)
        assert await store.deliveries.advance(delivery, 1) is None
        await store.trusts.recount(world.clock.now())
        assert (await store.trusts.get(trust.id)).stacks == 0

    world.run(scenario())


def test_stacks_without_sinks_cost_no_statement(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        world.statements.clear()
        item, operation, claim = await created(store)
        await told(store, claim.lease, 1, 2)
        await ended(store, claim.lease, operation, settle=True)
        changed = replace(await store.reads.stack(item.id), sinks=())
        await store.operations.accept(asked(changed, Action.UPDATE))
        assert world.statements
        assert [text for text in world.statements if "deliveries" in text] == []

    world.run(scenario())

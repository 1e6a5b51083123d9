"""Leases: who may write, for how long, and how a stack changes hands."""

from __future__ import annotations

import asyncio

import pytest

from calor.base.errors import LeaseLost
from calor.model.ports import Entry, EventFilter
from calor.model.states import Action
from ports.nouns import (
    CALL_TIMEOUT,
    OTHER_KEY,
    World,
    asked,
    created,
    ended,
    event,
    resource,
    stack,
)


def test_a_claim_brings_all_that_a_run_starts_from(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, operation, claim = await created(store, stack(tags=("x",)))
        assert claim.stack == await store.reads.stack(item.id)
        assert claim.operations == (operation,)
        assert (claim.resources, claim.last_event, claim.quiet_at) == ((), 0, 0.0)
        assert claim.lease.until == pytest.approx(world.clock.monotonic() + 120.0)
        rows = tuple(resource(item.id, f"r{n}") for n in range(3))
        numbers = tuple(event(item.id, n) for n in (1, 2))
        await store.journal.append(Entry(claim.lease, resources=rows, events=numbers))
        assert await store.leases.release(claim.lease, unfinished=True)
        (again,) = await store.leases.claim("engine", 10)
        assert (again.resources, again.last_event, again.quiet_at) == (rows, 2, 0.0)
        assert again.lease.epoch == claim.lease.epoch + 1

    world.run(scenario())


def test_one_holder_at_a_time(world: World) -> None:
    async def scenario() -> None:
        stores = [world.open() for _ in range(3)]
        for number in range(20):
            await stores[0].operations.accept(asked(stack(f"s{number}")))
            world.clock.time += 1.0
        first = await stores[0].leases.claim("a", 5)
        assert [claim.stack.name for claim in first] == ["s0", "s1", "s2", "s3", "s4"]
        claimed = await asyncio.gather(
            stores[0].leases.claim("a", 10),
            stores[1].leases.claim("b", 10),
            stores[2].leases.claim("c", 10),
        )
        taken = [claim.stack.id for claims in (first, *claimed) for claim in claims]
        assert len(taken) == len(set(taken)) == 20
        assert await stores[0].leases.claim("a", 10) == []

    world.run(scenario())


def test_an_expired_lease_goes_to_another(world: World) -> None:
    async def scenario() -> None:
        slow, quick = world.open(lease=0.0), world.open()
        item, _, old = await created(slow)
        (new,) = await quick.leases.claim("other", 10)
        assert new.stack.id == item.id and new.lease.epoch == old.lease.epoch + 1
        # Calls of the old holder may be under way until its lease and their time-out are over.
        assert new.quiet_at == pytest.approx(world.clock.now() + CALL_TIMEOUT, abs=5.0)
        with pytest.raises(LeaseLost):
            await slow.journal.append(Entry(old.lease, resources=(resource(item.id),)))
        assert await slow.leases.renew([old.lease]) == []
        assert await slow.leases.release(old.lease)
        await quick.journal.append(Entry(new.lease, events=(event(item.id, 1),)))
        assert await quick.reads.resources(item.id) == []
        assert len(await quick.reads.events(item.id, EventFilter())) == 1

    world.run(scenario())


def test_leases_expire_by_the_clock(sqlite: World) -> None:
    async def scenario() -> None:
        mine, other = sqlite.open(), sqlite.open()
        _, _, claim = await created(mine)
        sqlite.clock.time += 100.0
        (renewed,) = await mine.leases.renew([claim.lease])
        assert renewed.until == sqlite.clock.monotonic() + 120.0
        sqlite.clock.time += 119.0
        assert await other.leases.claim("other", 10) == []
        sqlite.clock.time += 2.0
        (taken,) = await other.leases.claim("other", 10)
        assert taken.quiet_at == sqlite.clock.now() - 1.0 + CALL_TIMEOUT

    sqlite.run(scenario())


def test_a_holder_takes_up_what_its_earlier_life_held(world: World) -> None:
    async def scenario() -> None:
        before = world.open()
        await created(before)
        assert await before.leases.claim("engine", 10) == []
        after = world.open()
        (claim,) = await after.leases.claim("engine", 10)
        assert (claim.lease.epoch, claim.quiet_at) == (2, 0.0)
        assert await after.leases.claim("engine", 10) == []

    world.run(scenario())


def test_a_lease_is_kept_while_something_is_left_to_do(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, operation, claim = await created(store)
        assert not await store.leases.release(claim.lease)
        seen = await store.reads.stack(item.id)
        assert seen is not None
        update = await store.operations.accept(asked(seen, Action.UPDATE))
        await store.journal.append(Entry(claim.lease, finished=(operation.id,)))
        assert not await store.leases.release(claim.lease)
        assert await store.reads.operations(item.id) == [update]
        assert await store.leases.claim("other", 10) == []
        await ended(store, claim.lease, update)
        assert await store.leases.claim("other", 10) == []

    world.run(scenario())


def test_an_idle_poll_is_one_indexed_statement(sqlite: World) -> None:
    async def scenario() -> None:
        store = sqlite.open()
        _, operation, claim = await created(store)
        await ended(store, claim.lease, operation)
        sqlite.statements.clear()
        assert await store.leases.claim("engine", 10) == []
        assert [text.split()[0] for text in sqlite.statements] == ["BEGIN", "SELECT", "COMMIT"]

    sqlite.run(scenario())


def test_many_stacks_are_claimed_in_few_statements(sqlite: World) -> None:
    async def scenario() -> None:
        store = sqlite.open()
        stacks = [stack(f"s{number}") for number in range(200)]
        await asyncio.gather(*(store.operations.accept(asked(item)) for item in stacks))
        sqlite.statements.clear()
        assert len(await store.leases.claim("engine", 200)) == 200
        assert len(sqlite.statements) <= 12

    sqlite.run(scenario())


def test_a_stack_that_cannot_be_read_stops_no_other(world: World) -> None:
    async def scenario() -> None:
        other = world.open(keys=(OTHER_KEY,))
        unreadable = stack("unreadable")
        await other.operations.accept(asked(unreadable))
        store = world.open()
        await store.operations.accept(asked(stack("fine")))
        (claim,) = await store.leases.claim("engine", 10)
        assert claim.stack.name == "fine"
        seen = await other.reads.stack(unreadable.id)
        assert seen is not None and seen.state == "CREATE_IN_PROGRESS"

    world.run(scenario())

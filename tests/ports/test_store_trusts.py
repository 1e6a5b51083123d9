"""Rows of delegations: counted, and never used again once their last stack left."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from ports.nouns import World, asked, stack


def test_a_delegation_is_counted(world: World) -> None:
    async def scenario() -> None:
        trusts = world.open().trusts
        first = await trusts.use("user", "project", ("b", "a"))
        assert (first.stacks, first.trust_id, first.roles) == (1, "", ("a", "b"))
        await trusts.set_trust(first.id, "keystone-id")
        second = await trusts.use("user", "project", ("a", "b"))
        assert second == replace(first, stacks=2, trust_id="keystone-id")
        assert await trusts.get(first.id) == second
        assert (await trusts.use("user", "project", ("a",))).id != first.id
        assert await trusts.unuse(first.id) is None
        last = await trusts.unuse(first.id)
        assert last == replace(second, stacks=0)
        # Its trust is being deleted: whoever comes now needs another.
        fresh = await trusts.use("user", "project", ("a", "b"))
        assert fresh.id != first.id and fresh.trust_id == ""
        assert {trust.id for trust in await trusts.all()} >= {first.id, fresh.id}
        await trusts.forget(first.id)
        assert await trusts.get(first.id) is None
        assert await trusts.unuse("none") is None

    world.run(scenario())


def test_two_processes_share_a_row(world: World) -> None:
    async def scenario() -> None:
        stores = [world.open() for _ in range(4)]
        made = await asyncio.gather(
            *(store.trusts.use("user", "project", ("member",)) for store in stores)
        )
        assert len({trust.id for trust in made}) == 1
        assert sorted(trust.stacks for trust in made) == [1, 2, 3, 4]

    world.run(scenario())


def test_a_count_that_a_dead_process_left_too_high_is_mended(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        used = await store.trusts.use("user", "project", ("member",))
        await store.trusts.use("user", "project", ("member",))
        await store.operations.accept(asked(stack(trust=used.id)))
        await store.trusts.recount(world.clock.now() - 900)
        row = await store.trusts.get(used.id)
        assert row is not None and row.stacks == 2, "the second stack may be on its way"
        await world.clock.sleep(1000)
        await store.trusts.recount(world.clock.now() - 900)
        row = await store.trusts.get(used.id)
        assert row is not None and row.stacks == 1
        fresh = await store.trusts.use("user", "project", ("member",))
        assert (fresh.id, fresh.stacks) == (used.id, 2)

    world.run(scenario())

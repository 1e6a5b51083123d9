"""What stacks share: names reserved, values settled, and who is refused, also several at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from calor.base.errors import ExportConflict
from calor.base.values import Sensitive
from calor.model.exports import Import, Reservation, Shared
from calor.model.ports import Claim, Entry, Visible
from calor.model.stack import Operation, Stack
from calor.model.states import Action, Status
from calor.store.open import Store
from ports.nouns import OWNER, World, asked, ended, nested, stack


def names(item: Stack, *exports: str, imports: tuple[str, ...] = ()) -> Reservation:
    return Reservation(OWNER.project_id, item.root_id, exports, imports)


async def made(
    store: Store, item: Stack, values: dict[str, Any], *, imports: tuple[str, ...] = ()
) -> Stack:
    """A stack that is complete and exports some values."""
    _, operation, claim = await begun(store, item, *values, imports=imports)
    await ended(store, claim.lease, operation, shared=Shared(values, imports))
    return item


async def begun(
    store: Store, item: Stack, *exports: str, imports: tuple[str, ...] = ()
) -> tuple[Stack, Operation, Claim]:
    reserved = names(item, *exports, imports=imports)
    operation = await store.operations.accept(asked(item, reservation=reserved))
    return item, operation, await claimed(store, item)


async def claimed(store: Store, item: Stack) -> Claim:
    claims = await store.leases.claim("engine", 10)
    return next(claim for claim in claims if claim.stack.id == item.id)


async def changed(
    store: Store, item: Stack, *exports: str, imports: tuple[str, ...] = ()
) -> tuple[Operation, Claim]:
    reserved = names(item, *exports, imports=imports)
    operation = await store.operations.accept(
        asked(item, Action.UPDATE, reservation=reserved, any_generation=True)
    )
    return operation, await claimed(store, item)


async def failed(
    store: Store, operation: Operation, claim: Claim, left: Shared | None = None
) -> None:
    shown = Visible(operation.generation, operation.action, Status.FAILED, "no", shared=left)
    await store.journal.append(Entry(claim.lease, visible=shown, finished=(operation.id,)))
    assert await store.leases.release(claim.lease)


async def known(store: Store) -> dict[str, tuple[Any, bool]]:
    return {one.name: (one.value, one.ready) for one in await store.reads.exports("project")}


def test_a_name_is_reserved_then_settled_then_gone(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, operation, claim = await begun(store, stack(), "a", "b")
        assert await known(store) == {"a": (None, False), "b": (None, False)}
        values = {"a": 1, "b": Sensitive({"x": "y"})}
        await ended(store, claim.lease, operation, shared=Shared(values))
        assert await known(store) == {"a": (1, True), "b": (Sensitive({"x": "y"}), True)}
        assert (await store.reads.exports("other")) == []
        (one,) = await store.reads.exports("project", ["a"])
        assert (one.stack_id, one.root_id, one.stack_name) == (item.id, item.id, "app")

        delete = await store.operations.accept(asked(item, Action.DELETE, any_generation=True))
        assert await known(store) == {"a": (1, False), "b": (Sensitive({"x": "y"}), False)}
        claim = await claimed(store, item)
        await ended(store, claim.lease, delete, deleted=True, shared=Shared({}))
        assert await known(store) == {}

    world.run(scenario())


def test_a_failed_operation_changes_nothing(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        first = await made(store, stack("first"), {"a": 1})
        item, operation, claim = await begun(store, stack("user"), imports=("a",))
        await failed(store, operation, claim)
        with pytest.raises(ExportConflict, match="'a' can't be removed: the stack 'user' imports"):
            await changed(store, first, "b")
        operation, claim = await changed(store, item)
        await ended(store, claim.lease, operation, shared=Shared({}))
        operation, claim = await changed(store, first, "b")
        assert await known(store) == {"a": (1, False), "b": (None, False)}
        with pytest.raises(ExportConflict, match="No stack of this project exports 'a'"):
            await changed(store, item, imports=("a",))
        await failed(store, operation, claim)
        assert await known(store) == {"a": (1, True)}

    world.run(scenario())


def test_a_failed_operation_tells_what_it_left(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        values = {"same": 1, "free": 1, "held": 1, "lost": 1}
        first = await made(store, stack("first"), values)
        user = await made(store, stack("user"), {}, imports=("held",))
        operation, claim = await changed(store, first, *values, "new")
        left = Shared({"same": 1, "free": 2, "held": 2, "new": 2})
        await failed(store, operation, claim, left)
        expected = {"same": (1, True), "free": (2, True), "held": (1, False), "lost": (1, False)}
        assert await known(store) == expected
        with pytest.raises(ExportConflict, match="No stack of this project exports 'held'"):
            await begun(store, stack("other"), imports=("held",))
        operation, claim = await changed(store, user, imports=("held",))
        await ended(store, claim.lease, operation, shared=Shared({}, ("held",)))

        # Neither the next operation nor its failure makes any of that true again.
        operation, claim = await changed(store, first, *values)
        assert await known(store) == expected
        await failed(store, operation, claim)
        assert await known(store) == expected
        for action in (Action.DELETE, Action.UPDATE):
            with pytest.raises(ExportConflict, match="the stack 'user' imports it"):
                new = asked(first, action, reservation=names(first), any_generation=True)
                await store.operations.accept(new)
        operation, claim = await changed(store, first, *values)
        await ended(store, claim.lease, operation, shared=Shared(values))
        assert await known(store) == dict.fromkeys(values, (1, True))

    world.run(scenario())


def test_a_value_that_is_imported_is_not_changed(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        first = await made(store, stack("first"), {"a": 1, "b": 2})
        await made(store, stack("user"), {}, imports=("a",))
        operation, claim = await changed(store, first, "a", "b")
        with pytest.raises(ExportConflict, match="'a' can't be changed: the stack 'user' imports"):
            await ended(store, claim.lease, operation, shared=Shared({"a": 2, "b": 3}))
        seen = await store.reads.stack(first.id)
        assert seen is not None
        assert seen.state == "UPDATE_IN_PROGRESS"
        assert await known(store) == {"a": (1, True), "b": (2, True)}
        await ended(store, claim.lease, operation, shared=Shared({"a": 1, "b": 3}))
        assert await known(store) == {"a": (1, True), "b": (3, True)}

    world.run(scenario())


def test_whoever_comes_second_is_refused_in_one_group_too(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        stacks = [stack("one"), stack("two"), stack("three")]
        wanted = [asked(item, reservation=names(item, "a")) for item in stacks]
        found = await asyncio.gather(
            *(store.operations.accept(new) for new in wanted), return_exceptions=True
        )
        assert isinstance(found[0], Operation)
        assert [type(item) for item in found[1:]] == [ExportConflict, ExportConflict]
        assert str(found[1]) == "The export 'a' is that of the stack 'one'."
        assert await store.reads.stack(stacks[1].id) is None

    world.run(scenario())


def test_two_processes_never_have_one_name(world: World) -> None:
    async def scenario() -> None:
        stores = [world.open(), world.open()]
        items = [stack("one"), stack("two")]
        found = await asyncio.gather(
            *(
                store.operations.accept(asked(item, reservation=names(item, "a")))
                for store, item in zip(stores, items, strict=True)
            ),
            return_exceptions=True,
        )
        assert sorted(type(item).__name__ for item in found) == ["ExportConflict", "Operation"]
        assert len(await stores[0].reads.exports("project")) == 1

    world.run(scenario())


def test_a_stack_inside_reserves_by_its_own_run(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        root, _, _ = await begun(store, stack("root"))
        child = nested(root, "row")
        operation = await store.operations.accept(asked(child))
        claim = await claimed(store, child)
        await store.journal.append(Entry(claim.lease, reservation=names(child, "a")))
        await ended(store, claim.lease, operation, shared=Shared({"a": 1}))
        user = await made(store, stack("user"), {}, imports=("a",))
        assert await store.reads.imports("project", ["a"]) == [
            Import("a", user.id, user.id, "user")
        ]
        for item in (child, root):
            with pytest.raises(ExportConflict, match="can't be deleted: the stack 'user' imports"):
                await store.operations.accept(asked(item, Action.DELETE, any_generation=True))

    world.run(scenario())


def test_stacks_that_share_nothing_cost_nothing(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        await made(store, stack("first"), {"a": 1})
        world.statements.clear()
        item = await made(store, stack("plain"), {})
        operation, claim = await changed(store, item)
        await ended(store, claim.lease, operation, shared=Shared({}))
        delete = await store.operations.accept(asked(item, Action.DELETE, any_generation=True))
        await ended(
            store, (await claimed(store, item)).lease, delete, deleted=True, shared=Shared({})
        )
        assert [text for text in world.statements if "exports" in text or "imports" in text] == []

    world.run(scenario())

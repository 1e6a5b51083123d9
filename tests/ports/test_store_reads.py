"""Questions to the store: lists with filters, order and pages, and what belongs to a stack."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from calor.base.errors import InvalidInput, StoreFailed
from calor.model.ports import Entry, EventFilter, StackFilter
from calor.model.stack import Definition, Owner
from calor.model.states import Action, Status
from calor.store.database import open_database
from calor.store.open import Store
from ports.nouns import OWNER, World, asked, created, ended, event, nested, resource, stack


async def names(store: Store, **wanted: Any) -> list[str]:
    wanted.setdefault("sort", (("stack_name", "asc"),))
    found = StackFilter(project_id=OWNER.project_id, **wanted)
    listed = [item.name for item in await store.reads.stacks(found)]
    if "limit" not in wanted and "marker" not in wanted:
        assert await store.reads.count_stacks(found) == len(listed)
    return listed


async def some(world: World, store: Store) -> dict[str, str]:
    """Stacks a, b, c (finished, tagged), a nested one in a, a deleted one, another project's."""
    kept = {}
    tags = {"a": ("x", "y"), "b": ("y",), "c": (), "gone": ("x",)}
    for name, given in tags.items():
        world.clock.time += 1.0
        item, operation, claim = await created(store, stack(name, tags=given))
        await ended(store, claim.lease, operation, deleted=name == "gone")
        kept[name] = item.id
    parent = await store.reads.stack(kept["a"])
    assert parent is not None
    world.clock.time += 1.0
    await store.operations.accept(asked(nested(parent, resource(parent.id).id, "inner")))
    await store.operations.accept(asked(stack("alien", owner=Owner("other", "user"))))
    return kept


def test_lists_are_narrowed(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        kept = await some(world, store)
        assert await names(store) == ["a", "b", "c"]
        assert await names(store, show_nested=True) == ["a", "b", "c", "inner"]
        assert await names(store, show_deleted=True) == ["a", "b", "c", "gone"]
        assert await names(store, filters={"owner_id": (kept["a"],)}) == ["inner"]
        assert await names(store, filters={"name": ("a", "c", "alien")}) == ["a", "c"]
        assert await names(store, filters={"id": (kept["b"],), "name": ()}) == ["b"]
        in_progress = {"status": ("IN_PROGRESS",), "action": ("CREATE", "UPDATE")}
        assert await names(store, filters=in_progress, show_nested=True) == ["inner"]
        assert await names(store, filters={"username": ("nobody",)}) == []
        assert await names(store, filters={"timeout_mins": ("60",)}) == ["a", "b", "c"]
        assert await names(store, filters={"disable_rollback": ("false",)}) == []
        with pytest.raises(InvalidInput, match="'colour'"):
            await names(store, filters={"colour": ("red",)})
        everywhere = await store.reads.stacks(StackFilter(sort=(("stack_name", "desc"),)))
        assert [item.name for item in everywhere] == ["c", "b", "alien", "a"]

    world.run(scenario())


def test_lists_by_tags(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        await some(world, store)
        assert await names(store, tags=("x", "y")) == ["a"]
        assert await names(store, tags_any=("x", "y")) == ["a", "b"]
        assert await names(store, not_tags=("x", "y")) == ["b", "c"]
        assert await names(store, not_tags_any=("x", "y")) == ["c"]
        (listed,) = await store.reads.stacks(StackFilter(filters={"name": ("a",)}))
        assert (listed.tags, listed.definition) == (("x", "y"), Definition(""))

    world.run(scenario())


@pytest.mark.parametrize(
    "sort",
    [
        (("creation_time", "desc"),),
        (("stack_status", "asc"), ("stack_name", "desc")),
        (("updated_time", "desc"),),
        (),
    ],
)
def test_pages_hold_everything_once(world: World, sort: tuple[tuple[str, str], ...]) -> None:
    async def scenario() -> None:
        store = world.open()
        await some(world, store)
        updated = await store.reads.stack_named(OWNER.project_id, "b")
        assert updated is not None
        await store.operations.accept(asked(updated, Action.UPDATE))
        whole = await names(store, sort=sort, show_nested=True)
        pages: list[str] = []
        marker = None
        while True:
            page = await store.reads.stacks(
                StackFilter(OWNER.project_id, show_nested=True, sort=sort, limit=2, marker=marker)
            )
            if not page:
                break
            pages.extend(item.name for item in page)
            marker = page[-1].id
        assert pages == whole and len(whole) == 4

    world.run(scenario())


def test_bad_markers_and_sorts_are_told(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        with pytest.raises(InvalidInput, match="marker"):
            await names(store, marker="none")
        with pytest.raises(InvalidInput, match="sorted"):
            await names(store, sort=(("colour", "asc"),))

    world.run(scenario())


def test_a_stack_by_name(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        kept = await some(world, store)
        found = await store.reads.stack_named(OWNER.project_id, "a")
        assert found is not None and found.id == kept["a"]
        inner = await store.reads.stack_named(OWNER.project_id, "inner")
        assert inner is not None and inner.root_id == kept["a"]
        assert await store.reads.stack_named(OWNER.project_id, "gone") is None
        assert await store.reads.stack_named("other", "a") is None
        # A top-level stack comes before a nested one of that name.
        top = await store.operations.accept(asked(stack("inner")))
        inner = await store.reads.stack_named(OWNER.project_id, "inner")
        assert inner is not None and inner.id == top.stack_id

    world.run(scenario())


def test_children_and_their_resources(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        parent, _, claim = await created(store)
        row = resource(parent.id, "group", physical_id="child")
        await store.journal.append(Entry(claim.lease, resources=(row,)))
        child, operation, inner = await created(store, nested(parent, row.id))
        rows = tuple(
            resource(child.id, name, incarnation=n, physical_id=f"{name}{n}")
            for name, n in (("b", 1), ("a", 2), ("a", 1))
        )
        await store.journal.append(Entry(inner.lease, resources=rows))
        assert [(r.name, r.incarnation) for r in await store.reads.resources(child.id)] == [
            ("a", 1), ("a", 2), ("b", 1)
        ]  # fmt: skip
        assert await store.reads.count_resources(parent.id) == 4
        assert await store.reads.known(["none", "b1", "child", "b1"]) == ["b1", "child", "b1"]
        assert await store.reads.known([]) == []
        generations = await store.reads.generations([child.id, "none", parent.id])
        assert generations == {child.id: 1, parent.id: 1}
        # A deleted child is told until there is another one.
        await ended(store, inner.lease, operation, deleted=True)
        assert await store.reads.children(parent.id) == []
        assert [item.id for item in await store.reads.children(parent.id, deleted=True)] == [
            child.id
        ]
        gone = await store.reads.child_of(row.id)
        assert gone is not None and gone.deleted_at is not None
        again = await store.operations.accept(asked(nested(parent, row.id)))
        found = await store.reads.child_of(row.id)
        assert found is not None and found.id == again.stack_id != child.id
        assert await store.reads.child_of("none") is None

    world.run(scenario())


def test_events_are_narrowed(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store)
        written = (
            event(item.id, 1, name="a"),
            event(item.id, 2, name="b", status=Status.FAILED),
            event(item.id, 3, name="a", action=Action.DELETE, resource_type="T"),
        )
        await store.journal.append(Entry(claim.lease, events=written))

        async def numbers(**filters: tuple[str, ...]) -> list[int]:
            found = await store.reads.events(item.id, EventFilter(filters))
            return [one.number for one in found]

        assert await numbers(resource_name=("a",)) == [1, 3]
        assert await numbers(resource_status=("FAILED",)) == [2]
        assert await numbers(resource_action=("CREATE", "DELETE")) == [1, 2, 3]
        assert await numbers(resource_type=("T",), resource_name=("b",)) == []
        assert await numbers(uuid=(written[1].id,)) == [2]
        with pytest.raises(InvalidInput):
            await numbers(colour=("red",))

    world.run(scenario())


def test_another_process_reads_the_same(world: World) -> None:
    async def scenario() -> None:
        one, two = world.open(), world.open()
        definition = Definition("t: ü", ("e",), {"f": "x" * 100_000})
        item, operation, claim = await created(one, stack(definition=definition))
        await ended(one, claim.lease, operation, settle=True)
        seen = await two.reads.stack(item.id)
        assert seen == await one.reads.stack(item.id)
        assert seen is not None and seen.definition == seen.settled == definition
        assert replace(seen, settled=None) != seen

    world.run(scenario())


def test_a_database_that_fails_is_told(world: World) -> None:
    async def scenario() -> None:
        store = world.open()
        item, _, _ = await created(store)
        database = open_database(world.url, clock=world.clock)
        with database.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE events")
        database.close()
        with pytest.raises(StoreFailed):
            await store.reads.events(item.id, EventFilter())

    world.run(scenario())

"""Group commit: few commits, few statements, the same ones each time, and real concurrency."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.exc import OperationalError

from calor.base.errors import LeaseLost, StoreFailed
from calor.base.executor import InlineExecutor, ThreadExecutor
from calor.base.ids import SeededIds
from calor.base.values import Sensitive
from calor.model.ports import Entry, EventFilter
from calor.model.stack import NewOperation
from calor.model.states import Action, Status
from calor.store.open import Store
from ports.nouns import World, asked, created, ended, event, ids, resource, stack
from support.turns import Turns

MANY = 1000

T = TypeVar("T")


async def through_all_states(store: Store) -> str:
    """A flat stack of many resources is created, one entry a step."""
    item, operation, claim = await created(store)
    rows = [resource(item.id, f"r{n}", status=Status.IN_PROGRESS) for n in range(MANY)]
    number = 0
    for status in (Status.IN_PROGRESS, Status.COMPLETE):
        pending = []
        for row in rows:
            number += 1
            now = replace(row, status=status, attributes={"value": Sensitive(row.name)})
            told = event(item.id, number, name=row.name, status=status)
            pending.append(
                store.journal.append(Entry(claim.lease, resources=(now,), events=(told,)))
            )
        await asyncio.gather(*pending)
    await ended(store, claim.lease, operation)
    return item.id


def test_few_statements_and_commits(sqlite: World) -> None:
    async def scenario() -> None:
        store = sqlite.open()
        sqlite.statements.clear()
        stack_id = await through_all_states(store)
        assert len(sqlite.statements) < MANY / 10
        assert sqlite.statements.count("COMMIT") <= MANY / 20
        assert len(await store.reads.events(stack_id, EventFilter())) == 2 * MANY
        assert {row.status for row in await store.reads.resources(stack_id)} == {Status.COMPLETE}

    sqlite.run(scenario())


def test_tidying_brings_what_was_written_into_the_file(tmp_path: Path) -> None:
    world = World(f"sqlite:///{tmp_path}/calor.sqlite")

    def in_the_file() -> int:
        """Events in the file alone, without the log beside it."""
        copied = tmp_path / "copy.sqlite"
        copied.write_bytes((tmp_path / "calor.sqlite").read_bytes())
        with closing(sqlite3.connect(copied)) as database:
            return int(database.execute("SELECT count(*) FROM events").fetchone()[0])

    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store)
        await store.tidy()
        for number in range(1, 4):
            await store.journal.append(Entry(claim.lease, events=(event(item.id, number),)))
        assert in_the_file() == 0
        with closing(sqlite3.connect(tmp_path / "calor.sqlite")) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM events").fetchone()
            await store.journal.append(Entry(claim.lease, events=(event(item.id, 4),)))
            await store.tidy()
            assert in_the_file() < 4  # the reader still needs what was before
        await store.tidy()
        assert in_the_file() == 4

    world.run(scenario())


def test_an_idle_writer_commits_at_once_and_groups_the_rest(tmp_path: Path) -> None:
    """With real threads: what arrives during a commit is one more group."""
    executor = ThreadExecutor()
    world = World(f"sqlite:///{tmp_path}/calor.sqlite", executor=executor)

    async def scenario() -> None:
        store = world.open()
        item, _, claim = await created(store)
        world.statements.clear()
        first = store.journal.append(Entry(claim.lease, events=(event(item.id, 1),)))
        await asyncio.sleep(0)
        rest = [
            store.journal.append(Entry(claim.lease, events=(event(item.id, n),)))
            for n in range(2, 101)
        ]
        await asyncio.gather(first, *rest)
        assert world.statements.count("COMMIT") == 2
        numbers = [e.number for e in await store.reads.events(item.id, EventFilter())]
        assert numbers == list(range(1, 101))

    world.run(scenario())
    executor.close()


def test_who_waits_for_a_large_group_leaves_turns_to_others(sqlite: World) -> None:
    async def scenario() -> None:
        store = sqlite.open()
        item, _, claim = await created(store)
        told: list[int] = []

        async def wait(number: int) -> None:
            await store.journal.append(Entry(claim.lease, events=(event(item.id, number),)))
            told.append(number)

        with Turns(lambda: len(told)) as turns:
            await asyncio.gather(*(wait(number) for number in range(1, MANY + 1)))
        assert told == list(range(1, MANY + 1))
        assert turns.most < MANY / 10

    sqlite.run(scenario())


class Faulty(InlineExecutor):
    """An executor whose next runs fail, as when the database is away."""

    def __init__(self) -> None:
        self.faults = 0

    async def run(self, function: Callable[[], T]) -> T:
        if self.faults:
            self.faults -= 1
            raise OperationalError("COMMIT", {}, Exception("the database is away"))
        return await super().run(function)


def test_a_group_is_tried_again(sqlite: World) -> None:
    sqlite.executor = executor = Faulty()

    async def scenario() -> None:
        store = sqlite.open()
        item, _, claim = await created(store)
        executor.faults = 2
        await store.journal.append(Entry(claim.lease, events=(event(item.id, 1),)))
        assert len(await store.reads.events(item.id, EventFilter())) == 1

    sqlite.run(scenario())


def test_a_group_that_is_lost_loses_its_leases(sqlite: World) -> None:
    """What is appended later would follow a gap, so the stack starts over from what is true."""
    sqlite.executor = executor = Faulty()

    async def scenario() -> None:
        store = sqlite.open()
        item, _, claim = await created(store)
        executor.faults = 10
        refused = stack("other")
        outcomes = await asyncio.gather(
            store.journal.append(Entry(claim.lease, events=(event(item.id, 1),))),
            store.operations.accept(asked(refused)),
            return_exceptions=True,
        )
        assert [type(outcome) for outcome in outcomes] == [LeaseLost, StoreFailed]
        executor.faults = 0
        with pytest.raises(LeaseLost):
            await store.journal.append(Entry(claim.lease, events=(event(item.id, 2),)))
        sqlite.clock.time += 1000.0
        (again,) = await store.leases.claim("engine", 10)
        assert again.last_event == 0
        await store.journal.append(Entry(again.lease, events=(event(item.id, 1),)))

    sqlite.run(scenario())


def test_threads_of_several_processes(world: World) -> None:
    """Every operation is carried out by exactly one of several stores that run at once."""
    executor = ThreadExecutor(8)
    world.executor = executor

    async def engine(store: Store, name: str, done: dict[str, str]) -> None:
        idle = 0
        while idle < 20:
            claims = await store.leases.claim(name, 3)
            idle = 0 if claims else idle + 1
            for claim in claims:
                assert claim.stack.id not in done
                done[claim.stack.id] = name
                row = resource(claim.stack.id)
                await store.journal.append(Entry(claim.lease, resources=(row,)))
                await ended(store, claim.lease, claim.operations[-1])

    async def scenario() -> None:
        stores = [world.open() for _ in range(3)]
        stacks = [stack(f"s{number}") for number in range(40)]
        done: dict[str, str] = {}
        await asyncio.gather(
            *(stores[n % 3].operations.accept(asked(item)) for n, item in enumerate(stacks)),
            *(engine(store, f"e{n}", done) for n, store in enumerate(stores)),
        )
        assert sorted(done) == sorted(item.id for item in stacks)

    world.run(scenario())
    executor.close()


def test_the_same_calls_are_the_same_sql(tmp_path: Path) -> None:
    def run(name: str) -> list[str]:
        world = World(f"sqlite:///{tmp_path}/{name}.sqlite")
        chance = SeededIds(7)

        async def scenario() -> None:
            store = world.open()
            item = replace(stack(), id=chance.uuid())
            world.statements.clear()
            operation = await store.operations.accept(NewOperation(item, Action.CREATE, 1e12))
            (claim,) = await store.leases.claim("engine", 1)
            pending = []
            for n in range(1, 8):
                row = replace(resource(item.id, f"r{n}"), id=chance.uuid())
                told = replace(event(item.id, n), id=chance.uuid())
                entry = Entry(claim.lease, resources=(row,), events=(told,))
                pending.append(store.journal.append(entry))
            await asyncio.gather(*pending)
            await ended(store, claim.lease, operation)

        world.run(scenario())
        # A seal holds a random number; everything else is the same.
        return [text for text in world.statements if "gAAAA" not in text]

    first = run("first")
    assert len(first) > 10
    assert first == run("second")


def test_closing_writes_what_is_queued(sqlite: World) -> None:
    async def scenario() -> str:
        store = sqlite.open()
        item, _, claim = await created(store)
        store.journal.append(Entry(claim.lease, events=(event(item.id, 1, id=ids.uuid()),)))
        return item.id

    stack_id = sqlite.run(scenario())
    sqlite.opened.clear()

    async def later() -> None:
        store = sqlite.open()
        assert len(await store.reads.events(stack_id, EventFilter())) == 1

    sqlite.run(later())

"""Rows of several stacks at once, as nouns, in few statements. It reads; it filters nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from calor.model.pause import Pause
from calor.model.resource import Resource
from calor.model.stack import Operation, Stack
from calor.store import rows, schema
from calor.store.codec import Codec
from calor.store.definitions import NO_DEFINITION, Definitions
from calor.store.statements import Statements, padded


@dataclass(slots=True)
class Run:
    """What a run of a stack starts from."""

    stack: Stack
    operations: tuple[Operation, ...] = ()
    resources: tuple[Resource, ...] = ()
    last_event: int = 0
    last_event_at: float = 0.0
    pauses: tuple[Pause, ...] = ()


class Loads:
    def __init__(self, statements: Statements, *, codec: Codec, definitions: Definitions) -> None:
        self._sql = statements
        self._codec = codec
        self._definitions = definitions

    def stacks(
        self, connection: Connection, found: Sequence[Any], *, whole: bool = True
    ) -> list[Stack]:
        """Stacks of rows, in the same order. Without `whole` their definitions and outputs are
        empty."""
        definitions = {}
        if whole:
            keys = [key for row in found for key in (row.definition, row.settled)]
            definitions = self._definitions.load(connection, self._sql, keys)
        # Only top-level stacks have tags.
        tags = self._tags(connection, [row.id for row in found if row.parent_id is None])
        return [
            rows.stack(
                row,
                definition=definitions.get(row.definition, NO_DEFINITION),
                settled=definitions.get(row.settled) if row.settled else None,
                tags=tuple(tags.get(row.id, ())),
                outputs=rows.outputs(row, self._codec) if whole else (),
            )
            for row in found
        ]

    def _tags(self, connection: Connection, stack_ids: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        columns = ("stack_id", "tag")
        for stack_id, tag in self._sql.select(
            connection,
            schema.tags,
            columns,
            where="stack_id",
            values=stack_ids,
            rest=" ORDER BY stack_id, position",
        ):
            found.setdefault(stack_id, []).append(tag)
        return found

    def runs(self, connection: Connection, stack_ids: Sequence[str]) -> dict[str, Run]:
        """By stack: the stack, its unfinished operations, its rows, its last event's number and
        time."""
        found = self.named(connection, schema.stacks, "id", stack_ids)
        runs = {item.id: Run(item) for item in self.stacks(connection, found)}
        order = " AND finished_at IS NULL ORDER BY stack_id, generation"
        for row in self.named(connection, schema.operations, "stack_id", stack_ids, order):
            runs[row.stack_id].operations += (rows.operation(row),)
        by_stack: dict[str, list[Resource]] = {}
        order = " ORDER BY stack_id, name, incarnation"
        for row in self.named(connection, schema.resources, "stack_id", stack_ids, order):
            by_stack.setdefault(row.stack_id, []).append(rows.resource(row, self._codec))
        for stack_id, items in by_stack.items():
            runs[stack_id].resources = tuple(items)
        for row in self.named(connection, schema.pauses, "stack_id", stack_ids):
            runs[row.stack_id].pauses += (rows.pause(row),)
        for stack_id, number, at in self._last_events(connection, stack_ids):
            runs[stack_id].last_event = number
            runs[stack_id].last_event_at = at
        return runs

    def _last_events(self, connection: Connection, stack_ids: Sequence[str]) -> list[Any]:
        found: list[Any] = []
        for piece in padded(stack_ids):
            marks = ", ".join("?" * len(piece))
            found.extend(
                self._sql.run(
                    connection,
                    "SELECT stack_id, MAX(number), MAX(at) FROM events"
                    f" WHERE stack_id IN ({marks}) GROUP BY stack_id",
                    piece,
                )
            )
        return found

    def named(
        self,
        connection: Connection,
        table: sa.Table,
        where: str,
        values: Sequence[str],
        rest: str = "",
    ) -> list[Any]:
        """Whole rows with one of `values` in column `where`, their columns as attributes."""
        columns = [column.name for column in table.columns]
        return self._sql.select(connection, table, columns, where=where, values=values, rest=rest)

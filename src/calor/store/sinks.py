"""Sinks of stacks as rows of `deliveries`: new ones, and what becomes of them when sinks change.

A change counts for the events after it: a sink that is new gets those that follow, one that is
left out those that were there. It brings nothing anywhere.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy.engine import Connection

from calor.model.stack import Sink
from calor.store import rows, schema
from calor.store.codec import FORMAT, dumps
from calor.store.statements import Row, Statements


def digest(sink: Sink) -> str:
    """The same for equal sinks."""
    text = dumps([sink.kind, sorted(sink.settings.items())], repr)
    return hashlib.sha256(text.encode()).hexdigest()


def delivery_row(stack_id: str, root_id: str, sink: Sink, *, reached: int) -> Row:
    settings = dumps(sink.settings, repr)
    return (
        stack_id, digest(sink), sink.kind, settings, FORMAT, root_id, reached, None, "", "",
        0.0,
    )  # fmt: skip


class SinkChange:
    """The sinks of a root and of all that lives inside it become others. `sinks` is a stack's
    column."""

    def __init__(
        self, connection: Connection, statements: Statements, root_id: str, sinks: str
    ) -> None:
        self._connection = connection
        self._sql = statements
        self._root_id = root_id
        self._text = sinks
        self._wanted = {digest(sink): sink for sink in rows.sinks_in(sinks)}

    def write(self) -> None:
        """After all events of the transaction."""
        before = self._before()
        for stack_id, newest in self._run(
            "SELECT id, (SELECT MAX(number) FROM events WHERE events.stack_id = stacks.id)"
            " FROM stacks WHERE root_id = ? AND deleted_at IS NULL ORDER BY id",
            self._root_id,
        ).fetchall():
            self._change(stack_id, newest or 0, before.get(stack_id, {}))
        self._run(
            "UPDATE stacks SET sinks = ? WHERE root_id = ? AND deleted_at IS NULL",
            self._text,
            self._root_id,
        )

    def _before(self) -> dict[str, dict[str, int]]:
        """By stack and sink: how far it got."""
        found: dict[str, dict[str, int]] = {}
        for stack_id, sink, reached in self._run(
            "SELECT stack_id, sink, reached FROM deliveries WHERE root_id = ?", self._root_id
        ).fetchall():
            found.setdefault(stack_id, {})[sink] = reached
        return found

    def _change(self, stack_id: str, newest: int, before: dict[str, int]) -> None:
        where = " WHERE stack_id = ? AND sink = ?"
        for sink, reached in before.items():
            if sink in self._wanted:
                self._run(
                    "UPDATE deliveries SET ends_with = NULL" + where + " AND ends_with IS NOT NULL",
                    stack_id,
                    sink,
                )
            elif reached >= newest:
                self._run("DELETE FROM deliveries" + where, stack_id, sink)
            else:
                self._run(
                    "UPDATE deliveries SET ends_with = ?" + where + " AND ends_with IS NULL",
                    newest,
                    stack_id,
                    sink,
                )
        new = [
            delivery_row(stack_id, self._root_id, sink, reached=newest)
            for key, sink in self._wanted.items()
            if key not in before
        ]
        self._sql.insert(self._connection, schema.deliveries, new)

    def _run(self, text: str, *values: Any) -> Any:
        return self._sql.run(self._connection, text, values)

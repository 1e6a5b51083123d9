"""SQL text for many rows at once, made once for each number of rows.

Numbers of rows are powers of two, so that few texts serve any number: 1,000 rows are six
statements. The texts go to the driver as they are; SQLAlchemy's compiler would take longer over
them than the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult, Dialect

from calor.store.dialect import Words, words

T = TypeVar("T")

LARGEST = 512
"""Rows in one statement at most: times 30 columns it stays below SQLite's 32,766 parameters."""

Row = tuple[Any, ...]


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in pieces whose lengths are powers of two, large ones first."""
    start, left, size = 0, len(items), LARGEST
    while left:
        while size > left:
            size //= 2
        yield items[start : start + size]
        start += size
        left -= size


def padded(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in pieces, the last one filled up with its last item to a power of two: for IN."""
    for start in range(0, len(items), LARGEST):
        piece = list(items[start : start + LARGEST])
        size = 1
        while size < len(piece):
            size *= 2
        piece.extend(piece[-1:] * (size - len(piece)))
        yield piece


def _small(rows: Sequence[Row], most: int) -> Iterator[Sequence[Row]]:
    """The rows in runs whose texts have `most` characters together, or one row more."""
    start = used = 0
    for index, row in enumerate(rows):
        used += sum(len(value) for value in row if isinstance(value, str))
        if used > most:
            yield rows[start : index + 1]
            start, used = index + 1, 0
    yield rows[start:]


class Statements:
    """Texts for one database, and the ways to run them."""

    def __init__(self, dialect: Dialect) -> None:
        self.words: Words = words(dialect)
        self._quote = dialect.identifier_preparer.quote
        self._cache: dict[tuple[Any, ...], str] = {}

    # --- writing ----------------------------------------------------------------------------

    def insert(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Rows hold the table's columns in order. Raises IntegrityError for one that exists."""
        self._insert(connection, table, rows, "insert")

    def upsert(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Inserts rows, or replaces those that have their primary key, which must differ."""
        self._insert(connection, table, rows, "upsert")

    def insert_new(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Inserts rows whose primary key is not there yet."""
        self._insert(connection, table, rows, "new")

    def _insert(
        self, connection: Connection, table: sa.Table, rows: Sequence[Row], kind: str
    ) -> None:
        runs = _small(rows, self.words.packet) if self.words.packet else (rows,)
        for piece in (piece for run in runs for piece in chunks(run)):
            text = self._insert_text(table, len(piece), kind)
            if len(piece) == 1:
                connection.exec_driver_sql(text, piece[0])
            else:
                connection.exec_driver_sql(text, tuple([v for row in piece for v in row]))

    def _insert_text(self, table: sa.Table, count: int, kind: str) -> str:
        key = (kind, table.name, count)
        text = self._cache.get(key)
        if text is None:
            names = [self._quote(column.name) for column in table.columns]
            row = "(" + ", ".join([self.words.mark] * len(names)) + ")"
            text = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES "
            text += ", ".join([row] * count)
            if kind != "insert":
                primary = [self._quote(column.name) for column in table.primary_key]
                rest = [name for name in names if name not in primary]
                text += " " + self.words.on_conflict(primary, rest if kind == "upsert" else ())
            self._cache[key] = text
        return text

    def update(
        self,
        connection: Connection,
        table: sa.Table,
        changes: dict[str, Any],
        *,
        where: str,
        values: Sequence[Any],
    ) -> None:
        """Gives the rows that have one of `values` in column `where` the new values."""
        columns = tuple(changes)
        for piece in padded(values):
            key = ("update", table.name, where, columns, len(piece))
            text = self._cache.get(key)
            if text is None:
                sets = ", ".join(f"{self._quote(name)} = {self.words.mark}" for name in columns)
                text = f"UPDATE {table.name} SET {sets} WHERE {self._among(where, len(piece))}"
                self._cache[key] = text
            connection.exec_driver_sql(text, (*changes.values(), *piece))

    def delete(
        self, connection: Connection, table: sa.Table, *, where: str, values: Sequence[Any]
    ) -> None:
        for piece in padded(values):
            text = f"DELETE FROM {table.name} WHERE {self._among(where, len(piece))}"
            connection.exec_driver_sql(text, tuple(piece))

    # --- reading ----------------------------------------------------------------------------

    def select(
        self,
        connection: Connection,
        table: sa.Table,
        columns: Sequence[str],
        *,
        where: str,
        values: Sequence[Any],
        lock: bool = False,
        rest: str = "",
    ) -> list[Row]:
        """Rows with one of `values` in column `where`; with `lock`, nobody else changes them
        before this transaction ends. `rest` ends the text, as ORDER BY does."""
        rows: list[Row] = []
        for piece in padded(values):
            key = ("select", table.name, tuple(columns), where, len(piece), lock, rest)
            text = self._cache.get(key)
            if text is None:
                names = ", ".join(self._quote(name) for name in columns)
                text = f"SELECT {names} FROM {table.name} WHERE {self._among(where, len(piece))}"
                # Everybody locks in the same order, so that nobody waits for one another.
                text += rest or (f" ORDER BY {self._quote(where)}" if lock else "")
                text += self.words.lock if lock else ""
                self._cache[key] = text
            found: list[Any] = list(connection.exec_driver_sql(text, tuple(piece)).fetchall())
            rows.extend(found)
        return rows

    def run(
        self, connection: Connection, text: str, values: Sequence[Any] = ()
    ) -> CursorResult[Any]:
        """Any other text, with `?` for parameters."""
        if self.words.mark != "?":
            text = text.replace("?", self.words.mark)
        return connection.exec_driver_sql(text, tuple(values))

    def _among(self, column: str, count: int) -> str:
        marks = ", ".join([self.words.mark] * count)
        return f"{self._quote(column)} IN ({marks})"

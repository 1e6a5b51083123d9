"""Records in memory, found by id or by an indexed field.

It knows no service; a record is a dict, and names that begin with `_` are never shown.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]


class Table:
    """Rows by `id`, in order of creation. Change an indexed field only through `change`."""

    __slots__ = ("_index", "_rows")

    def __init__(self, *indexed: str) -> None:
        self._rows: dict[str, Row] = {}
        self._index: dict[str, dict[Hashable, dict[str, Row]]] = {name: {} for name in indexed}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self._rows.values()))

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def get(self, key: str) -> Row | None:
        return self._rows.get(key)

    def add(self, row: Row) -> Row:
        self._rows[row["id"]] = row
        for name, index in self._index.items():
            index.setdefault(row.get(name), {})[row["id"]] = row
        return row

    def remove(self, row: Row) -> None:
        if self._rows.pop(row["id"], None) is None:
            return
        for name, index in self._index.items():
            self._unindex(index, row.get(name), row["id"])

    def change(self, row: Row, **values: Any) -> None:
        """Set fields of a row that is in the table."""
        for name, value in values.items():
            index = self._index.get(name)
            if index is not None and row.get(name) != value:
                self._unindex(index, row.get(name), row["id"])
                index.setdefault(value, {})[row["id"]] = row
            row[name] = value

    def where(self, name: str, value: Hashable) -> list[Row]:
        """The rows whose field has the value; quick when the field is indexed."""
        index = self._index.get(name)
        if index is None:
            return [row for row in self._rows.values() if row.get(name) == value]
        return list(index.get(value, {}).values())

    def narrowed(self, filters: Iterable[tuple[str, list[str]]]) -> list[Row]:
        """The rows among which those must be that match `filters`, by the best index there is."""
        best: list[Row] | None = None
        for name, values in filters:
            found: list[Row]
            if name == "id":
                found = [self._rows[key] for key in dict.fromkeys(values) if key in self._rows]
            elif name in self._index:
                index = self._index[name]
                found = [
                    row for key in dict.fromkeys(values) for row in index.get(key, {}).values()
                ]
            else:
                continue
            if best is None or len(found) < len(best):
                best = found
        return list(self._rows.values()) if best is None else best

    @staticmethod
    def _unindex(index: dict[Hashable, dict[str, Row]], value: Hashable, key: str) -> None:
        rows = index.get(value)
        if rows is not None:
            rows.pop(key, None)
            if not rows:
                del index[value]

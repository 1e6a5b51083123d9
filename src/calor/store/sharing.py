"""Exports and imports within one transaction: loaded when asked for, changed here, written last.

It knows rows and whom they belong to. Which change is allowed, `reservations` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy.engine import Connection

from calor.base.values import Value
from calor.store import schema
from calor.store.codec import FORMAT, Codec, Encoded, check_format
from calor.store.statements import Row, Statements, padded

Key: TypeAlias = tuple[str, str]
"""A project and a name in it."""

_EXPORT = (
    "project_id",
    "name",
    "stack_id",
    "leaving",
    "stale",
    "body",
    "body_format",
    "sealed",
    "key_id",
)
_IMPORT = ("project_id", "name", "stack_id")


@dataclass(frozen=True, slots=True)
class Offer:
    """An export's row. `body` is None while the name is only reserved. It is `leaving` when the
    operation under way takes it away, and `stale` when a failed one left something else than it
    says: then nobody new may import it."""

    stack_id: str
    leaving: bool = False
    stale: bool = False
    body: Encoded | None = None

    @property
    def ready(self) -> bool:
        return not (self.body is None or self.leaving or self.stale)


class Sharing:
    """The exports and imports that the members of a group look at. What is loaded is locked."""

    def __init__(self, connection: Connection, statements: Statements, codec: Codec) -> None:
        self._connection = connection
        self._sql = statements
        self._codec = codec
        self._offers: dict[Key, Offer | None] = {}
        self._stored_offers: dict[Key, Offer | None] = {}
        self._importers: dict[Key, dict[str, None]] = {}
        self._stored_importers: dict[Key, dict[str, None]] = {}
        self._looked: dict[str, None] = {}

    # --- questions --------------------------------------------------------------------------

    def of_stack(self, stack_id: str) -> dict[Key, Offer]:
        """What a stack exports."""
        self._look_at(stack_id)
        return {
            key: offer
            for key, offer in self._offers.items()
            if offer is not None and offer.stack_id == stack_id
        }

    def imported_by(self, stack_id: str) -> list[Key]:
        self._look_at(stack_id)
        return [key for key, stacks in self._importers.items() if stack_id in stacks]

    def offers(self, keys: Sequence[Key]) -> dict[Key, Offer | None]:
        """The exports of some names, None where there is none."""
        for project_id, names in _by_project(key for key in keys if key not in self._offers):
            for piece in padded(names):
                where = f"project_id = ? AND name IN ({_marks(piece)})"
                self._load_offers(where, (project_id, *piece))
            for name in names:
                if (project_id, name) not in self._offers:
                    self._take_offer((project_id, name), None)
        return {key: self._offers[key] for key in keys}

    def importers(self, keys: Sequence[Key]) -> dict[Key, list[str]]:
        """The ids of the stacks that import some names."""
        for project_id, names in _by_project(key for key in keys if key not in self._importers):
            for name in names:
                self._importers[project_id, name] = {}
                self._stored_importers[project_id, name] = {}
            for piece in padded(names):
                where = f"project_id = ? AND name IN ({_marks(piece)})"
                for key, stack_id in self._load_imports(where, (project_id, *piece)):
                    self._importers[key][stack_id] = None
                    self._stored_importers[key][stack_id] = None
        return {key: list(self._importers[key]) for key in keys}

    def value(self, offer: Offer) -> Value:
        assert offer.body is not None
        return self._codec.decode(offer.body.text, offer.body.sealed, offer.body.key_id)

    # --- changes ----------------------------------------------------------------------------

    def put(self, key: Key, offer: Offer) -> None:
        self._offers[key] = offer

    def put_value(self, key: Key, stack_id: str, value: Value) -> None:
        self._offers[key] = Offer(stack_id, body=self._codec.encode(value))

    def leave(self, key: Key, offer: Offer) -> None:
        self._offers[key] = replace(offer, leaving=True)

    def drop(self, key: Key) -> None:
        self._offers[key] = None

    def hold(self, key: Key, stack_id: str) -> None:
        """The stack imports the name; `importers` was asked for it before."""
        self._importers[key][stack_id] = None

    def let_go(self, key: Key, stack_id: str) -> None:
        self._importers[key].pop(stack_id, None)

    # --- reading and writing ----------------------------------------------------------------

    def _look_at(self, stack_id: str) -> None:
        if stack_id in self._looked:
            return
        self._looked[stack_id] = None
        self._load_offers("stack_id = ?", (stack_id,))
        self.importers([key for key, _ in self._load_imports("stack_id = ?", (stack_id,))])

    def _load_offers(self, where: str, values: Sequence[str]) -> None:
        text = f"SELECT {', '.join(_EXPORT)} FROM exports WHERE {where} ORDER BY project_id, name"
        found: list[Any] = list(
            self._sql.run(self._connection, text + self._sql.words.lock, values)
        )
        for project_id, name, stack_id, leaving, stale, text, format_, sealed, key_id in found:
            check_format(format_, "an export")
            key = (project_id, name)
            # What was looked at once stays so: a row that came since is refused when we write ours.
            if key not in self._stored_offers:
                body = None if text is None else Encoded(text, sealed, key_id)
                self._take_offer(key, Offer(stack_id, bool(leaving), bool(stale), body))

    def _take_offer(self, key: Key, offer: Offer | None) -> None:
        self._offers[key] = self._stored_offers[key] = offer

    def _load_imports(self, where: str, values: Sequence[str]) -> list[tuple[Key, str]]:
        text = f"SELECT {', '.join(_IMPORT)} FROM imports WHERE {where} ORDER BY stack_id, name"
        found: list[Any] = list(self._sql.run(self._connection, text, values))
        return [((project_id, name), stack_id) for project_id, name, stack_id in found]

    def flush(self) -> None:
        """Writes what differs from what was loaded."""
        connection, sql = self._connection, self._sql
        fresh: list[Row] = []
        changed: list[Row] = []
        for key, offer in self._offers.items():
            before = self._stored_offers.get(key)
            if offer == before:
                continue
            if offer is None:
                sql.run(connection, "DELETE FROM exports WHERE project_id = ? AND name = ?", key)
            else:
                # A name that is new here may be new elsewhere: then the database refuses one.
                (fresh if before is None else changed).append(_row(key, offer))
        sql.insert(connection, schema.exports, fresh)
        sql.upsert(connection, schema.exports, changed)
        self._flush_imports()

    def _flush_imports(self) -> None:
        held: list[Row] = []
        for (project_id, name), stacks in self._importers.items():
            stored = self._stored_importers[project_id, name]
            held += [(stack_id, name, project_id) for stack_id in stacks if stack_id not in stored]
            for stack_id in stored:
                if stack_id not in stacks:
                    text = "DELETE FROM imports WHERE stack_id = ? AND name = ?"
                    self._sql.run(self._connection, text, (stack_id, name))
        self._sql.insert_new(self._connection, schema.imports, held)


def _row(key: Key, offer: Offer) -> Row:
    body = offer.body or Encoded("")
    text = None if offer.body is None else body.text
    marks = (offer.leaving, offer.stale)
    return (*key, offer.stack_id, *marks, text, FORMAT, body.sealed, body.key_id)


def _by_project(keys: Iterable[Key]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for project_id, name in dict.fromkeys(keys):
        found.setdefault(project_id, []).append(name)
    return list(found.items())


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))

"""Definitions as sealed texts by content hash: what two stacks share is stored and held once.

It remembers recent texts in memory, within a bound; it does not know which stack has which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from sqlalchemy.engine import Connection

from calor.base.errors import CalorError
from calor.base.values import Sensitive
from calor.model.ports import Sealed
from calor.model.stack import Definition
from calor.store.codec import FORMAT, Codec, check_format
from calor.store.schema import texts
from calor.store.statements import Row, Statements

T = TypeVar("T")

CACHED_BYTES = 16_000_000
NO_DEFINITION = Definition("")


class Cache(Generic[T]):
    """The last used values whose sizes add up to about `room`. Threads may share it: each step
    is one operation of a dict, and what another thread spoils is only a miss."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._used = 0
        self._items: dict[str, tuple[T, int]] = {}

    def get(self, key: str) -> T | None:
        found = self._items.pop(key, None)
        if found is None:
            return None
        self._items[key] = found
        return found[0]

    def put(self, key: str, value: T, size: int) -> None:
        if key not in self._items:
            self._used += size
        self._items[key] = (value, size)
        if self._used > self._room:
            self._shrink()

    def _shrink(self) -> None:
        items = list(self._items.items())
        self._used = sum(size for _, (_, size) in items)
        for key, (_, size) in items:
            if self._used <= self._room * 3 // 4:
                break
            self._items.pop(key, None)
            self._used -= size

    def __contains__(self, key: str) -> bool:
        return key in self._items


class Definitions:
    """Stores definitions inside a group's transaction and loads them again."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._texts: Cache[object] = Cache(CACHED_BYTES)
        self._whole: Cache[Definition] = Cache(CACHED_BYTES)

    # --- writing ----------------------------------------------------------------------------

    def encode(self, definition: Definition) -> tuple[str, dict[str, object]]:
        """The hash of a definition, and by their hashes all texts that it consists of."""
        parts: dict[str, object] = {}

        def part(text: str) -> str:
            key = self._codec.digest(text)
            parts[key] = text
            return key

        document = {
            "template": part(definition.template),
            "environments": [part(text) for text in definition.environments],
            "files": {name: part(text) for name, text in definition.files.items()},
            "parameters": definition.parameters,
            "facade": definition.facade,
        }
        # Marks make no difference to a digest, and here they must.
        marks = [_marks(definition.parameters), _marks(definition.facade)]
        key = self._codec.digest([document, marks])
        parts[key] = document
        return key, parts

    def rows(self, parts: Mapping[str, object]) -> list[Row]:
        """Rows of the texts that are not known to be stored."""
        rows: list[Row] = []
        for key, value in parts.items():
            if key not in self._texts:
                sealed = self._codec.seal(value)
                rows.append((key, sealed.text, sealed.key_id, FORMAT))
        return rows

    def committed(self, parts: Mapping[str, object]) -> None:
        """They are stored now: the next stack that uses them need not seal them again."""
        for key, value in parts.items():
            self._texts.put(key, value, _size(value))

    # --- reading ----------------------------------------------------------------------------

    def load(
        self, connection: Connection, statements: Statements, keys: Sequence[str | None]
    ) -> dict[str, Definition]:
        """Definitions by hash, with two statements at most."""
        wanted = list(dict.fromkeys(key for key in keys if key is not None))
        found: dict[str, Definition] = {}
        for key in wanted:
            known = self._whole.get(key)
            if known is not None:
                found[key] = known
        missing = [key for key in wanted if key not in found]
        documents = self._texts_of(connection, statements, missing)
        inner = [text for item in documents.values() for text in _inner(item)]
        texts_of = self._texts_of(connection, statements, inner)
        for key in missing:
            found[key] = definition = _definition(documents[key], texts_of)
            self._whole.put(key, definition, _weight(definition))
        return found

    def _texts_of(
        self, connection: Connection, statements: Statements, keys: Iterable[str]
    ) -> dict[str, object]:
        wanted = list(dict.fromkeys(keys))
        found: dict[str, object] = {}
        for key in wanted:
            value = self._texts.get(key)
            if value is not None:
                found[key] = value
        missing = [key for key in wanted if key not in found]
        columns = ("hash", "sealed", "key_id", "format")
        for key, sealed, key_id, number in statements.select(
            connection, texts, columns, where="hash", values=missing
        ):
            check_format(number, "a template")
            found[key] = value = self._codec.open(Sealed(key_id, sealed))
            self._texts.put(key, value, _size(value))
        for key in missing:
            if key not in found:
                raise CalorError(
                    f"The text {key[:12]} of a stack is not in the database any more;"
                    " restore it from a backup."
                )
        return found


def _inner(document: object) -> list[str]:
    assert isinstance(document, dict)
    return [document["template"], *document["environments"], *document["files"].values()]


def _definition(document: object, found: Mapping[str, object]) -> Definition:
    assert isinstance(document, dict)
    return Definition(
        template=str(found[document["template"]]),
        environments=tuple(str(found[key]) for key in document["environments"]),
        files={name: str(found[key]) for name, key in document["files"].items()},
        parameters=document["parameters"],
        facade=document["facade"],
    )


def _marks(value: object) -> object:
    """Where the sensitive parts of a value are, as a value without any."""
    if isinstance(value, Mapping):
        inside = {key: _marks(item) for key, item in value.items()}
        return {key: item for key, item in inside.items() if item}
    if isinstance(value, list):
        marks = {str(index): _marks(item) for index, item in enumerate(value)}
        return {key: item for key, item in marks.items() if item}
    return 1 if isinstance(value, Sensitive) else None


def _weight(definition: Definition) -> int:
    written = [definition.template, *definition.environments, *definition.files.values()]
    return 1000 + sum(len(text) for text in written)


def _size(value: object) -> int:
    return len(value) if isinstance(value, str) else 1000

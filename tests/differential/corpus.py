"""The corpus: expressions by function, and in which versions each is asked; it asks nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the corpus: expressions of one function as a value or as a condition.

    `place` is where they stand: `property` (of a resource), `condition` (a condition's whole
    value), or `nested` (a property of a resource in a nested template).
    """

    name: str
    function: str
    place: str
    usual: tuple[Any, ...]
    odd: tuple[Any, ...]

    @property
    def role(self) -> str:
        """The word of `functions.json`."""
        return "conditions" if self.place == "condition" else "functions"

    @property
    def expressions(self) -> tuple[Any, ...]:
        return self.usual + self.odd

    def versions(self) -> list[str]:
        """The versions in which they are asked: of each language the oldest and the newest that
        have a variant."""
        found: dict[tuple[str, int], list[str]] = {}
        for version, known in functions().items():
            if self.function in known[self.role]:
                language = "HOT" if version.startswith("heat_") else version
                found.setdefault((language, known[self.role][self.function]), []).append(version)
        return [
            version for same in found.values() for version in dict.fromkeys((same[0], same[-1]))
        ]


@dataclass(frozen=True, slots=True)
class Case:
    """One question: an expression, as JSON, at a place in a template of a version."""

    entry: str
    version: str
    place: str
    key: str

    @property
    def expression(self) -> Any:
        return json.loads(self.key)


@cache
def functions() -> dict[str, dict[str, dict[str, int]]]:
    """Version -> `functions` and `conditions` -> function -> variant, as Heat 27 has them."""
    found: dict[str, dict[str, dict[str, int]]] = json.loads((HERE / "functions.json").read_text())
    return found


@cache
def entries() -> tuple[Entry, ...]:
    return tuple(_entry(path) for path in sorted((HERE / "corpus").glob("*.yaml")))


def _entry(path: Path) -> Entry:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Entry(
        path.stem, found["function"], found["place"], tuple(found["usual"]), tuple(found["odd"])
    )


def cases() -> Iterator[Case]:
    for entry in entries():
        for version in entry.versions():
            for expression in entry.expressions:
                key = json.dumps(expression, ensure_ascii=False)
                yield Case(entry.name, version, entry.place, key)

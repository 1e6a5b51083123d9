"""What a value may be beyond its type: one frozen object a rule, each with `check`.

Pure: rules that need the cloud are only named here (`Lookup`), others answer them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from calor.base.values import Value


class Constraint(Protocol):
    def check(self, value: Value) -> str | None:
        """What is wrong with a value that is known and of the right type, or None."""
        ...

    def to_json(self) -> dict[str, Any]:
        """As the API shows it."""
        ...


def _limits(low: float | None, high: float | None) -> dict[str, float]:
    return {key: limit for key, limit in (("min", low), ("max", high)) if limit is not None}


def _outside(low: float | None, high: float | None) -> str:
    shown = ", ".join(f"{key}: {limit}" for key, limit in _limits(low, high).items())
    return f"is out of range ({shown})"


@dataclass(frozen=True, slots=True)
class Length:
    """How long a string, list or map may be, both ends included."""

    min: int | None = None
    max: int | None = None

    def check(self, value: Value) -> str | None:
        size = len(value)
        if (self.min is not None and size < self.min) or (self.max is not None and size > self.max):
            return f"length {size} {_outside(self.min, self.max)}"
        return None

    def to_json(self) -> dict[str, Any]:
        return {"length": _limits(self.min, self.max)}


@dataclass(frozen=True, slots=True)
class Range:
    """How small or large a number may be, both ends included."""

    min: float | None = None
    max: float | None = None

    def check(self, value: Value) -> str | None:
        if (self.min is not None and value < self.min) or (
            self.max is not None and value > self.max
        ):
            return f"{value} {_outside(self.min, self.max)}"
        return None

    def to_json(self) -> dict[str, Any]:
        return {"range": _limits(self.min, self.max)}


@dataclass(frozen=True, slots=True)
class Modulo:
    """The number is `offset` more than a multiple of `step`."""

    step: int
    offset: int = 0

    def check(self, value: Value) -> str | None:
        if value % self.step == self.offset % self.step:
            return None
        return f"{value} is not a multiple of {self.step} with an offset of {self.offset}"

    def to_json(self) -> dict[str, Any]:
        return {"modulo": {"step": self.step, "offset": self.offset}}


class AllowedValues:
    """One of these; of a list, every item. Values compare as the text they would be sent as."""

    __slots__ = ("_texts", "values")

    def __init__(self, *values: Value) -> None:
        self.values = values
        self._texts = frozenset(str(value) for value in values)

    def check(self, value: Value) -> str | None:
        for item in value if isinstance(value, list) else [value]:
            if str(item) not in self._texts:
                return f"{item!r} is not one of {self._shown()}"
        return None

    def _shown(self) -> str:
        shown = [str(value) for value in self.values]
        if len(shown) > 40:
            shown = [*shown[:3], "...", *shown[-20:]]
        return ", ".join(shown)

    def to_json(self) -> dict[str, Any]:
        return {"allowed_values": list(self.values)}


class AllowedPattern:
    """A regular expression that matches the whole string."""

    __slots__ = ("_regex", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._regex = re.compile(pattern)

    def check(self, value: Value) -> str | None:
        if self._regex.fullmatch(value):
            return None
        return f"{value!r} does not match the pattern {self.pattern!r}"

    def to_json(self) -> dict[str, Any]:
        return {"allowed_pattern": self.pattern}


@dataclass(frozen=True, slots=True)
class Format:
    """A custom constraint that needs no cloud. `wrong(value)` says what is wrong, or None."""

    name: str
    wrong: Callable[[Value], str | None]

    def check(self, value: Value) -> str | None:
        return self.wrong(value)

    def to_json(self) -> dict[str, Any]:
        return {"custom_constraint": self.name}


@dataclass(frozen=True, slots=True)
class Lookup:
    """The name or id of a thing in the cloud, of a kind like `neutron.network`; becomes its id.

    `shown` is false where Heat resolves a name but declares no constraint.
    """

    kind: str
    shown: bool = True

    def check(self, value: Value) -> str | None:
        return None

    def to_json(self) -> dict[str, Any]:
        return {"custom_constraint": self.kind} if self.shown else {}


@dataclass(frozen=True, slots=True, init=False)
class Unavailable:
    """What the property stands for is not there yet: any value, or these, are refused."""

    reason: str
    values: tuple[Value, ...]

    def __init__(self, reason: str, *values: Value) -> None:
        object.__setattr__(self, "reason", reason)
        object.__setattr__(self, "values", values)

    def check(self, value: Value) -> str | None:
        return self.reason if not self.values or value in self.values else None

    def to_json(self) -> dict[str, Any]:
        return {}

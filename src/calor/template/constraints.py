"""The constraints of parameters: what they are and whether a value keeps them.

They judge plain values of the right type and know no place; messages name no value, which may be
secret. Rules: the public description of HOT's parameter constraints.
"""

from __future__ import annotations

from dataclasses import dataclass

from calor.base import patterns
from calor.base.source import Span
from calor.base.values import Value


@dataclass(frozen=True, slots=True)
class Constraint:
    """`description` is what the template's author wants people to read when it is broken."""

    description: str
    span: Span

    def problem(self, value: Value) -> str:
        """What is wrong with the value, or ''."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Length(Constraint):
    """Of texts, lists and maps."""

    least: int | None = None
    most: int | None = None

    def problem(self, value: Value) -> str:
        if not isinstance(value, str | list | dict):
            return ""
        size = len(value)
        if (self.least is not None and size < self.least) or (
            self.most is not None and size > self.most
        ):
            return f"its length is {size} and must be {between(self.least, self.most)}"
        return ""


@dataclass(frozen=True, slots=True)
class Range(Constraint):
    least: int | float | None = None
    most: int | float | None = None

    def problem(self, value: Value) -> str:
        if (self.least is not None and value < self.least) or (
            self.most is not None and value > self.most
        ):
            return f"it must be {between(self.least, self.most)}"
        return ""


@dataclass(frozen=True, slots=True)
class Modulo(Constraint):
    """The value divided by `step` leaves `offset`."""

    step: int | float = 1
    offset: int | float = 0

    def problem(self, value: Value) -> str:
        if value % self.step != self.offset:
            return f"divided by {self.step} it must leave {self.offset}"
        return ""


@dataclass(frozen=True, slots=True)
class AllowedValues(Constraint):
    """`values` are of the parameter's type. Of a list, each item must be allowed."""

    values: tuple[Value, ...] = ()

    def problem(self, value: Value) -> str:
        given = value if isinstance(value, list) else [value]
        if all(any(_same(item, known) for known in self.values) for item in given):
            return ""
        if not self.values:
            return "its list of allowed values is empty"
        return f"it must be one of {', '.join(str(known) for known in self.values)}"


@dataclass(frozen=True, slots=True)
class AllowedPattern(Constraint):
    """The whole text must match; of a list, each item."""

    pattern: str = ""

    def problem(self, value: Value) -> str:
        try:
            found = all(
                patterns.matches(self.pattern, str(item))
                for item in (value if isinstance(value, list) else [value])
            )
        except ValueError as problem:
            return f"it can't be compared with the pattern {self.pattern!r}: {problem}"
        return "" if found else f"it must match the pattern {self.pattern!r}"


@dataclass(frozen=True, slots=True)
class Numbers(Constraint):
    """Each item of a list is a number, which may be written as a text."""

    def problem(self, value: Value) -> str:
        for item in value:
            try:
                float(item)
            except ValueError:
                return "it must be a list of numbers"
        return ""


@dataclass(frozen=True, slots=True)
class Custom(Constraint):
    """Asks the cloud, for instance whether there is a flavor of that name."""

    name: str = ""

    def problem(self, value: Value) -> str:
        return ""


def between(least: int | float | None, most: int | float | None) -> str:
    """The limits in words."""
    if least is None:
        return f"at most {most}"
    if most is None:
        return f"at least {least}"
    return f"from {least} to {most}"


def _same(left: Value, right: Value) -> bool:
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)

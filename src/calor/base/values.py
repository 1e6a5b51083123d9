"""Values that evaluation produces: plain JSON, with two marks inside.

It decides how the marks behave; it does not know where values come from.

A *value* is `None`, `bool`, `int`, `float`, `str`, `list`, `dict` with string keys, and, at any
depth, `Unknown` (not known until something exists) or `Sensitive` (nobody may see it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = Any

MASK = "***"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is known only after something was created.

    `source` names it for people, as `server.first_address` or `server`.
    """

    source: str

    def __repr__(self) -> str:
        return f"<known after creation: {self.source}>"


@dataclass(frozen=True, slots=True, repr=False)
class Sensitive:
    """A value that must not be shown. Whatever is made of it is sensitive too."""

    value: Value

    def __repr__(self) -> str:
        return MASK


def walk(value: Value) -> Iterator[Value]:
    """Every value inside `value`, itself first, in order; looks through `Sensitive`."""
    yield value
    if isinstance(value, dict):
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)
    elif isinstance(value, Sensitive):
        yield from walk(value.value)


def unknowns(value: Value) -> list[Unknown]:
    """All unknown values inside, in order of appearance."""
    return [item for item in walk(value) if isinstance(item, Unknown)]


def is_known(value: Value) -> bool:
    """Whether no part of the value is unknown."""
    return not _has(value, Unknown)


def is_sensitive(value: Value) -> bool:
    """Whether any part of the value is sensitive."""
    return _has(value, Sensitive)


_PLAIN = frozenset((str, bool, int, float, type(None)))


def _has(value: Value, kind: type) -> bool:
    # Asked of every value that is stored or shown, so it is written for speed.
    if isinstance(value, dict):
        for item in value.values():  # half the time of any()
            if item and item.__class__ not in _PLAIN and _has(item, kind):
                return True
        return False
    if isinstance(value, list):
        for item in value:  # noqa: SIM110  # half the time of any()
            if item and item.__class__ not in _PLAIN and _has(item, kind):
                return True
        return False
    if isinstance(value, kind):
        return True
    return isinstance(value, Sensitive) and _has(value.value, kind)


def rewrite(value: Value, leaf: Callable[[Value], Value]) -> Value:
    """A copy in which every scalar, `Unknown` and `Sensitive` went through `leaf`."""
    if isinstance(value, dict):
        return {key: rewrite(item, leaf) for key, item in value.items()}
    if isinstance(value, list):
        return [rewrite(item, leaf) for item in value]
    return leaf(value)


def reveal(value: Value) -> Value:
    """A copy without the `Sensitive` marks: what is sent to the cloud."""

    def leaf(item: Value) -> Value:
        return reveal(item.value) if isinstance(item, Sensitive) else item

    return rewrite(value, leaf)


def revealed(value: Value) -> Value:
    """The value without the `Sensitive` marks, itself where it has none: change nothing in it."""
    return reveal(value) if is_sensitive(value) else value


def mask(value: Value, text: str = MASK) -> Value:
    """A copy in which every sensitive part is `text`: what people, logs and events see."""
    return rewrite(value, lambda item: text if isinstance(item, Sensitive) else item)

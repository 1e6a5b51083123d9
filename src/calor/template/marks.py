"""How functions carry `Unknown` and `Sensitive`; it knows no function.

Whatever is made of a sensitive value is sensitive. What depends on an unknown value is unknown
where it can't be known; lists and maps around it stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from calor.base.values import Sensitive, Unknown, Value, is_sensitive, reveal, unknowns

_PLAIN = frozenset((str, int, float, bool, type(None)))


class Misuse(Exception):
    """A function can't work with the values that it got. Never names a value: it may be secret."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def apply(compute: Callable[..., Value], *values: Value) -> Value:
    """`compute(*values)` over plain values; unknown or sensitive when one of the values is."""
    if all(value.__class__ in _PLAIN for value in values):
        return compute(*values)
    found = next((item for value in values for item in unknowns(value)), None)
    sensitive = any(is_sensitive(value) for value in values)
    if found is not None:
        result: Value = found
    elif sensitive:
        result = compute(*(reveal(value) for value in values))
    else:
        result = compute(*values)
    return Sensitive(result) if sensitive else result


def open_top(value: Value) -> tuple[Value, bool]:
    """The value below a mark of sensitivity around it, and whether there was one."""
    sensitive = False
    while isinstance(value, Sensitive):
        value, sensitive = value.value, True
    return value, sensitive


def seal(value: Value, sensitive: bool) -> Value:
    """The value, marked when it must be."""
    return Sensitive(value) if sensitive and not isinstance(value, Sensitive) else value


def select(value: Value, path: Sequence[Value], missing: Value = None) -> Value:
    """What lies at a path inside a value; `missing` where nothing does.

    Maps are entered by key; lists and texts by number, which may be written as text.
    """
    sensitive = False
    for step in path:
        value, hidden = open_top(value)
        opened, hidden_step = open_top(step)
        sensitive = sensitive or hidden or hidden_step
        if isinstance(value, Unknown):
            break
        if isinstance(opened, Unknown):
            value = opened
            break
        value = _enter(value, opened, missing)
        if value is missing:
            break
    return seal(value, sensitive)


def _enter(value: Value, step: Value, missing: Value) -> Value:
    if isinstance(step, bool) or not isinstance(step, str | int):
        return missing
    if isinstance(value, dict):
        return value.get(step, value.get(str(step), missing))
    if isinstance(value, list | str):
        try:
            return value[int(step)]
        except (ValueError, IndexError):
            return missing
    return missing


def kind_of(value: Value) -> str:
    """What a value is, in words for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list):
        return "a list"
    return "a map" if isinstance(value, dict) else "a value of another kind"

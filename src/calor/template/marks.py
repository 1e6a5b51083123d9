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


def open_items(value: Value, wanted: str) -> tuple[list[tuple[int, Value]], Unknown | None, bool]:
    """The items of a list that are known and not null, counted from 1; the first thing that is
    not known, and whether anything is sensitive. Raises Misuse for what is no list; `wanted` is
    the list's name in that message."""
    value, sensitive = open_top(value)
    if isinstance(value, Unknown):
        return [], value, sensitive
    if not isinstance(value, list):
        raise Misuse(f"needs {wanted}, not {kind_of(value)}")
    items: list[tuple[int, Value]] = []
    unknown: Unknown | None = None
    for position, item in enumerate(value, 1):
        opened, hidden = open_top(item)
        sensitive = sensitive or hidden
        if isinstance(opened, Unknown):
            unknown = unknown or opened
        elif opened is not None:
            items.append((position, opened))
    return items, unknown, sensitive


def seal(value: Value, sensitive: bool) -> Value:
    """The value, marked when it must be."""
    return Sensitive(value) if sensitive and not isinstance(value, Sensitive) else value


def select(
    value: Value, path: Sequence[Value], missing: Value = None, *, text_as_number: bool = False
) -> Value:
    """What lies at a path inside a value; `missing` where nothing does.

    Maps are entered by a text; lists and texts by a number, and with `text_as_number` by a number
    that is written as text. That is how Heat's get_attr and get_param do it.
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
        value = _enter(value, opened, missing, text_as_number)
        if value is missing:
            break
    return seal(value, sensitive)


def _enter(value: Value, step: Value, missing: Value, text_as_number: bool) -> Value:
    if isinstance(value, dict):
        return value.get(step, missing) if isinstance(step, str) else missing
    if not isinstance(value, list | str):
        return missing
    if not isinstance(step, int) and not (text_as_number and isinstance(step, str)):
        return missing
    try:
        return value[int(step)]
    except (ValueError, IndexError):
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

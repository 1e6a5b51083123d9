"""One value as people read it, on one line and no longer than needed. It knows no resource."""

from __future__ import annotations

import json

from calor.base.values import MASK, Sensitive, Unknown, Value, rewrite

UNKNOWN = "(known after creation)"
WIDTH = 72


def one_line(value: Value, width: int = WIDTH) -> str:
    """As JSON with the marks spelled out; cut in the middle when it is longer than `width`."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, Sensitive) or value == MASK:
        return MASK
    text = json.dumps(rewrite(value, _spelled), ensure_ascii=False)
    for mark in (UNKNOWN, MASK):
        text = text.replace(f'"{mark}"', mark)
    if len(text) > width:
        text = f"{text[: width * 2 // 3]} ... {text[-width // 4 :]}"
    return text


def _spelled(item: Value) -> Value:
    if isinstance(item, Unknown):
        return UNKNOWN
    return MASK if isinstance(item, Sensitive) else item


def cell(value: object) -> str:
    """A value in a table: text as it is, None as nothing, the rest as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def type_name(type: str) -> str:
    """A type as people wrote it: of a file's URL only the end."""
    return type.rpartition("/")[2] if type.startswith("file:") else type


def duration(seconds: float) -> str:
    """`3.2s`, `1m04s`, `2h05m`."""
    if seconds < 60:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    return f"{minutes // 60}h{minutes % 60:02d}m"

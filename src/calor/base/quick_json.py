"""JSON that we write and read by the thousand: quick, with the standard library for the rest.

orjson knows no integers beyond 64 bits, no half surrogate pairs and no depth beyond 254; the
standard library does. What users wrote is read by `strict_json`, or where its places count by
`template`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson

# Our marks are data classes, and must not be written as what they hold.
_OURS = orjson.OPT_PASSTHROUGH_DATACLASS


def dumps(
    value: Any,
    default: Callable[[Any], Any] | None = None,
    *,
    again: Callable[[], None] = lambda: None,
) -> str:
    """Compact JSON; `default` says what stands for what JSON has not. `again` is called before
    the value is gone through a second time. Raises TypeError for other things."""
    try:
        return orjson.dumps(value, default, _OURS).decode()
    except TypeError:
        again()
        return json.dumps(value, default=default, separators=(",", ":"))


def loads(text: bytes) -> Any:
    """The value in JSON text that a service wrote. Raises ValueError."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)

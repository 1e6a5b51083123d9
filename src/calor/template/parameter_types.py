"""The five types of parameters: what a given value becomes, as Heat converts it.

It knows types only; constraints are checked elsewhere. Messages name no value.
"""

from __future__ import annotations

import json
import math

from calor.base import strict_json
from calor.base.values import Sensitive, Unknown, Value, is_known, is_sensitive, reveal
from calor.template.marks import kind_of

STRING = "string"
NUMBER = "number"
LIST = "comma_delimited_list"
JSON = "json"
BOOLEAN = "boolean"
TYPES = (STRING, NUMBER, LIST, JSON, BOOLEAN)

_TRUE = ("1", "t", "true", "on", "y", "yes")
_FALSE = ("0", "f", "false", "off", "n", "no")


def convert(value: Value, kind: str) -> Value:
    """The value as the type has it. Raises ValueError saying what is wrong.

    An unknown value stays; a sensitive one stays sensitive.
    """
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Sensitive) or is_sensitive(value):
        return Sensitive(convert(reveal(value), kind))
    if not is_known(value):
        return value
    return _CONVERT[kind](value)


def _string(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    raise ValueError(f"it must be a text and is {kind_of(value)}")


def _number(value: Value) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= 400:
        try:
            return int(value)
        except ValueError:
            pass
        try:
            number = float(value)
        except ValueError:
            raise ValueError("it must be a number and is some other text") from None
        if math.isfinite(number):
            return number
        raise ValueError("it must be a finite number")
    raise ValueError(f"it must be a number and is {kind_of(value)}")


def _list(value: Value) -> list[str]:
    if isinstance(value, list):
        return [item if isinstance(item, str) else _item(item) for item in value]
    if isinstance(value, str):
        return value.split(",") if value else []
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"it must be a list or a text with commas and is {kind_of(value)}")
    return [str(value)]


def _item(item: Value) -> str:
    return json.dumps(item) if isinstance(item, dict | list) else str(item)


def _json(value: Value) -> Value:
    if isinstance(value, str):
        if not value:
            return {}
        try:
            return strict_json.parse(value)
        except ValueError:
            raise ValueError("it must be JSON and is some other text") from None
    if isinstance(value, dict | list):
        return value
    raise ValueError(f"it must be a map, a list or a text with JSON and is {kind_of(value)}")


def _boolean(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError("it must be true or false")


_CONVERT = {STRING: _string, NUMBER: _number, LIST: _list, JSON: _json, BOOLEAN: _boolean}

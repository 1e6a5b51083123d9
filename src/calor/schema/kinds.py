"""The seven property types and how a written value becomes one of them.

Pure, and about one value at a time: what lies inside lists and maps is `schema`'s work.
"""

from __future__ import annotations

import json
import math
from enum import StrEnum

from calor.base.values import Value


class Kind(StrEnum):
    STRING = "String"
    INTEGER = "Integer"
    NUMBER = "Number"
    BOOLEAN = "Boolean"
    LIST = "List"
    MAP = "Map"
    ANY = "Any"


class Mismatch(ValueError):
    """A value can't become the type. The text says why, `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def coerce(kind: Kind, value: Value, *, converts: bool = False) -> Value:
    """The value as that type, by the rules of Heat's properties. Raises Mismatch.

    `converts` is for properties that stand for template parameters: text becomes a list at its
    commas, and a map or list becomes JSON text or is read from it.
    """
    if kind is Kind.STRING:
        return _string(value, converts)
    if kind is Kind.INTEGER:
        return _integer(value)
    if kind is Kind.NUMBER:
        return _number(value)
    if kind is Kind.BOOLEAN:
        return _boolean(value)
    if kind is Kind.LIST:
        return _list(value, converts)
    if kind is Kind.MAP:
        return _map(value, converts)
    return value


def _shown(value: Value) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _string(value: Value, converts: bool) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if converts and isinstance(value, list | dict):
        return json.dumps(value)
    if isinstance(value, float):
        raise Mismatch(f"{value} is a number, not a string", "put it in quotes")
    raise Mismatch(f"{_shown(value)} is not a string")


def _integer(value: Value) -> int:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and len(value) <= 400:
        try:
            return int(value)
        except ValueError:
            pass
    raise Mismatch(f"{_shown(value)} is not an integer")


def _number(value: Value) -> int | float:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and len(value) <= 400:
        for read in (int, float):
            try:
                number = read(value)
            except ValueError:
                continue
            if math.isfinite(number):
                return number
    raise Mismatch(f"{_shown(value)} is not a number")


def _boolean(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise Mismatch(f"{_shown(value)} is not a boolean", "write true or false")


def _list(value: Value, converts: bool) -> Value:
    if isinstance(value, list):
        return value
    if converts and isinstance(value, str):
        return [part.strip() for part in value.split(",")] if value else []
    raise Mismatch(f"{_shown(value)} is not a list", "begin each item with '- '")


def _map(value: Value, converts: bool) -> Value:
    if isinstance(value, dict):
        return value
    if converts and isinstance(value, str):
        return value
    if converts and isinstance(value, list):
        return json.dumps(value)
    raise Mismatch(f"{_shown(value)} is not a map")

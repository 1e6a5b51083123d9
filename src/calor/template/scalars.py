"""What a plain YAML scalar means, by YAML 1.1 as Heat's loader reads it; it reads no structure.

Two differences to YAML 1.1, both Heat's: dates and times stay strings, and so does `=`.
"""

from __future__ import annotations

import math
import re

Scalar = None | bool | int | float | str

_WORDS: dict[str, Scalar] = {"": None, "~": None}
for _word, _meaning in (
    ("null", None),
    ("true", True),
    ("yes", True),
    ("on", True),
    ("false", False),
    ("no", False),
    ("off", False),
):
    for _form in (_word, _word.capitalize(), _word.upper()):
        _WORDS[_form] = _meaning

# A scalar that begins with none of these is a string, whatever follows.
_SPECIAL = frozenset("~nNtTyYoOfF+-.0123456789")

_INT = re.compile(
    r"[-+]?(?:0b[01_]+|0[0-7_]+|0x[0-9a-fA-F_]+|(?:0|[1-9][0-9_]*)|[1-9][0-9_]*(?::[0-5]?[0-9])+)\Z"
)
_FLOAT = re.compile(
    r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?"
    r"|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)
# More digits than this are no number that anybody counts with, and slow to convert.
MAX_DIGITS = 400


def resolve_plain(text: str) -> Scalar:
    """The meaning of a plain scalar. Raises ValueError for a number too large to read."""
    if text and text[0] not in _SPECIAL:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return to_int(text)
    if _FLOAT.match(text):
        return to_float(text)
    return text


def to_int(text: str) -> int:
    """An integer of YAML 1.1: binary, octal with a leading 0, hexadecimal, base 60, underscores."""
    if len(text) > MAX_DIGITS:
        raise ValueError("the number has too many digits")
    digits = text.replace("_", "")
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    if digits.startswith("0b"):
        return sign * int(digits[2:], 2)
    if digits.startswith("0x"):
        return sign * int(digits[2:], 16)
    if ":" in digits:
        total = 0
        for part in digits.split(":"):
            total = total * 60 + int(part)
        return sign * total
    if len(digits) > 1 and digits.startswith("0"):
        return sign * int(digits, 8)
    return sign * int(digits)


def to_float(text: str) -> float:
    """A float of YAML 1.1, base 60 included."""
    if len(text) > MAX_DIGITS:
        raise ValueError("the number has too many digits")
    digits = text.replace("_", "").lower()
    sign = -1.0 if digits.startswith("-") else 1.0
    digits = digits.lstrip("+-")
    if digits in (".inf", ".nan"):
        raise ValueError("the number is not finite")
    if ":" in digits:
        total = 0.0
        for part in digits.split(":"):
            total = total * 60 + float(part)
        return sign * total
    value = sign * float(digits)
    if math.isinf(value):
        raise ValueError("the number is too large")
    return value


def to_bool(text: str) -> bool:
    """A word that means yes or no. Raises ValueError for any other."""
    meaning = _WORDS.get(text)
    if not isinstance(meaning, bool):
        raise ValueError(f"{text!r} is neither true nor false")
    return meaning

"""Cases for every function in every variant: `(name, variant)` -> expressions and what they give.

A case is an expression in flow YAML, evaluated in the world of `support.expressions`, and its value
or a `Fails`. The modules here have them as `CASES`.
"""

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

Cases = dict[tuple[str, int], list[tuple[str, Any]]]


@dataclass(frozen=True, slots=True)
class Fails:
    """One diagnostic, with this code and this in its message."""

    code: str
    message: str


def misuse(message: str) -> Fails:
    """The function can't work with its values."""
    return Fails("H415", message)


def wrong(message: str) -> Fails:
    """The arguments are written wrongly."""
    return Fails("H407", message)


def all_cases() -> Cases:
    """Every case of every module. Raises ValueError when two modules have the same function."""
    found: Cases = {}
    for module in sorted(iter_modules(__path__), key=lambda item: item.name):
        for key, cases in import_module(f"{__name__}.{module.name}").CASES.items():
            if key in found:
                raise ValueError(f"{key} is in two tables")
            found[key] = cases
    return found

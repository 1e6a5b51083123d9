"""Every rule of this floor by its code, for `calor explain`; each is declared where it is found."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from calor.base.diagnostics import Rule


@cache
def all_rules() -> dict[str, Rule]:
    """Code -> rule, by code. Raises ValueError when two rules have the same code."""
    found: dict[str, Rule] = {}
    package = import_module("calor.template")
    for module in walk_packages(package.__path__, "calor.template."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Rule) and found.setdefault(value.code, value) is not value:
                raise ValueError(f"two rules have the code {value.code}")
    return dict(sorted(found.items()))

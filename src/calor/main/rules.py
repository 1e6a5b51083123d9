"""Every rule that a diagnostic can name, by its code; rules are declared where they are found."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

from calor.base.diagnostics import Rule

PACKAGES = ("calor.template", "calor.planning", "calor.client", "calor.service")


def all_rules() -> dict[str, Rule]:
    """Code -> rule, by code. Raises ValueError when two rules have the same code."""
    found: dict[str, Rule] = {}
    for name in PACKAGES:
        package = import_module(name)
        for module in walk_packages(package.__path__, f"{name}."):
            for value in vars(import_module(module.name)).values():
                if isinstance(value, Rule) and found.setdefault(value.code, value) is not value:
                    raise ValueError(f"two rules have the code {value.code}")
    return dict(sorted(found.items()))

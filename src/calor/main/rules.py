"""Every rule that a diagnostic can name, by its code; rules are declared where they are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
            for rule in _rules_in(vars(import_module(module.name)).values()):
                if found.setdefault(rule.code, rule) is not rule:
                    raise ValueError(f"two rules have the code {rule.code}")
    return dict(sorted(found.items()))


def _rules_in(values: Iterable[object]) -> Iterator[Rule]:
    """The rules among a module's values: by themselves, or in a table."""
    for value in values:
        table = value.values() if isinstance(value, dict) else (value,)
        yield from (item for item in table if isinstance(item, Rule))

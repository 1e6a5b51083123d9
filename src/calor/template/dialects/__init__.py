"""The template languages in all their versions, found by file.

A module here names its versions in `DIALECTS`, oldest first; nothing else needs to know about it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from calor.template.dialect import Dialect


@cache
def versions() -> tuple[Dialect, ...]:
    """Every version there is; those of one family from the oldest to the newest."""
    found: list[Dialect] = []
    for module in sorted(iter_modules(__path__), key=lambda item: item.name):
        found.extend(getattr(import_module(f"{__name__}.{module.name}"), "DIALECTS", ()))
    return tuple(found)


@cache
def by_key() -> dict[str, dict[str, Dialect]]:
    """Version key -> version or alias -> dialect."""
    found: dict[str, dict[str, Dialect]] = {}
    for dialect in versions():
        known = found.setdefault(dialect.version_key, {})
        for version in (dialect.version, *dialect.aliases):
            known[version] = dialect
    return found


def find(name: str) -> Dialect | None:
    """A dialect by the API's name, with a date or an alias: `heat_template_version.newton`."""
    key, _, version = name.partition(".")
    return by_key().get(key, {}).get(version)


@cache
def functions_of(family: str) -> dict[str, Dialect]:
    """Every function of a family -> the first version that has it."""
    found: dict[str, Dialect] = {}
    for dialect in versions():
        if dialect.family == family:
            for table in (dialect.functions, dialect.condition_functions, dialect.rule_functions):
                for name in table:
                    found.setdefault(name, dialect)
    return found


@cache
def conditions_of(family: str) -> dict[str, Dialect]:
    """Every function that conditions may use -> the first version in which they may."""
    found: dict[str, Dialect] = {}
    for dialect in versions():
        if dialect.family == family:
            for name in dialect.condition_functions:
                found.setdefault(name, dialect)
    return found


@cache
def resource_keys_of(family: str) -> dict[str, Dialect]:
    """Every section and key of a family -> the first version that has it."""
    found: dict[str, Dialect] = {}
    for dialect in versions():
        if dialect.family == family:
            for words in (
                dialect.sections,
                dialect.resource_keys,
                dialect.output_keys,
                dialect.parameter_keys,
                dialect.constraint_kinds,
            ):
                for name in words:
                    found.setdefault(name, dialect)
    return found


def comes_later(first: Dialect | None, dialect: Dialect) -> bool:
    """Whether the first version that has a word comes after another one."""
    if first is None:
        return False
    names = [item.name for item in versions()]
    return names.index(first.name) > names.index(dialect.name)


def since(first: Dialect, dialect: Dialect) -> str:
    """In words: which version has something, and which the template is of."""
    if first.version_key == dialect.version_key:
        return f"since version {first.version}, and this template is of version {dialect.version}"
    return (
        f"in {first.version_key} {first.version}, and this template is of {dialect.version_key} "
        f"{dialect.version}"
    )

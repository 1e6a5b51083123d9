"""Finds resource types by name; behind the port `Types`.

Each folder of types says in its `TYPES` which file holds which type; a file is imported when
somebody first asks for its type. Plug-ins are entry points of the group `calor.resources`. One
that fails to import is remembered in `broken`; the rest works.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules

import calor.resources
from calor.model.resource_type import ResourceType
from calor.resources import foreseen
from calor.resources.heat.template_file import template_file

GROUP = "calor.resources"


def _built_in() -> dict[str, str]:
    """Names of types, with the module that holds each."""
    found = {}
    for folder in iter_modules(calor.resources.__path__):
        if folder.ispkg:
            package = f"calor.resources.{folder.name}"
            for name, file in import_module(package).TYPES.items():
                found[name] = f"{package}.{file}"
    return found


class Registry:
    """All types: built in, and from plug-ins, which may take the place of built-in ones."""

    def __init__(self, *, plugins: bool = True) -> None:
        self._modules = _built_in()
        self._entries: dict[str, EntryPoint] = {}
        if plugins:
            self._entries = {entry.name: entry for entry in entry_points(group=GROUP)}
        self._types: dict[str, ResourceType] = {}
        self.broken: dict[str, str] = {}

    def names(self) -> list[str]:
        return sorted({**self._modules, **self._entries})

    def get(self, name: str) -> ResourceType | None:
        if name not in self._types and not self._load(name):
            return None
        return self._types[name]

    def from_template(self, name: str, text: str, defaults: Collection[str] = ()) -> ResourceType:
        return template_file(name, text, defaults)

    def foreseen(self, name: str) -> ResourceType | None:
        return foreseen.foreseen(name)

    def foreseen_names(self) -> list[str]:
        return foreseen.names()

    def assumed(self, name: str) -> ResourceType:
        return foreseen.Assumed(name)

    def _load(self, name: str) -> bool:
        if name in self.broken:
            return False
        if name in self._entries:
            try:
                self._types[name] = self._entries[name].load()
            except Exception as error:
                self.broken[name] = f"{type(error).__name__}: {error}"
                # imported late: without a broken plug-in nobody needs it, and it is slow
                import_module("structlog").get_logger(__name__).exception(
                    "a plug-in does not load", type=name
                )
                return False
        elif name in self._modules:
            self._types[name] = import_module(self._modules[name]).TYPE
        return name in self._types

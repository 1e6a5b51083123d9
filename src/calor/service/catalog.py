"""What Calor knows: resource types, template versions and their functions. Pure look-ups."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calor.base import patterns
from calor.base.errors import InvalidInput
from calor.model.resource_type import ResourceType
from calor.schema import attributes_json
from calor.service.errors import EntityNotFound
from calor.service.ports import Ports
from calor.service.sample import cfn_sample, hot_sample
from calor.template import dialects, functions
from calor.template.dialect import Dialect
from calor.template.function import Function


@dataclass(frozen=True, slots=True)
class TypeView:
    """A resource type as the API shows it."""

    name: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    support_status: Mapping[str, Any]
    description: str


class Catalog:
    """Questions about Calor itself."""

    def __init__(self, ports: Ports) -> None:
        self._types = ports.types

    @property
    def revision(self) -> str:
        """The version that is installed."""
        return importlib.metadata.version("calor")

    def types(
        self, *, name: str = "", version: str = "", support_status: str = ""
    ) -> list[TypeView]:
        """The types, by name; `name` is a regular expression, the others equalities."""
        try:
            patterns.check(name)
        except ValueError as error:
            raise InvalidInput(f"{name!r} can't be used as a pattern: {error}.") from None
        found = []
        for known in self._types.names():
            if not patterns.matches(name, known, whole=False):
                continue
            view = _view(self._get(known))
            status = view.support_status
            if support_status and status.get("status") != support_status.upper():
                continue
            if version and status.get("version") != version:
                continue
            found.append(view)
        return found

    def type(self, name: str) -> TypeView:
        """One type. Raises `EntityNotFound`."""
        return _view(self._get(name))

    def template(self, name: str, kind: str) -> dict[str, Any]:
        """A template with one resource of a type, in the dialect `hot` or `cfn`."""
        view = self.type(name)
        make = hot_sample if kind == "hot" else cfn_sample
        return make(name, view.properties, view.attributes)

    def versions(self) -> list[dict[str, Any]]:
        """The template versions with their other names."""
        return [
            {"version": item.name, "type": item.family, "aliases": list(_aliases(item))}
            for item in dialects.versions()
        ]

    def functions(self, version: str, *, conditions: bool) -> list[dict[str, str]]:
        """The functions of a template version. Raises `EntityNotFound`."""
        dialect = dialects.find(version)
        if dialect is None:
            raise EntityNotFound(
                f"There is no template version {version!r}.", "look at the list of versions"
            )
        names = {**dialect.functions, **(dialect.condition_functions if conditions else {})}
        registry = functions.registry()
        return [
            {"functions": name, "description": _described(registry[name])}
            for name in sorted(names)
            if name in registry
        ]

    def _get(self, name: str) -> ResourceType:
        found = self._types.get(name)
        if found is None:
            raise EntityNotFound(
                f"There is no resource type {name!r}.", "look at the list of resource types"
            )
        return found


def _aliases(dialect: Dialect) -> list[str]:
    return [f"{dialect.version_key}.{alias}" for alias in dialect.aliases]


def _described(function: Function) -> str:
    return f"As {function.example}"


def _view(type: ResourceType) -> TypeView:
    return TypeView(
        name=type.name,
        properties=type.schema.to_json(),
        attributes=attributes_json(type.attributes),
        support_status=type.support_status,
        description=(getattr(type, "doc", "") or "").strip(),
    )

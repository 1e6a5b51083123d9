"""Heat's resource types that Calor does not carry out yet: what Heat declares of them, as data.

`heat_types.json` is made by `tools/heat_types.py`. With these declarations a template is checked
whole although some of its types can't be carried out; their steps are never reached.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from calor.resources.base import Type
from calor.schema import (
    FORMATS,
    AllowedPattern,
    AllowedValues,
    AttributeSpec,
    Constraint,
    Kind,
    Length,
    Lookup,
    PropertySpec,
    Range,
    Schema,
    Support,
)
from calor.schema.support import SUPPORTED


class Foreseen(Type):
    """A type of which only the declaration is known. One that Heat has retired does nothing there
    and takes any property."""

    def __init__(self, name: str, facts: Mapping[str, Any]) -> None:
        self.name = name
        self.retired = bool(facts.get("retired"))
        # Groups tell what their members tell, deployments what their configuration names.
        self._answers_more = self.retired or "nested" in facts or "Deployment" in name
        self._support = _support(facts)
        self._schema = Schema(
            {key: _property(key, spec) for key, spec in facts["properties"].items()},
            open=self.retired,
        )
        self._attributes = {
            key: AttributeSpec(
                key, Kind(spec["type"]) if spec["type"] else None, support=_support(spec)
            )
            for key, spec in facts["attributes"].items()
        }

    @property
    def schema(self) -> Schema:
        return self._schema

    @property
    def attributes(self) -> Mapping[str, AttributeSpec]:
        return self._attributes

    @property
    def support_status(self) -> Mapping[str, Any]:
        return self._support.to_json()

    def has_attribute(self, name: str) -> bool:
        return self._answers_more or super().has_attribute(name)


class Assumed(Type):
    """A type of which nothing is known but the name: some plug-in of somebody has it."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def schema(self) -> Schema:
        return ANYTHING

    def has_attribute(self, name: str) -> bool:
        return True


ANYTHING = Schema({}, open=True)


@cache
def foreseen(name: str) -> Foreseen | None:
    """The type of that name as Heat 27 declares it, or None."""
    facts = _table().get(name)
    return None if facts is None else Foreseen(name, facts)


def names() -> list[str]:
    """All types of Heat 27, sorted."""
    return list(_table())


@cache
def _table() -> dict[str, Any]:
    text = files("calor.resources").joinpath("heat_types.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


def _property(name: str, facts: Mapping[str, Any]) -> PropertySpec:
    items, fields = facts.get("items"), facts.get("schema")
    return PropertySpec(
        name,
        Kind(facts["type"]),
        required=facts.get("required", False),
        default=facts.get("default"),
        constraints=tuple(_constraint(item) for item in facts.get("constraints", ())),
        items=None if items is None else _property(name, items),
        fields=None
        if fields is None
        else {key: _property(key, spec) for key, spec in fields.items()},
        update=facts.get("update_allowed", False),
        immutable=facts.get("immutable", False),
        implemented=facts.get("implemented", True),
        support=_support(facts),
    )


def _constraint(facts: Mapping[str, Any]) -> Constraint:
    """One constraint, as `to_json` of it tells it."""
    ((word, value),) = facts.items()
    if word == "allowed_values":
        return AllowedValues(*value)
    if word == "allowed_pattern":
        return AllowedPattern(value)
    if word == "length":
        return Length(value.get("min"), value.get("max"))
    if word == "range":
        return Range(value.get("min"), value.get("max"))
    if value in FORMATS:
        return FORMATS[value]
    return Lookup(value)


def _support(facts: Mapping[str, Any]) -> Support:
    told = facts.get("support_status")
    if not told:
        return SUPPORTED
    previous = told.get("previous_status")
    return Support(
        told.get("status", "SUPPORTED"),
        told.get("version"),
        previous=_support({"support_status": previous}) if previous else None,
    )

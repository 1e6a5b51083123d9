"""Every type says what Heat 27 says of it: `heat_types.json` is a trimmed copy of its schemas."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from calor.resources.registry import Registry
from calor.schema import AttributeSpec, PropertySpec, Support

FACTS: dict[str, Any] = json.loads(
    files("calor.resources").joinpath("heat_types.json").read_text(encoding="utf-8")
)
REGISTRY = Registry(plugins=False)
NAMES = REGISTRY.names()


def _support(support: Support) -> dict[str, Any]:
    told: dict[str, Any] = {"status": support.status, "version": support.version}
    if support.previous is not None:
        told["previous_status"] = _support(support.previous)
    return told


def _common(spec: PropertySpec | AttributeSpec) -> dict[str, Any]:
    support = _support(spec.support)
    return (
        {} if support == {"status": "SUPPORTED", "version": None} else {"support_status": support}
    )


def _property(spec: PropertySpec) -> dict[str, Any]:
    told: dict[str, Any] = {"type": str(spec.kind), **_common(spec)}
    constraints = [item for item in (one.to_json() for one in spec.constraints) if item]
    if constraints:
        told["constraints"] = constraints
    if spec.default is not None:
        told["default"] = spec.default
    for name, value in (
        ("required", spec.required),
        ("update_allowed", spec.update),
        ("immutable", spec.immutable),
    ):
        if value:
            told[name] = True
    if not spec.implemented:
        told["implemented"] = False
    if spec.items is not None:
        told["items"] = _property(spec.items)
    if spec.fields is not None:
        told["schema"] = {name: _property(field) for name, field in spec.fields.items()}
    return told


def _attribute(spec: AttributeSpec) -> dict[str, Any]:
    return {"type": str(spec.kind) if spec.kind else None, **_common(spec)}


def test_every_type_has_facts() -> None:
    assert [name for name in NAMES if name not in FACTS] == []


@pytest.mark.parametrize("name", NAMES)
def test_properties(name: str) -> None:
    type = REGISTRY.get(name)
    assert type is not None
    declared = {key: _property(spec) for key, spec in type.schema.properties.items()}
    assert declared == FACTS[name]["properties"]


@pytest.mark.parametrize("name", NAMES)
def test_attributes(name: str) -> None:
    type = REGISTRY.get(name)
    assert type is not None
    declared = {key: _attribute(spec) for key, spec in type.attributes.items()}
    assert declared == FACTS[name]["attributes"]


@pytest.mark.parametrize("name", NAMES)
def test_support(name: str) -> None:
    type = REGISTRY.get(name)
    assert type is not None
    status, version = type.support_status["status"], type.support_status["version"]
    facts = FACTS[name]["support_status"]
    assert (status, version) == (facts["status"], facts["version"])


@pytest.mark.parametrize("name", NAMES)
def test_all_is_documented(name: str) -> None:
    type = REGISTRY.get(name)
    assert type is not None
    assert all(spec.doc for spec in type.schema.properties.values())
    assert all(
        spec.doc for spec in type.attributes.values() if spec.name in FACTS[name]["attributes"]
    )

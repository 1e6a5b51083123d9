"""Properties and attributes as the API shows them: GET /resource_types/NAME.

Shapes only; which name they belong to is told by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calor.schema.kinds import Kind
from calor.schema.spec import AttributeSpec, PropertySpec


def property_json(spec: PropertySpec) -> dict[str, Any]:
    """One property; a list's items stand under '*', as in Heat."""
    shown: dict[str, Any] = {"type": spec.kind.lower()}
    if spec.doc:
        shown["description"] = spec.doc
    if spec.default is not None:
        shown["default"] = spec.default
    if spec.items is not None:
        shown["schema"] = {"*": property_json(spec.items)}
    elif spec.fields is not None:
        shown["schema"] = {name: property_json(field) for name, field in spec.fields.items()}
    shown["required"] = spec.required
    constraints = [constraint.to_json() for constraint in spec.constraints]
    if any(constraints):
        shown["constraints"] = [item for item in constraints if item]
    shown["update_allowed"] = spec.update
    shown["immutable"] = spec.immutable
    return shown


def attribute_json(spec: AttributeSpec) -> dict[str, Any]:
    shown = {"description": spec.doc} if spec.doc else {}
    return {**shown, **({"type": spec.kind.lower()} if spec.kind else {})}


SHOW = AttributeSpec("show", Kind.MAP, "All that the service says about the thing.", live=True)
"""The attribute that every type has."""


def attributes_json(attributes: Mapping[str, AttributeSpec]) -> dict[str, Any]:
    """The `attributes` part of GET /resource_types/NAME."""
    return {
        name: attribute_json(spec)
        for name, spec in {**attributes, "show": SHOW}.items()
        if not spec.support.hidden
    }

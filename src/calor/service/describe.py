"""What a template says about itself: its parameters, groups and environment, as Heat answers a
validation. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calor.base.values import Sensitive, is_known
from calor.planning.composition import Composition
from calor.service.read import as_parameter_text, shown, shown_environment
from calor.service.views import HIDDEN
from calor.template.constraints import (
    AllowedPattern,
    AllowedValues,
    Constraint,
    Custom,
    Length,
    Modulo,
    Range,
)
from calor.template.definitions import ParameterDef

TYPES = {
    "string": "String",
    "number": "Number",
    "comma_delimited_list": "CommaDelimitedList",
    "json": "Json",
    "boolean": "Boolean",
}


def described(composition: Composition, *, nested: bool = False) -> dict[str, Any]:
    """A template's description, `Parameters`, `ParameterGroups` and `Environment`; with `nested`
    also those of the templates used as types, as `NestedParameters`."""
    template = composition.template
    if template is None:
        return {"Description": "", "Parameters": {}, "Environment": {}}
    body: dict[str, Any] = {
        "Description": template.description,
        "Parameters": {
            name: parameter_json(item, composition) for name, item in template.parameters.items()
        },
        "Environment": shown_environment(composition),
    }
    if template.parameter_groups:
        body["ParameterGroups"] = [
            {
                "label": group.label,
                "description": group.description,
                "parameters": list(group.parameters),
            }
            for group in template.parameter_groups
        ]
    if nested:
        body["NestedParameters"] = {
            name: {"Type": composition.parts[name].declared_type, **_inner(child)}
            for name, child in composition.children.items()
            if name in composition.parts
        }
    return body


def _inner(child: Composition) -> dict[str, Any]:
    body = described(child, nested=True)
    del body["Environment"]
    if not body["NestedParameters"]:
        del body["NestedParameters"]
    return body


def parameter_json(item: ParameterDef, composition: Composition) -> dict[str, Any]:
    """One parameter as Heat shows it: texts for flags, its value where it has one."""
    body: dict[str, Any] = {
        "Type": TYPES[item.type],
        "Description": item.description,
        "NoEcho": "true" if item.hidden else "false",
        "Label": item.label or item.name,
    }
    if item.has_default:
        body["Default"] = HIDDEN if item.hidden else _default(item)
    value = composition.parameters.values.get(item.name) if composition.parameters else None
    if value is not None and is_known(value) and _is_given(item.name, composition):
        hidden = item.hidden or isinstance(value, Sensitive)
        body["Value"] = HIDDEN if hidden else shown(value)
    for constraint in item.constraints:
        body.update(_constraint_json(constraint))
    if item.tags:
        body["Tags"] = list(item.tags)
    if item.immutable:
        body["Immutable"] = "true"
    return body


def _is_given(name: str, composition: Composition) -> bool:
    environment = composition.environment
    given: tuple[Mapping[str, Any], ...] = (
        composition.definition.parameters,
        environment.parameters,
        environment.parameter_defaults,
    )
    return any(name in values for values in given)


def _default(item: ParameterDef) -> Any:
    if item.type == "comma_delimited_list":
        return as_parameter_text(item.default)
    return item.default


def _constraint_json(constraint: Constraint) -> dict[str, Any]:
    body = _limits(constraint)
    if constraint.description:
        body["ConstraintDescription"] = constraint.description
    return body


def _limits(constraint: Constraint) -> dict[str, Any]:
    if isinstance(constraint, Length):
        return _given(MinLength=constraint.least, MaxLength=constraint.most)
    if isinstance(constraint, Range):
        return _given(MinValue=constraint.least, MaxValue=constraint.most)
    if isinstance(constraint, Modulo):
        return {"Modulo": {"Step": constraint.step, "Offset": constraint.offset}}
    if isinstance(constraint, AllowedValues):
        return {"AllowedValues": list(constraint.values)}
    if isinstance(constraint, AllowedPattern):
        return {"AllowedPattern": constraint.pattern}
    if isinstance(constraint, Custom):
        return {"CustomConstraint": constraint.name}
    return {}


def _given(**limits: float | None) -> dict[str, Any]:
    return {name: limit for name, limit in limits.items() if limit is not None}

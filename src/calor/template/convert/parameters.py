"""Parameters of CloudFormation as HOT defines them."""

from __future__ import annotations

from typing import Any

from calor.base.diagnostics import Diagnostics
from calor.base.values import Value
from calor.template.constraints import (
    AllowedPattern,
    AllowedValues,
    Constraint,
    Custom,
    Length,
    Range,
)
from calor.template.convert.rules import LOST
from calor.template.definitions import ParameterDef


def parameter(definition: ParameterDef, diagnostics: Diagnostics) -> dict[str, Any]:
    """One parameter as plain data."""
    made: dict[str, Any] = {"type": definition.type}
    if definition.label:
        made["label"] = definition.label
    if definition.description:
        made["description"] = definition.description
    if definition.has_default:
        made["default"] = definition.default
    if definition.hidden:
        made["hidden"] = True
    constraints = [one for item in definition.constraints if (one := _constraint(item))]
    if len(constraints) < len(definition.constraints):
        diagnostics.add(
            LOST,
            f"HOT has no constraint that says what the type of {definition.name!r} says",
            definition.span,
        )
    if constraints:
        made["constraints"] = constraints
    return made


def _constraint(constraint: Constraint) -> dict[str, Value] | None:
    said = _said(constraint)
    if said is None or not constraint.description:
        return said
    return {**said, "description": constraint.description}


def _said(constraint: Constraint) -> dict[str, Value] | None:
    match constraint:
        case Length(least=least, most=most):
            return {"length": _between(least, most)}
        case Range(least=least, most=most):
            return {"range": _between(least, most)}
        case AllowedValues(values=values):
            return {"allowed_values": list(values)}
        case AllowedPattern(pattern=pattern):
            return {"allowed_pattern": pattern}
        case Custom(name=name):
            return {"custom_constraint": name}
    return None


def _between(least: Value, most: Value) -> dict[str, Value]:
    limits = {"min": least, "max": most}
    return {name: limit for name, limit in limits.items() if limit is not None}

"""Evaluates a resource's properties and checks them against its type's schema.

Codes R13x; the place of a problem is where the value was written.
"""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.source import Span
from calor.base.values import Sensitive, Unknown, Value
from calor.model.resource_type import ResourceType
from calor.template.definitions import ResourceDef
from calor.template.evaluation import Scope, evaluate
from calor.template.expressions import EvaluationError, place

RULES: dict[str, Rule] = {
    "unknown": Rule(
        "R130", "unknown property", "The type has no property of that name; see `calor types NAME`."
    ),
    "missing": Rule("R131", "missing property", "The type requires the property."),
    "type": Rule("R132", "wrong type of value", "The property takes another type of value."),
    "constraint": Rule(
        "R133", "value not allowed", "The value breaks one of the property's rules."
    ),
    "conflict": Rule(
        "R134", "two names of one property", "A property and its old name are given together."
    ),
}
NOT_A_MAP = Rule("R135", "properties are no map", "`properties` evaluates to something else.")


def raw_properties(resource: ResourceDef, scope: Scope) -> Value:
    """The properties as evaluated, before any check. Raises EvaluationError."""
    return {} if resource.properties is None else evaluate(resource.properties, scope)


def checked_properties(
    resource: ResourceDef, type: ResourceType, scope: Scope, diagnostics: Diagnostics
) -> Mapping[str, Value]:
    """The normalised properties as far as known; what is wrong goes to `diagnostics`, and then
    the result is only good for looking on."""
    where = ("resources", resource.name, "properties")
    try:
        value = raw_properties(resource, scope)
    except EvaluationError as error:
        diagnostics.extend(error.diagnostics)
        return {}
    if isinstance(value, Sensitive):
        value = value.value
    if value is None:
        value = {}
    if isinstance(value, Unknown):
        return {}
    if not isinstance(value, dict):
        diagnostics.add(
            NOT_A_MAP,
            f"properties must be a map, this is {value!r:.60}",
            _place(resource, ()),
            path=where,
        )
        return {}
    problems = type.schema.check(value, ())
    for problem in problems:
        diagnostics.add(
            RULES[problem.kind],
            problem.message,
            _place(resource, problem.path),
            path=(*where, *problem.path),
            hint=problem.hint,
        )
    return {} if problems else type.schema.normalise(value)


def _place(resource: ResourceDef, path: tuple[str | int, ...]) -> Span:
    if resource.properties is None:
        return resource.span
    return place(resource.properties, path)

"""Evaluates a resource's properties and checks them against its type's schema.

Codes R13x; the place of a problem is where the value was written.
"""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.diagnostics import Diagnostic, Diagnostics, Rule, Severity
from calor.base.source import Span
from calor.base.values import Sensitive, Unknown, Value, is_known
from calor.model.resource_type import ResourceType
from calor.planning.composition import Part
from calor.planning.origins import Trail, traced, traced_call
from calor.schema import Problem
from calor.template.definitions import ResourceDef
from calor.template.evaluation import Scope, evaluate
from calor.template.expressions import (
    EvaluationError,
    Expression,
    Literal,
    MapExpr,
    key_place,
    part,
    place,
    references,
)
from calor.template.registry import is_template

RULES: dict[str, Rule] = {
    "unknown": Rule(
        "R130",
        "unknown property",
        "The resource's type has no property of that name, or Calor does not act on it."
        " `calor types NAME` lists the properties of a type.",
    ),
    "missing": Rule(
        "R131",
        "missing property",
        "The resource's type can't do without the property. Add it under `properties`;"
        " `calor types NAME` tells which properties a type requires.",
    ),
    "type": Rule(
        "R132",
        "wrong type of value",
        "The property takes another type of value, for instance a number or a list."
        " `calor types NAME` tells which.",
    ),
    "constraint": Rule(
        "R133",
        "value not allowed",
        "The value breaks one of the property's own rules: a range, a length, a pattern or a list"
        " of what is allowed.",
    ),
    "conflict": Rule(
        "R134",
        "two names of one property",
        "A property and the older name of the same property are given together, so it is not"
        " clear which one counts. Leave out the older one.",
    ),
}
UNAVAILABLE = Rule(
    "R136",
    "property not available yet",
    "Heat acts on the property or on this value of it, and Calor can't yet. It is refused rather"
    " than ignored; `calor lint` only warns of it.",
)
LENIENT_UNAVAILABLE = Rule(
    "R137", "property not available yet", UNAVAILABLE.explanation, Severity.WARNING
)
LENIENT_MISSING = Rule(
    "R138",
    "a nested template's parameter without a value",
    "The template that the type stands for has a parameter without a default, and the resource"
    " gives it no value. Only an environment's `parameter_defaults` could give it one.",
    Severity.WARNING,
)
NOT_A_MAP = Rule(
    "R135",
    "properties are no map",
    "What stands under `properties`, once its functions are evaluated, is no map of names and"
    " values.",
)

ABOUT_NAMES = (RULES["unknown"], RULES["conflict"])
"""Problems of a property's name, not of its value."""


def raw_properties(resource: ResourceDef, scope: Scope) -> Value:
    """The properties as evaluated, before any check. Raises EvaluationError."""
    return {} if resource.properties is None else evaluate(resource.properties, scope)


def checked_properties(
    resource: ResourceDef,
    type: ResourceType,
    scope: Scope,
    diagnostics: Diagnostics,
    *,
    trails: Mapping[str, Trail] | None = None,
    lenient: bool = False,
) -> Mapping[str, Value]:
    """The normalised properties as far as known; what is wrong goes to `diagnostics`, and then
    the result is only good for looking on. `lenient` is for readers: what Calor can't do yet, and
    what an environment could still give, are warnings then. `trails` lead to where the values of
    parameters were written."""
    where = ("resources", resource.name, "properties")
    try:
        value = raw_properties(resource, scope)
    except EvaluationError as error:
        diagnostics.extend(
            traced_call(item, resource.properties, trails or {}) for item in error.diagnostics
        )
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
            place_of(resource, ()),
            path=where,
        )
        return {}
    wrong = False
    problems, normal = type.schema.judged(value)
    for problem in problems:
        rule = _rule(problem, type, lenient)
        wrong = wrong or rule.severity is Severity.ERROR
        about_name = rule in ABOUT_NAMES
        told = Diagnostic(
            rule,
            problem.message,
            place_of(resource, problem.path, name=about_name),
            (*where, *problem.path),
            problem.hint or _cure(problem, type),
        )
        written = None if about_name else _written(resource, problem)
        diagnostics.extend([traced(told, written, trails or {})])
    return {} if wrong else normal


def decided_by_others(
    resource: ResourceDef, properties: Mapping[str, Value]
) -> Mapping[str, Expression] | None:
    """What is written for each of the normalised properties that other resources decide; None
    where the two can't be told apart by name."""
    written = resource.properties
    if not isinstance(written, MapExpr):
        return None
    found = {}
    for name, expression in written.entries:
        if expression.__class__ is Literal:
            continue
        if name not in properties:
            return None  # it is an old name of another one, or left out as things are
        refers = any(item.kind in ("resource", "attribute") for item in references(expression))
        if refers or not is_known(properties[name]):
            found[name] = expression
    return found


def judged_now(resource: Part, scope: Scope) -> tuple[list[Problem], dict[str, Value]]:
    """The problems and the normalised properties of a resource, now that more is known than when
    it was composed. Raises EvaluationError."""
    schema = resource.type.schema
    if resource.decided is not None:
        values = {name: evaluate(item, scope) for name, item in resource.decided.items()}
        judged = schema.judged_again(resource.properties, values)
        if judged is not None:
            return judged
    return schema.judged(raw_properties(resource.definition, scope) or {})


def _written(resource: ResourceDef, problem: Problem) -> Expression | None:
    """What a property that is wrong has its value from; None where it has none."""
    if resource.properties is None or problem.kind == "missing":
        return None
    return part(resource.properties, problem.path)


def _rule(problem: Problem, type: ResourceType, lenient: bool) -> Rule:
    if problem.kind == "unavailable":
        return LENIENT_UNAVAILABLE if lenient else UNAVAILABLE
    if problem.kind == "missing" and lenient and is_template(type.name):
        return LENIENT_MISSING
    return RULES[problem.kind]


def _cure(problem: Problem, type: ResourceType) -> str:
    listed = problem.kind == "unknown" and not is_template(type.name)
    return f"`calor types {type.name}` lists them" if listed else ""


def place_of(resource: ResourceDef, path: tuple[str | int, ...], *, name: bool = False) -> Span:
    """Where a property was written, or its name."""
    if resource.properties is None:
        return resource.span
    return (key_place if name else place)(resource.properties, path)

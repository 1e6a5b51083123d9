"""Where a value was written that a property has through functions, parameters and environments.

It only leads from one place to others; what is wrong with a value is found elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from calor.base.diagnostics import Diagnostic
from calor.base.source import Span
from calor.template.definitions import ResourceDef, Template
from calor.template.expressions import (
    Expression,
    Reference,
    calls,
    part,
    place,
    references,
)
from calor.template.parameters import BROKEN_CONSTRAINT, WRONG_TYPE, Parameters

Trail = tuple[tuple[Span, str], ...]
"""The places that a value came by, from the nearest to the one where it was written, with words."""

ORIGINS = {"default": "the default of", "given": "the value given for"}


def trails_of(
    template: Template, parameters: Parameters, given: Mapping[str, Trail]
) -> dict[str, Trail]:
    """For each parameter that has a value: the way to where it was written, or came in; and for
    each value of a mapping. `given` are the ways of the values that a stack inside another gets as
    its resource's properties."""
    found = dict(given)
    for mapping in template.mappings.values():
        words = f"in the mapping {mapping.name!r}"
        found[_in_mapping(mapping.name)] = ((mapping.span, f"the mapping {mapping.name!r}"),)
        for keys, span in mapping.spans.items():
            found[_in_mapping(mapping.name, *keys)] = ((span, words),)
    for name, span in parameters.spans.items():
        words = ORIGINS.get(parameters.origins[name], "the value of")
        found.setdefault(name, ((span, f"{words} the parameter {name!r}"),))
    return found


def trail_of(
    expression: Expression | None, path: Sequence[str | int], trails: Mapping[str, Trail]
) -> Trail:
    """The way of what stands at a path, if it is made of one parameter."""
    found = _trails(part(expression, path), trails) if expression is not None else []
    return found[0] if len(found) == 1 else ()


def traced(
    problem: Diagnostic, expression: Expression | None, trails: Mapping[str, Trail]
) -> Diagnostic:
    """The problem of a value, with the places where what it is made of was written. When that is
    one place, the mistake is there, however often the value is used."""
    found = _trails(expression, trails)
    if not found:
        return problem
    related = dict.fromkeys(step for trail in found for step in trail)
    cause = found[0][-1][0] if len(found) == 1 else None
    return replace(problem, related=(*problem.related, *related), cause=cause)


def traced_call(
    problem: Diagnostic, expression: Expression | None, trails: Mapping[str, Trail]
) -> Diagnostic:
    """The same for a function that can't work with its values, or with one of them."""
    found = list(calls(expression))
    call = next((one for one in found if one.name_span == problem.span), None) or next(
        (one for one in found if any(item.span == problem.span for item in one.args)), None
    )
    return traced(problem, call, trails)


def given_by(resource: ResourceDef, trails: Mapping[str, Trail]) -> dict[str, Trail]:
    """The ways to what a resource's properties give to the parameters of the stack inside it."""
    found: dict[str, Trail] = {}
    properties = resource.properties
    for name in _names(properties):
        assert properties is not None
        before = _trails(part(properties, (name,)), trails)
        # What is made of several values was written here, as far as one place can tell.
        found[name] = (
            (place(properties, (name,)), f"given to the parameter {name!r}"),
            *(before[0] if len(before) == 1 else ()),
        )
    return found


def at_its_giver(problem: Diagnostic, given: Mapping[str, Trail]) -> Diagnostic:
    """A value that does not fit a parameter of a stack inside is wrong where it is given."""
    name = str(problem.path[-1]) if problem.path else ""
    if problem.rule not in (WRONG_TYPE, BROKEN_CONSTRAINT) or not given.get(name):
        return problem
    (span, _), *rest = given[name]
    return replace(
        problem,
        span=span,
        related=(*problem.related, *rest),
        cause=rest[-1][0] if rest else None,
    )


def _trails(expression: Expression | None, trails: Mapping[str, Trail]) -> list[Trail]:
    """The ways to the parameters that an expression names, and into mappings, each once."""
    names = dict.fromkeys(filter(None, map(_trail_of, references(expression))))
    return [trails[name] for name in names if trails.get(name)]


def _trail_of(reference: Reference) -> str:
    """The name of a reference's trail, or ''. A key that is computed may lead anywhere in the
    mapping."""
    if reference.kind == "mapping":
        keys = tuple(str(step) for step in reference.path)
        return _in_mapping(reference.name, *(keys if len(keys) == 2 else ()))
    return reference.name if reference.kind == "parameter" else ""


def _in_mapping(*names: str) -> str:
    """No parameter has a name with a slash."""
    return "/".join(("", *names))


def _names(properties: Expression | None) -> Iterator[str]:
    entries = getattr(properties.node, "entries", ()) if properties is not None else ()
    return (key.text for key, _ in entries)

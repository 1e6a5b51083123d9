"""What a resource refers to, and whether what is asked for exists.

Names that functions work out count as far as they are known. Codes R12x.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.spelling import did_you_mean, listed
from calor.base.values import Value
from calor.model.resource_type import ResourceType
from calor.planning.composition import Composition, Part
from calor.template.check import CYCLE, UNKNOWN_RESOURCE, all_expressions, cycles
from calor.template.definitions import ResourceDef, Template
from calor.template.evaluation import Scope, worked_out
from calor.template.expressions import MapExpr, Reference, references

UNKNOWN_ATTRIBUTE = Rule(
    "R120",
    "unknown attribute",
    "The resource's type has no attribute of that name, nor has any member of a group."
    " `calor types NAME` lists a type's.",
)


_OUTPUT = "Outputs."


def refers_to(resource: ResourceDef, scope: Scope) -> dict[str, tuple[str, ...]]:
    """For each top-level property the resources that it names by get_resource."""
    if not isinstance(resource.properties, MapExpr):
        return {}
    found = {}
    for name, expression in resource.properties.entries:
        names = tuple(
            reference.name
            for reference in (*references(expression), *worked_out(expression, scope))
            if reference.kind == "resource"
        )
        if names:
            found[name] = names
    return found


def worked_out_needs(resource: ResourceDef, scope: Scope) -> list[str]:
    """The resources that it comes after because of names that functions work out."""
    return [
        reference.name
        for expression in resource.expressions()
        for reference in worked_out(expression, scope)
    ]


def check_circles(parts: Mapping[str, Part], diagnostics: Diagnostics) -> None:
    """Circles in what functions work out; those that are written out were told before."""
    if any(item.rule is CYCLE for item in diagnostics):
        return
    for circle in cycles({name: dict.fromkeys(part.needs) for name, part in parts.items()}):
        diagnostics.add(
            CYCLE,
            f"resources depend on one another in a circle: {' -> '.join(circle)}",
            parts[circle[0]].definition.span,
            path=("resources", circle[0]),
            hint="remove one of these dependencies",
        )


def check_references(
    template: Template,
    types: Mapping[str, ResourceType],
    children: Mapping[str, Composition],
    scope: Scope,
    diagnostics: Diagnostics,
) -> None:
    """One diagnostic for each get_attr of an attribute that nothing has, and for each name that
    a function works out and no resource has."""
    for path, expression in all_expressions(template):
        for reference in references(expression):
            if reference.kind == "attribute" and reference.name in types:
                _check(reference, types, children, diagnostics)
        for reference in worked_out(expression, scope):
            if reference.name not in template.resources:
                diagnostics.add(
                    UNKNOWN_RESOURCE,
                    f"there is no resource {reference.name!r}",
                    reference.span,
                    path=path,
                    hint=did_you_mean(reference.name, template.resources),
                )
            elif reference.kind == "attribute" and reference.name in types:
                _check(reference, types, children, diagnostics)


def _check(
    reference: Reference,
    types: Mapping[str, ResourceType],
    children: Mapping[str, Composition],
    diagnostics: Diagnostics,
) -> None:
    type, child = types[reference.name], children.get(reference.name)
    problem = _problem(type, child, reference.path)
    if problem is not None:
        diagnostics.add(UNKNOWN_ATTRIBUTE, problem[0], reference.span, hint=problem[1])


def _problem(
    type: ResourceType, child: Composition | None, path: Sequence[Value]
) -> tuple[str, str] | None:
    """What is wrong with an attribute at a path, and a hint; looks into the stack inside, also for
    an output (`Outputs.NAME`), where its template is known."""
    if not path or not isinstance(path[0], str):
        return None
    if not type.has_attribute(path[0]):
        return no_attribute(type, path[0])
    asked = type.asks_inside(path)
    if asked is None and path[0].startswith(_OUTPUT) and path[0] not in type.attributes:
        return _no_output(path[0].removeprefix(_OUTPUT), child)
    if asked is None or child is None:
        return None
    member, rest = asked
    names = child.parts if member is None else [member] if member in child.parts else []
    found = [_problem(child.parts[name].type, child.children.get(name), rest) for name in names]
    # What some members have may be asked of all of them.
    return found[0] if found and None not in found else None


def _no_output(name: str, child: Composition | None) -> tuple[str, str] | None:
    if child is None or child.template is None or name in child.template.outputs:
        return None
    return f"the stack inside has no output {name!r}", did_you_mean(name, child.template.outputs)


def no_attribute(type: ResourceType, attribute: str) -> tuple[str, str]:
    """What to say of an attribute that the type does not have, and a hint."""
    hint = did_you_mean(attribute, type.attributes)
    if not hint and "::" in type.name:
        hint = f"`calor types {type.name}` lists them"
    elif not hint:
        hint = listed(type.attributes) if type.attributes else "its outputs are its attributes"
    return f"{type.name} has no attribute {attribute!r}", hint

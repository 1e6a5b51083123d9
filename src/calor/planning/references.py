"""What a resource refers to, and whether the attributes that are asked for exist.

Codes R12x.
"""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.spelling import did_you_mean
from calor.model.resource_type import ResourceType
from calor.template.definitions import ResourceDef, Template
from calor.template.expressions import Expression, MapExpr, references

UNKNOWN_ATTRIBUTE = Rule(
    "R120",
    "unknown attribute",
    "The resource's type has no attribute of that name. `calor types NAME` lists a type's.",
)


_OUTPUT = "Outputs."


def refers_to(resource: ResourceDef) -> dict[str, tuple[str, ...]]:
    """For each top-level property the resources that it names by get_resource."""
    if not isinstance(resource.properties, MapExpr):
        return {}
    found = {}
    for name, expression in resource.properties.entries:
        names = tuple(
            reference.name for reference in references(expression) if reference.kind == "resource"
        )
        if names:
            found[name] = names
    return found


def check_attributes(
    template: Template,
    types: Mapping[str, ResourceType],
    inside: Mapping[str, Template],
    diagnostics: Diagnostics,
) -> None:
    """One diagnostic for each get_attr of an attribute that the type does not have, or of an
    output (`Outputs.NAME`) that the stack inside does not have, where its template is known."""
    expressions: list[Expression | None] = []
    for resource in template.resources.values():
        expressions += [resource.properties, resource.metadata]
    expressions += [output.value for output in template.outputs.values()]
    for expression in expressions:
        if expression is None:
            continue
        for reference in references(expression):
            if reference.kind == "attribute" and reference.path and reference.name in types:
                problem = _problem(
                    reference.path[0], types[reference.name], inside.get(reference.name)
                )
                if problem is not None:
                    diagnostics.add(UNKNOWN_ATTRIBUTE, problem[0], reference.span, hint=problem[1])


def _problem(
    attribute: str | int, type: ResourceType, inside: Template | None
) -> tuple[str, str] | None:
    """What is wrong with an attribute, and a hint."""
    if not isinstance(attribute, str):
        return None
    if not type.has_attribute(attribute):
        return no_attribute(type, attribute)
    output = attribute.removeprefix(_OUTPUT)
    if inside is None or output == attribute or attribute in type.attributes:
        return None
    if output in inside.outputs:
        return None
    return f"the stack inside has no output {output!r}", did_you_mean(output, inside.outputs)


def no_attribute(type: ResourceType, attribute: str) -> tuple[str, str]:
    """What to say of an attribute that the type does not have, and a hint."""
    hint = did_you_mean(attribute, type.attributes) or f"`calor types {type.name}` lists them"
    return f"{type.name} has no attribute {attribute!r}", hint

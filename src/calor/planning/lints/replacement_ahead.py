"""A property that can't change in place, fed by a value that changes by itself."""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.diagnostics import Diagnostic, Rule, Severity
from calor.base.source import MappingNode
from calor.planning.composition import Part
from calor.planning.lints.seen import Seen
from calor.template.expressions import MapExpr, Reference, references

REPLACEMENT_AHEAD = Rule(
    "L108",
    "a replacement is waiting to happen",
    "The property can't change in place, and its value is an attribute that may change while the"
    " other resource stays: the next update of the stack then deletes this resource and makes it"
    " anew. Refer to something that stays, as the other resource's id or the parameter from which"
    " both have the value.",
    Severity.WARNING,
)


def check(seen: Seen) -> Iterator[Diagnostic]:
    for name, part in seen.parts.items():
        properties = part.definition.properties
        for key, value in properties.entries if isinstance(properties, MapExpr) else ():
            volatile = [item for item in references(value) if _changes(seen, item)]
            if not volatile or not _forces(part, key):
                continue
            for item in volatile:
                attribute = f"{item.path[0]!r} of" if item.path else "the attributes of"
                yield Diagnostic(
                    REPLACEMENT_AHEAD,
                    f"when {attribute} {item.name!r} changes, {name!r} is replaced, because"
                    f" {key!r} can't change in place",
                    item.span,
                    ("resources", name, "properties", key),
                    "refer to something that does not change",
                )


def _forces(part: Part, name: str) -> bool:
    """Whether a change of the property alone replaces the resource, with all else as it is."""
    spec = part.type.schema.properties.get(name)
    if spec is None or spec.immutable:
        return False
    name = spec.replaced_by or name
    return name in part.type.forces_replacement(part.properties, part.properties, [name])


def _changes(seen: Seen, reference: Reference) -> bool:
    """Whether a reference gives something that may be different in the next update."""
    part = seen.parts.get(reference.name)
    if reference.kind != "attribute" or part is None:
        return False
    return _is_volatile(part, str(reference.path[0]) if reference.path else "show")


def _is_volatile(part: Part, name: str) -> bool:
    """Whether the attribute is read afresh each time, or shows what a property says that is given
    and can change in place."""
    type = part.type
    spec = type.attributes.get(name)
    if spec is None:
        # All that the cloud shows of the thing, and with it when it was last touched.
        return name == "show" and bool(type.attributes)
    given = part.definition.properties
    node = given.node if given is not None else None
    written = [key.text for key, _ in node.entries] if isinstance(node, MappingNode) else []
    return spec.live or any(
        other.update and key in written and name in (type.affected([key]) or ())
        for key, other in type.schema.properties.items()
    )

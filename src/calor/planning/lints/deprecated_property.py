"""A property or an attribute that will not be there for ever, or has another name now."""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.diagnostics import Diagnostic, Rule, Severity
from calor.planning.lints.deprecated_type import OLD
from calor.planning.lints.seen import Seen, written

DEPRECATED_PROPERTY = Rule(
    "L104",
    "deprecated property or attribute",
    "The property or attribute still works, and is not to be used in new templates: most often"
    " another one has taken its place. `calor types NAME` lists those of a type.",
    Severity.WARNING,
)


def check(seen: Seen) -> Iterator[Diagnostic]:
    for name, part in seen.parts.items():
        properties = part.definition.properties
        if properties is None:
            continue
        for key, spec in written(properties.node, part.type.schema.properties):
            if spec.support.status in OLD:
                instead = f"use {spec.replaced_by!r}" if spec.replaced_by else ""
                yield Diagnostic(
                    DEPRECATED_PROPERTY,
                    f"the property {spec.name!r} of {part.type.name} is deprecated",
                    key.span,
                    ("resources", name, "properties", spec.name),
                    spec.support.message or instead,
                )
    yield from _attributes(seen)


def _attributes(seen: Seen) -> Iterator[Diagnostic]:
    for reference in seen.references():
        part = seen.parts.get(reference.name)
        if reference.kind != "attribute" or part is None or not reference.path:
            continue
        spec = part.type.attributes.get(str(reference.path[0]))
        if spec is not None and spec.support.status in OLD:
            yield Diagnostic(
                DEPRECATED_PROPERTY,
                f"the attribute {spec.name!r} of {part.type.name} is deprecated",
                reference.span,
                hint=spec.support.message or "",
            )

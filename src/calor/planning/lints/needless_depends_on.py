"""A `depends_on` that says again what a reference says."""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.diagnostics import Diagnostic, Rule, Severity
from calor.planning.lints.seen import Seen
from calor.template.expressions import references

NEEDLESS_DEPENDS_ON = Rule(
    "L106",
    "depends_on says nothing new",
    "The resource refers to the other one by get_resource or get_attr, and so comes after it"
    " anyway. Written down again, the dependency stays behind when the reference goes.",
    Severity.WARNING,
)


def check(seen: Seen) -> Iterator[Diagnostic]:
    for name, resource in seen.template.resources.items():
        implied = {
            reference.name: reference.span
            for expression in resource.expressions()
            for reference in references(expression)
            if reference.kind in ("resource", "attribute")
        }
        for other, span in zip(resource.depends_on, resource.depends_on_spans, strict=True):
            if other in implied:
                yield Diagnostic(
                    NEEDLESS_DEPENDS_ON,
                    f"{name!r} comes after {other!r} anyway, because it refers to it",
                    span,
                    ("resources", name, "depends_on"),
                    "remove it",
                    ((implied[other], "the reference"),),
                )

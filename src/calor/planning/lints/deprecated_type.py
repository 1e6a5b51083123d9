"""A type that will not be there for ever."""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.diagnostics import Diagnostic, Rule, Severity
from calor.planning.equivalents import equivalent
from calor.planning.lints.seen import Seen

DEPRECATED_TYPE = Rule(
    "L103",
    "deprecated type",
    "The resource's type still works, and is not to be used in new templates: a later release may"
    " do without it. `calor types NAME` tells more of a type.",
    Severity.WARNING,
)
OLD = ("DEPRECATED", "HIDDEN")


def check(seen: Seen) -> Iterator[Diagnostic]:
    for name, part in seen.parts.items():
        support = part.type.support_status
        if support.get("status") not in OLD:
            continue
        nearest = equivalent(part.type.name)
        yield Diagnostic(
            DEPRECATED_TYPE,
            f"the type {part.type.name} is deprecated",
            part.definition.type_span,
            ("resources", name, "type"),
            support.get("message") or (f"use {nearest}" if nearest else ""),
        )

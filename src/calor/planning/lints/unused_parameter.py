"""A parameter that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.diagnostics import Diagnostic, Rule, Severity
from calor.planning.lints.seen import Seen

UNUSED_PARAMETER = Rule(
    "L101",
    "parameter is not used",
    "Nothing in the template refers to the parameter. Remove it, or use it; where a template has to"
    " take it, because all of its kind do, the warning can be left alone.",
    Severity.WARNING,
)


def check(seen: Seen) -> Iterator[Diagnostic]:
    return seen.unused(UNUSED_PARAMETER, "parameter", seen.template.parameters)

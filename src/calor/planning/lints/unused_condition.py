"""A condition that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.diagnostics import Diagnostic, Rule, Severity
from calor.planning.lints.seen import Seen

UNUSED_CONDITION = Rule(
    "L102",
    "condition is not used",
    "No resource, no output, no `if` and no other condition names the condition. Remove it, or use"
    " it.",
    Severity.WARNING,
)


def check(seen: Seen) -> Iterator[Diagnostic]:
    return seen.unused(UNUSED_CONDITION, "condition", seen.template.conditions)

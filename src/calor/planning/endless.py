"""Templates that nest themselves: found where stacks nest too deep, and told once for all of them.

Nesting may be ended by a condition, so only what went too deep is judged.
"""

from __future__ import annotations

from dataclasses import replace

from calor.base.diagnostics import Diagnostic, Rule
from calor.base.source import Span

TOO_DEEP = Rule(
    "R110",
    "stacks nest too deep",
    "A nested template leads to itself, or stacks nest deeper than max_nested_stack_depth allows.",
)
_MESSAGE = "a template nests itself, and never ends"
_HINT = "end it with a condition, or leave one of these out"


def used_at(problem: Diagnostic, span: Span) -> Diagnostic:
    """A problem inside, with the place that leads there. Of stacks that nest too deep, a place that
    comes again closes a circle: it is told at the first of its places, whichever led into it."""
    known = [problem.span, *(one for one, _ in problem.related)]
    again = problem.rule is TOO_DEEP and any(one is not None and _same(one, span) for one in known)
    if not again:
        if problem.message == _MESSAGE:
            return problem
        return replace(problem, related=(*problem.related, (span, "used here")))
    if problem.message == _MESSAGE:
        return problem
    first, *others = sorted((one for one in known if one is not None), key=_order)
    return replace(
        problem,
        span=first,
        message=_MESSAGE,
        hint=_HINT,
        related=tuple((one, "nested here") for one in others),
    )


def _same(one: Span, other: Span) -> bool:
    return (one.source.name, one.start) == (other.source.name, other.start)


def _order(span: Span) -> tuple[bool, str, int]:
    """What somebody wrote comes before what a type made."""
    return span.source.name.startswith("OS::"), span.source.name, span.start

"""Templates that nest themselves: found where stacks nest too deep, and told once for all of them.

Nesting may be ended by a condition, so only what went too deep is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from calor.base.diagnostics import Diagnostic, Rule
from calor.base.source import Span

TOO_DEEP = Rule(
    "R110",
    "stacks nest too deep",
    "A nested template leads to itself, or stacks nest deeper than max_nested_stack_depth allows.",
)
_Key = tuple[str, int]
_MESSAGE = "a template nests itself, and never ends"
_HINT = "end it with a condition, or leave one of these out"


def used_at(problem: Diagnostic, span: Span) -> Diagnostic:
    """A problem inside, with the place that leads there. Of stacks that nest too deep, a place that
    comes again closes a circle: it is told at the first of its places, whichever led into it."""
    if problem.message == _MESSAGE:
        return problem
    if problem.rule is TOO_DEEP and _key(span) in (known := _places(problem)):
        return _endless(problem, known)
    return replace(problem, related=(*problem.related, (span, "used here")))


def each_once(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Circles through one template are one knot, told once, and so is what went too deep in it
    before a circle was closed."""
    found: list[Diagnostic] = []
    deep: list[Diagnostic] = []
    for item in diagnostics:
        (deep if item.rule is TOO_DEEP else found).append(item)
    if len(deep) < 2:
        return [*found, *deep]
    while circle := next((item for item in deep if item.message == _MESSAGE), None):
        deep.remove(circle)
        places = _places(circle)
        while touching := [item for item in deep if _touches(item, places)]:
            for item in touching:
                deep.remove(item)
                if item.message == _MESSAGE:
                    places = _by_key([*places.values(), *_places(item).values()])
        found.append(_endless(circle, places))
    return [*found, *deep]


def _touches(problem: Diagnostic, places: Mapping[_Key, Span]) -> bool:
    templates = [text for text, _ in places]
    return any(text in templates for text, _ in _places(problem))


def _endless(problem: Diagnostic, places: Mapping[_Key, Span]) -> Diagnostic:
    first, *others = sorted(places.values(), key=_order)
    told = {(one.source.name, one.start): one for one in others}
    told.pop((first.source.name, first.start), None)
    return replace(
        problem,
        span=first,
        message=_MESSAGE,
        hint=_HINT,
        related=tuple((one, "nested here") for one in told.values()),
    )


def _places(problem: Diagnostic) -> dict[_Key, Span]:
    spans = (problem.span, *(one for one, _ in problem.related))
    return _by_key([span for span in spans if span is not None])


def _by_key(spans: Iterable[Span]) -> dict[_Key, Span]:
    """Each place once, under the best of its names."""
    found: dict[_Key, Span] = {}
    for span in sorted(spans, key=_order):
        found.setdefault(_key(span), span)
    return found


def _key(span: Span) -> _Key:
    """One template may be known by several names: by that of its file, and of the type that has
    its text."""
    return span.source.text, span.start


def _order(span: Span) -> tuple[bool, str, int]:
    """What somebody wrote comes before what a type made."""
    return span.source.name.startswith("OS::"), span.source.name, span.start

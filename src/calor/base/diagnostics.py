"""Problems told to people: each with a stable code, a place and, where there is one, a cure.

Diagnostics are data and are collected; exceptions (`errors`) are for callers.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from calor.base.source import Span


class Severity(enum.Enum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a diagnostic code stands for. `explanation` is what `calor explain CODE` prints."""

    code: str
    title: str
    explanation: str = ""
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem. `path` leads to it in the data, as ('resources', 'web', 'properties').

    `span` is where it shows. `cause` is the place of the mistake where that is another one, as that
    of a parameter's default whose value does not fit a property; it is among `related` too.
    """

    rule: Rule
    message: str
    span: Span | None = None
    path: tuple[str | int, ...] = ()
    hint: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    cause: Span | None = None

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def severity(self) -> Severity:
        return self.rule.severity


class Diagnostics:
    """A collector: what a reader or checker found so far, in the order of the text."""

    __slots__ = ("_items", "error_count")

    def __init__(self, items: Iterable[Diagnostic] = ()) -> None:
        self._items: list[Diagnostic] = list(items)
        self.error_count = _errors_in(self._items)

    def add(
        self,
        rule: Rule,
        message: str,
        span: Span | None = None,
        *,
        path: tuple[str | int, ...] = (),
        hint: str = "",
        related: tuple[tuple[Span, str], ...] = (),
    ) -> None:
        self._items.append(Diagnostic(rule, message, span, path, hint, related))
        self.error_count += rule.severity is Severity.ERROR

    def extend(self, items: Iterable[Diagnostic]) -> None:
        before = len(self._items)
        self._items.extend(items)
        self.error_count += _errors_in(self._items[before:])

    @property
    def errors(self) -> list[Diagnostic]:
        return [item for item in self.sorted() if item.severity is Severity.ERROR]

    def sorted(self) -> list[Diagnostic]:
        """By file and place; those without a place first."""
        return sorted(self._items, key=_place)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.sorted())

    def __len__(self) -> int:
        return len(self._items)

    def __bool__(self) -> bool:
        return bool(self._items)


def _errors_in(items: list[Diagnostic]) -> int:
    return sum(item.severity is Severity.ERROR for item in items)


def merged(items: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each problem but once, in order. The same said of the same place is one problem, and so is
    the same that one mistake causes in several; what is related to it comes together."""
    found: dict[tuple[str, str, str, int], Diagnostic] = {}
    for item in items:
        place = _at(item.cause) if item.cause is not None else _place(item)
        key = (item.code, item.message, *place)
        before = found.get(key)
        found[key] = item if before is None else _together(before, item)
    return list(found.values())


def _together(first: Diagnostic, second: Diagnostic) -> Diagnostic:
    """The first one, with all that is related to either."""
    related = second.related
    if second.span is not None and _place(first) != _place(second):
        related = ((second.span, "here too"), *related)
    told = {(*_at(span), words) for span, words in first.related}
    more = tuple(one for one in related if (*_at(one[0]), one[1]) not in told)
    return replace(first, related=(*first.related, *more)) if more else first


def _at(span: Span) -> tuple[str, int]:
    return span.source.name, span.start


def _place(item: Diagnostic) -> tuple[str, int]:
    return _at(item.span) if item.span else ("", -1)


def render(item: Diagnostic) -> str:
    """The diagnostic as people read it: place, code, message, source line with a caret, hint."""
    lines = []
    where = f"{item.span}: " if item.span else ""
    lines.append(f"{where}{item.severity.value} {item.code}: {item.message}")
    if item.span is not None:
        lines.extend(_excerpt(item.span))
    if item.hint:
        lines.append(f"  hint: {item.hint}")
    lines.extend(f"  {span}: {text}" for span, text in item.related)
    return "\n".join(lines)


def _excerpt(span: Span) -> list[str]:
    line, column = span.line, span.column
    text = span.source.line(line).replace("\t", " ")
    end_line, end_column = span.end_position
    width = end_column - column if end_line == line else len(text) - column + 1
    number = str(line)
    shown = text if len(text) <= 160 else text[:157] + "..."
    caret = "^" * max(1, min(width, len(shown) - column + 1))
    if column > len(shown) + 1:
        return [f"  {number} | {shown}"]
    return [f"  {number} | {shown}", f"  {' ' * len(number)} | {' ' * (column - 1)}{caret}"]

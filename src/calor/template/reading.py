"""What the readers of YAML and JSON share: limits, the result, and the rules both can break.

It reads nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.source import Node, ScalarNode, Source, Span
from calor.template.query_limits import QueryLimits

TOO_LARGE = Rule(
    "H101",
    "file too large",
    "The text is longer than the limit that is set for it. The limit keeps one request from taking "
    "the service's memory. Split the template into nested ones, or raise the limit.",
)
NOT_TEXT = Rule(
    "H102",
    "not a text",
    "Templates and environments are text in UTF-8, or in UTF-16 with a byte order mark. Somewhere "
    "the file has bytes that are no text, or characters that YAML forbids, such as control "
    "characters.",
)
SYNTAX = Rule(
    "H103",
    "not well-formed",
    "The text is neither well-formed YAML nor JSON. The place is where the reader could not go on; "
    "the mistake is often shortly before it: a missing colon, bracket or quote, or a wrong "
    "indentation.",
)
TOO_DEEP = Rule(
    "H105",
    "nested too deeply",
    "Lists and maps inside one another may go 100 levels deep. Aliases count as what they stand "
    "for.",
)
TOO_MANY = Rule(
    "H106",
    "too many values",
    "The file, with every alias put in, holds more values than the limit allows. Aliases of "
    "aliases can make a small file stand for billions of values.",
)
DUPLICATE_KEY = Rule(
    "H107",
    "key written twice",
    "A map has the same key twice. YAML readers would silently keep one of the two. Remove or "
    "rename one; both places are shown.",
)
BAD_NUMBER = Rule(
    "H111",
    "value does not fit",
    "A number has far too many digits, or a value does not fit the tag written before it, as in "
    "`!!int abc`.",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be read, and computed by queries. `max_bytes` None means any size; nodes count
    with aliases put in."""

    max_bytes: int | None = 16 * 1024 * 1024
    max_depth: int = 100
    max_nodes: int = 1_000_000
    queries: QueryLimits = field(default_factory=QueryLimits)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says. `node` is None when it says nothing or can't be read.

    `tagged` are the nodes with a tag that YAML itself does not define, as `!Ref`.
    """

    node: Node | None
    source: Source
    tagged: tuple[Node, ...]
    diagnostics: Diagnostics


@dataclass(slots=True)
class ReadFailure(Exception):
    """Reading can't go on; ends in one diagnostic."""

    rule: Rule
    message: str
    span: Span
    hint: str = ""
    related: tuple[tuple[Span, str], ...] = field(default_factory=tuple)

    def report(self, diagnostics: Diagnostics) -> None:
        diagnostics.add(self.rule, self.message, self.span, hint=self.hint, related=self.related)


def too_deep(source: Source, offset: int, limits: Limits) -> ReadFailure:
    return ReadFailure(
        TOO_DEEP,
        f"values are nested more than {limits.max_depth} levels deep here",
        Span(source, offset, offset + 1),
        "flatten the structure, or move parts into nested templates",
    )


def too_many(source: Source, offset: int, limits: Limits) -> ReadFailure:
    return ReadFailure(
        TOO_MANY,
        f"with this the file holds more than {limits.max_nodes} values, aliases put in",
        Span(source, offset, offset + 1),
        "split the file, or use fewer aliases",
    )


def report_duplicate(diagnostics: Diagnostics, key: ScalarNode, first: ScalarNode) -> None:
    diagnostics.add(
        DUPLICATE_KEY,
        f"the key {shorten(key.text)!r} is written twice in this map, first in line "
        f"{first.span.line}",
        key.span,
        hint="remove or rename one of the two",
        related=((first.span, "first written here"),),
    )


def first_of(entries: list[tuple[ScalarNode, Node]], key: str) -> ScalarNode:
    """The first key with this text."""
    return next(node for node, _ in entries if node.text == key)


def shorten(text: str, limit: int = 60) -> str:
    """The text as it may stand in a message."""
    return text if len(text) <= limit else text[: limit - 3] + "..."

"""A YAML text as it is written: every value with its place, its tag and anchor, and its own words.

Unlike the nodes of `reader` it knows aliases, and what stands between the values. It gives no
value a meaning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs lack the C parser
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

_PROPERTIES = re.compile(r"(?:(?:&[^\s,\[\]{}]+|!<[^>]*>|![^\s\[\]{}]*)(?:[ \t]+|(?=\n)|$|\n\s*))*")
HEADER = re.compile(r"[|>][-+0-9]{0,2}")


class CantLayOut(Exception):
    """The text says something in a way that only its author can lay out; it stays as it is."""


@dataclass(slots=True)
class Leaf:
    """A scalar or an alias. `properties` are its tag and anchor; `raw` is all else, as written."""

    start: int
    end: int
    properties: str
    raw: str
    value: str = ""

    @property
    def is_block(self) -> bool:
        return self.raw[:1] in ("|", ">")

    @property
    def is_one_line(self) -> bool:
        return "\n" not in self.raw


@dataclass(slots=True)
class Entry:
    """A pair of a map, or an item of a list, which has no key. `start` is where it begins: at its
    key or its dash."""

    start: int
    key: Leaf | None
    value: Item


@dataclass(slots=True)
class Collection:
    """A map or a list; `end` is that of the last thing in it, or the closing bracket's."""

    start: int
    end: int
    properties: str
    is_map: bool
    flow: bool
    entries: list[Entry] = field(default_factory=list)


Item: TypeAlias = Leaf | Collection


@dataclass(slots=True)
class Tree:
    """`comments` are offset and text, in order; `mark` is where `---` stands, -1 for nowhere."""

    text: str
    root: Collection
    comments: list[tuple[int, str]]
    mark: int


def parse(text: str) -> Tree:
    """The tree of a text that `reader` can read. Raises CantLayOut, YAMLError for other texts."""
    builder = _Builder(text)
    root = builder.build()
    if not isinstance(root, Collection):
        raise CantLayOut("the text is no map and no list")
    between, comments = _between(text, builder.opaque)
    mark = _mark(between)
    _find_starts(root, between)
    return Tree(text, root, sorted([*comments, *builder.comments]), mark)


class _Builder:
    """Events to a tree. `opaque` are the places of words, in order; `comments` are those that stand
    after the header of a block."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.opaque: list[tuple[int, int]] = []
        self.comments: list[tuple[int, str]] = []

    def build(self) -> Item | None:
        open_: list[tuple[Collection, list[Item]]] = []
        root: Item | None = None
        next_event = CParser(self.text).get_event
        while True:
            event: Any = next_event()
            kind = event.__class__
            item: Item
            if kind is StreamEndEvent:
                return root
            if kind in (MappingStartEvent, SequenceStartEvent):
                is_map = kind is MappingStartEvent
                start, properties = self._properties(event)
                flow = event.flow_style == 1
                open_.append((Collection(start, start, properties, is_map, flow), []))
                continue
            if kind in (MappingEndEvent, SequenceEndEvent):
                item, items = open_.pop()
                self._close(item, items, event.end_mark.index)
            elif kind is ScalarEvent:
                item = self._scalar(event)
            elif kind is AliasEvent:
                start, end = event.start_mark.index, event.end_mark.index
                item = Leaf(start, end, "", self.text[start:end])
                self.opaque.append((start, end))
            else:
                continue
            if open_:
                open_[-1][1].append(item)
            else:
                root = item

    def _close(self, made: Collection, items: list[Item], end: int) -> None:
        if not made.is_map:
            made.entries = [Entry(item.start, None, item) for item in items]
        else:
            for key, value in zip(items[::2], items[1::2], strict=True):
                if not isinstance(key, Leaf) or key.is_block or not key.is_one_line:
                    raise CantLayOut("a key is not written in one line")
                made.entries.append(Entry(key.start, key, value))
        made.end = end if made.flow else items[-1].end if items else made.end

    def _properties(self, event: Any) -> tuple[int, str]:
        start: int = event.start_mark.index
        if event.anchor is None and event.tag is None:
            return start, ""
        match = _PROPERTIES.match(self.text, start)
        written = match.group() if match else ""
        self.opaque.append((start, start + len(written.rstrip())))
        return start, " ".join(written.split())

    def _scalar(self, event: Any) -> Leaf:
        start, end = event.start_mark.index, event.end_mark.index
        begin = start
        properties = ""
        if event.anchor is not None or event.tag is not None:
            match = _PROPERTIES.match(self.text, start)
            written = match.group() if match else ""
            properties = " ".join(written.split())
            begin = min(start + len(written), end)
        raw = ""
        if event.style in ("|", ">"):
            end = self._end_of_block(begin, event.value)
            raw = _with_its_end(self.text[begin:end], event.value)
        elif begin == end:
            end = start + len(self.text[start:end].rstrip())
        leaf = Leaf(start, end, properties, raw or self.text[begin:end], event.value)
        if end > start:
            self.opaque.append((start, end))
        return leaf

    def _end_of_block(self, begin: int, value: str) -> int:
        """Where the last line of a block ends, blank lines after it counted in; notes the comment
        that stands after its header."""
        text = self.text
        header = HEADER.match(text, begin)
        line_end = _line_end(text, begin)
        hash_ = text.find("#", header.end() if header else begin, line_end)
        if hash_ >= 0:
            self.comments.append((hash_, text[hash_:line_end].rstrip()))
        words = header.group() if header else ""
        least, kept = 0, line_end
        while kept + 1 < len(text):
            end = _line_end(text, kept + 1)
            line = text[kept + 1 : end]
            if line.strip(" "):
                least = least or max(block_indent([line], words, value), 1)
                if indent_of(line) < least or not value.strip():
                    break
            kept = end
        return kept


def block_indent(lines: Sequence[str], header: str, value: str) -> int:
    """How far the lines of a block are indented that follow its header. Where the header says it,
    it is said relative to something that the lines don't show; its value tells then."""
    first = next((indent_of(line) for line in lines if line.strip(" ")), 0)
    if any(letter.isdigit() for letter in header):
        first -= next((indent_of(line) for line in value.split("\n") if line.strip(" ")), 0)
    return first


def _with_its_end(raw: str, value: str) -> str:
    """The words of a block that say by themselves that no line break ends its value: at the end of
    a text it may be left out."""
    header = HEADER.match(raw)
    if header is None or not value or value.endswith("\n") or "-" in header.group():
        return raw
    return f"{header.group().replace('+', '')}-{raw[header.end() :]}"


def _between(text: str, opaque: list[tuple[int, int]]) -> tuple[str, list[tuple[int, str]]]:
    """The text with spaces in place of words and comments, so that only signs and line breaks are
    left; and the comments."""
    pieces: list[str] = []
    comments: list[tuple[int, str]] = []
    at = 0
    for start, end in [*sorted(opaque), (len(text), len(text))]:
        gap = text[at:start]
        for match in _COMMENT.finditer(gap):
            comments.append((at + match.start(1), match.group(1).rstrip()))
        pieces.append(_COMMENT.sub(lambda found: " " * len(found.group()), gap))
        pieces.append(" " * (end - start))
        at = max(at, end)
    return "".join(pieces), comments


# A hash in a gap begins a comment where white space or the start of a line is before it.
_COMMENT = re.compile(r"(?:(?<=\s)|^)(#[^\n]*)")


def _mark(between: str) -> int:
    """Where the document's start is marked, or -1. Raises CantLayOut for other marks."""
    if re.search(r"^(%|\.\.\.)", between, re.MULTILINE):
        raise CantLayOut("the text has YAML directives or the mark of a document's end")
    if re.search(r"(^|[\s,{\[-])\?(\s|$)", between):
        raise CantLayOut("a key is marked with a question mark")
    match = re.match(r"\s*(---)(\s|$)", between)
    return match.start(1) if match else -1


def _find_starts(root: Collection, between: str) -> None:
    """Items of block lists begin at their dashes."""
    left = [root]
    while left:
        made = left.pop()
        before = made.start
        for entry in made.entries:
            if not made.is_map and not made.flow:
                entry.start = between.rfind("-", before, max(entry.value.start, before + 1))
                if entry.start < 0:
                    raise CantLayOut("an item has no dash")
            before = entry.value.end
            if isinstance(entry.value, Collection):
                left.append(entry.value)


def indent_of(line: str) -> int:
    """How many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end

"""A text's sections and the names in them, found without reading the rest.

What stands below a name is read when somebody asks, so that a long text costs little on every key
press. A map in braces is taken apart in the same way where each of its keys has a line of its own;
only others are read whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from calor.base.source import MappingNode, Node, ScalarNode, Source
from calor.lsp.flow import pairs
from calor.lsp.tolerant import blocks, tolerant

_SECTION = re.compile(r"^[^\s#%\-].*$", re.MULTILINE)
_CONTENT = re.compile(r"^([ \t]+)([^\s#])", re.MULTILINE)
_BRACE = re.compile(r"[\s\ufeff]*\{[ \t]*\r?$", re.MULTILINE)


@dataclass(slots=True)
class _Entry:
    """A key of the text, in what stands from `start` to `end`. `node` is that, once it is read:
    a map with this key, and with those that share its lines."""

    key: ScalarNode
    start: int
    end: int
    node: MappingNode | None = None


@dataclass(slots=True)
class _Section(_Entry):
    """`opening` is where its map begins."""

    entries: list[_Entry] = field(default_factory=list)
    opening: int = 0


class Sketch:
    """One version of one text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.in_braces = source.text.lstrip(" \t\r\n\ufeff")[:1] == "{"
        self._sections: dict[str, _Section] = {}
        self._whole: Node | None = None
        self._find_sections()

    @property
    def whole(self) -> Node:
        """Everything, read."""
        if self._whole is None:
            self._whole = tolerant(self.source)
        return self._whole

    def words(self) -> list[ScalarNode]:
        """The keys at the top, in the order written."""
        if self._sections or not self.in_braces:
            return [section.key for section in self._sections.values()]
        whole = self.whole
        return [key for key, _ in whole.entries] if isinstance(whole, MappingNode) else []

    def names(self, word: str) -> list[ScalarNode]:
        """The keys in a section."""
        if self._sections.get(word, _NONE).entries:
            return [entry.key for entry in self._sections[word].entries]
        node = self.section(word)
        return [key for key, _ in node.entries] if isinstance(node, MappingNode) else []

    def section(self, word: str) -> Node | None:
        """All that a section says."""
        if self.in_braces and not self._sections:
            return self.whole.get(word) if isinstance(self.whole, MappingNode) else None
        section = self._sections.get(word)
        return None if section is None else self._value(section)

    def entry(self, word: str, name: str) -> Node | None:
        """What a name in a section stands for."""
        for entry in self._sections.get(word, _NONE).entries:
            if entry.key.text == name:
                return self._value(entry)
        node = self.section(word)
        return node.get(name) if isinstance(node, MappingNode) else None

    def around(self, offset: int) -> Node:
        """The document with what is read around an offset; what stands elsewhere may be left
        empty."""
        if not self._sections:
            return self.whole
        entries: list[tuple[ScalarNode, Node]] = []
        for section in self._sections.values():
            inside = section.start <= offset < section.end or (
                offset == section.end == len(self.source.text)
            )
            entries += self._section_around(section, offset) if inside else [self._empty(section)]
        start = self.source.text.find("{") if self.in_braces else entries[0][0].start
        return MappingNode(self.source, start, len(self.source.text), entries, flow=self.in_braces)

    # --- finding --------------------------------------------------------------------------------

    def _find_sections(self) -> None:
        text = self.source.text
        for start, end in pairwise([*self._starts(), len(text)]):
            line = _line_end(text, start)
            for key, value in self._read(start, line).entries:
                section = _Section(key, start, end)
                if self._goes_on(value, line):
                    section.opening = value.start
                    self._find_entries(section)
                self._sections.setdefault(key.text, section)

    def _starts(self) -> list[int]:
        """Where the lines of the sections begin."""
        text = self.source.text
        if not self.in_braces:
            lines = _SECTION.finditer(text)
            return [one.start() for one in lines if not one[0].startswith(("---", "..."))]
        brace = _BRACE.match(text)
        return [] if brace is None else self._keys(brace.end(), len(text))

    def _goes_on(self, value: Node, line: int) -> bool:
        """Whether a value is a map that stands in the lines after its own, which ends at `line`."""
        if not self.in_braces:
            return value.end == value.start
        return self.source.text[value.start : line].rstrip() == "{"

    def _find_entries(self, section: _Section) -> None:
        text = self.source.text
        starts = self._keys(_line_end(text, section.start), section.end)
        if starts and _indent_at(text, starts[0]) <= _indent_at(text, section.start):
            return
        for start, end in pairwise([*starts, section.end]):
            for key, _ in self._read(start, _line_end(text, start)).entries:
                section.entries.append(_Entry(key, start, end))

    def _keys(self, start: int, end: int) -> list[int]:
        """Where the lines begin that are indented like the first one."""
        text = self.source.text
        first = _CONTENT.search(text, start, end)
        if first is None or first[2] == "-" or (self.in_braces and first[2] != '"'):
            return []
        begins = '"' if self.in_braces else r"[^\s#]"
        line = re.compile(rf"^{re.escape(first[1])}(?={begins})", re.MULTILINE)
        return [found.start() for found in line.finditer(text, start, end)]

    # --- reading --------------------------------------------------------------------------------

    def _read(self, start: int, end: int) -> MappingNode:
        """Keys with their values in some lines."""
        if self.in_braces:
            return pairs(self.source, start, end)
        node = blocks(self.source, start, end)
        return node if isinstance(node, MappingNode) else MappingNode(self.source, start, start, [])

    def _around(self, entry: _Entry) -> MappingNode:
        if entry.node is None:
            entry.node = self._read(entry.start, entry.end)
        return entry.node

    def _value(self, entry: _Entry) -> Node:
        found = self._around(entry).get(entry.key.text)
        return found or ScalarNode(self.source, entry.key.end, entry.key.end, None, "")

    def _pairs(self, entry: _Entry) -> list[tuple[ScalarNode, Node]]:
        """An entry, with what is typed below it in braces and has no key yet."""
        if not self.in_braces:
            return [(entry.key, self._value(entry))]
        return self._around(entry).entries

    def _empty(self, entry: _Entry) -> tuple[ScalarNode, Node]:
        at = entry.key.end + 1
        return entry.key, ScalarNode(self.source, at, at, None, "")

    def _section_around(self, section: _Section, offset: int) -> list[tuple[ScalarNode, Node]]:
        if not section.entries or offset < section.entries[0].start:
            return self._pairs(section)
        entries: list[tuple[ScalarNode, Node]] = []
        end = section.end
        for entry in section.entries:
            near = entry.start <= offset < entry.end or offset == entry.end == section.end
            entries += self._pairs(entry) if near else [self._empty(entry)]
            if near and self.in_braces:
                end = self._around(entry).end
        start = section.opening if self.in_braces else entries[0][0].start
        node = MappingNode(self.source, start, end, entries, flow=self.in_braces)
        return [(section.key, node)]


_NONE = _Section(ScalarNode(Source("", ""), 0, 0, "", ""), 0, 0)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _indent_at(text: str, line: int) -> int:
    """How far the line is indented that begins at an offset."""
    at = line
    while text[at : at + 1] in (" ", "\t"):
        at += 1
    return at - line

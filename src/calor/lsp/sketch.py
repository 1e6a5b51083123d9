"""A text's sections and the names in them, found without reading the rest.

What stands below a name is read when somebody asks, so that a long text costs little on every key
press. Only texts that are one long map in braces are read whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from calor.base.source import MappingNode, Node, ScalarNode, Source
from calor.lsp.tolerant import blocks, tolerant

_SECTION = re.compile(r"^[^\s#%\-].*$", re.MULTILINE)
_CONTENT = re.compile(r"^([ \t]+)([^\s#])", re.MULTILINE)


@dataclass(slots=True)
class _Entry:
    """A key of the text that begins at `start`; what belongs to it ends at `end`."""

    key: ScalarNode
    start: int
    end: int
    node: Node | None = None


@dataclass(slots=True)
class _Section(_Entry):
    entries: list[_Entry] = field(default_factory=list)


class Sketch:
    """One version of one text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.in_braces = source.text.lstrip(" \t\r\n\ufeff")[:1] == "{"
        self._sections: dict[str, _Section] = {}
        self._whole: Node | None = None
        if not self.in_braces:
            self._find_sections()

    @property
    def whole(self) -> Node:
        """Everything, read."""
        if self._whole is None:
            self._whole = tolerant(self.source)
        return self._whole

    def words(self) -> list[ScalarNode]:
        """The keys at the top, in the order written."""
        if not self.in_braces:
            return [section.key for section in self._sections.values()]
        whole = self.whole
        return [key for key, _ in whole.entries] if isinstance(whole, MappingNode) else []

    def names(self, word: str) -> list[ScalarNode]:
        """The keys in a section."""
        if not self.in_braces and self._sections.get(word, _NONE).entries:
            return [entry.key for entry in self._sections[word].entries]
        node = self.section(word)
        return [key for key, _ in node.entries] if isinstance(node, MappingNode) else []

    def section(self, word: str) -> Node | None:
        """All that a section says."""
        if self.in_braces:
            return self.whole.get(word) if isinstance(self.whole, MappingNode) else None
        section = self._sections.get(word)
        return None if section is None else self._read(section)

    def entry(self, word: str, name: str) -> Node | None:
        """What a name in a section stands for."""
        if not self.in_braces:
            section = self._sections.get(word, _NONE)
            for entry in section.entries:
                if entry.key.text == name:
                    return self._read(entry)
        node = self.section(word)
        return node.get(name) if isinstance(node, MappingNode) else None

    def text_of(self, word: str, name: str) -> str:
        """The lines of a name in a section, or ''."""
        for entry in self._sections.get(word, _NONE).entries:
            if entry.key.text == name:
                return self.source.text[entry.start : entry.end]
        node = self.entry(word, name)
        return "" if node is None else node.span.text

    def around(self, offset: int) -> Node:
        """The document with what is read around an offset; what stands elsewhere may be left
        empty."""
        if self.in_braces or not self._sections:
            return self.whole
        entries: list[tuple[ScalarNode, Node]] = []
        for section in self._sections.values():
            inside = section.start <= offset < section.end or (
                offset == section.end == len(self.source.text)
            )
            entries.append((section.key, self._section_around(section, offset, inside)))
        return MappingNode(self.source, entries[0][0].start, len(self.source.text), entries)

    # --- finding --------------------------------------------------------------------------------

    def _find_sections(self) -> None:
        text = self.source.text
        starts = [
            found.start()
            for found in _SECTION.finditer(text)
            if not found[0].startswith(("---", "..."))
        ]
        for start, end in pairwise([*starts, len(text)]):
            node = blocks(self.source, start, _line_end(text, start))
            if isinstance(node, MappingNode) and node.entries:
                key, value = node.entries[0]
                section = _Section(key, start, end)
                if value.end == value.start:
                    self._find_entries(section)
                self._sections.setdefault(key.text, section)

    def _find_entries(self, section: _Section) -> None:
        text = self.source.text
        first = _CONTENT.search(text, _line_end(text, section.start), section.end)
        if first is None or first[2] == "-":
            return
        line = re.compile(rf"^{re.escape(first[1])}(?=[^\s#]).*$", re.MULTILINE)
        starts = [found.start() for found in line.finditer(text, section.start, section.end)]
        for start, end in pairwise([*starts, section.end]):
            node = blocks(self.source, start, _line_end(text, start))
            if isinstance(node, MappingNode) and node.entries:
                section.entries.append(_Entry(node.entries[0][0], start, end))

    # --- reading --------------------------------------------------------------------------------

    def _read(self, entry: _Entry) -> Node:
        if entry.node is None:
            node = blocks(self.source, entry.start, entry.end)
            found = node.get(entry.key.text) if isinstance(node, MappingNode) else None
            entry.node = found or ScalarNode(self.source, entry.key.end, entry.key.end, None, "")
        return entry.node

    def _section_around(self, section: _Section, offset: int, inside: bool) -> Node:
        if not inside:
            return ScalarNode(self.source, section.key.end + 1, section.key.end + 1, None, "")
        if not section.entries or offset < section.entries[0].start:
            return self._read(section)
        entries: list[tuple[ScalarNode, Node]] = []
        for entry in section.entries:
            near = entry.start <= offset < entry.end or offset == entry.end == section.end
            empty = ScalarNode(self.source, entry.key.end + 1, entry.key.end + 1, None, "")
            entries.append((entry.key, self._read(entry) if near else empty))
        return MappingNode(self.source, entries[0][0].start, section.end, entries)


_NONE = _Section(ScalarNode(Source("", ""), 0, 0, "", ""), 0, 0)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end

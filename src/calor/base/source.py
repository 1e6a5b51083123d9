"""Text with places: where each value of a file was written.

It holds positions, no meaning: nothing here knows a template.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TypeAlias


class Source:
    """A named text. Offsets count code points; lines and columns begin at 1."""

    __slots__ = ("_starts", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._starts: list[int] | None = None

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a place; the nearest one in the text for a place that is not there."""
        if line < 1:
            return 0
        starts = self._line_starts()
        if line > len(starts):
            return len(self.text)
        start = starts[line - 1]
        return start + min(max(column, 1) - 1, len(self.line(line)))

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its end."""
        starts = self._line_starts()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r")

    def __repr__(self) -> str:
        return f"Source({self.name!r})"


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to before `end`, as offsets into the source's text."""

    source: Source = field(repr=False)
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def end_position(self) -> tuple[int, int]:
        """Line and column of the place after the last character."""
        return self.source.position(self.end)

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to_json(self) -> dict[str, str | int]:
        """The place as data, counted from 1; the end is the place after the last character."""
        line, column = self.source.position(self.start)
        end_line, end_column = self.end_position
        return {
            "file": self.source.name,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
        }

    def __str__(self) -> str:
        line, column = self.source.position(self.start)
        return f"{self.source.name}:{line}:{column}"


class ScalarNode:
    """One scalar. `value` is what it means (`None`, bool, int, float, str); `text` its content.

    `style` is YAML's: '' plain, "'", '"', '|' or '>'. `tag` is the explicit tag or None.
    Nodes keep two offsets and make their `span` when asked: large files have a million of them.
    """

    __slots__ = ("anchor", "end", "source", "start", "style", "tag", "text", "value")

    def __init__(
        self,
        source: Source,
        start: int,
        end: int,
        value: bool | int | float | str | None,
        text: str,
        *,
        style: str = "",
        tag: str | None = None,
        anchor: str | None = None,
    ) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.value = value
        self.text = text
        self.style = style
        self.tag = tag
        self.anchor = anchor

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)

    def __repr__(self) -> str:
        return f"ScalarNode({self.value!r})"


class SequenceNode:
    """A list of nodes."""

    __slots__ = ("anchor", "end", "flow", "items", "source", "start", "tag")

    def __init__(
        self,
        source: Source,
        start: int,
        end: int,
        items: list[Node],
        *,
        flow: bool = False,
        tag: str | None = None,
        anchor: str | None = None,
    ) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.items = items
        self.flow = flow
        self.tag = tag
        self.anchor = anchor

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)

    def __repr__(self) -> str:
        return f"SequenceNode({self.items!r})"


class MappingNode:
    """Pairs of key and value in the order written; keys are unique strings once read."""

    __slots__ = ("anchor", "end", "entries", "flow", "source", "start", "tag")

    def __init__(
        self,
        source: Source,
        start: int,
        end: int,
        entries: list[tuple[ScalarNode, Node]],
        *,
        flow: bool = False,
        tag: str | None = None,
        anchor: str | None = None,
    ) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.entries = entries
        self.flow = flow
        self.tag = tag
        self.anchor = anchor

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        for name, node in self.entries:
            if name.text == key:
                return node
        return None

    def key(self, key: str) -> ScalarNode | None:
        """The node of a key itself, or None."""
        for name, _ in self.entries:
            if name.text == key:
                return name
        return None

    def __repr__(self) -> str:
        return f"MappingNode({self.entries!r})"


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode

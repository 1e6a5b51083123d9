"""Where in a document an offset is: the keys that lead there, and what is being typed.

It knows indentation and brackets, and no language.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source


class Spot(Enum):
    """What may be typed at a place: a key, a value, or either (a line below a key)."""

    KEY = "key"
    VALUE = "value"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Place:
    """`path` leads to the value that is meant, or to the map that a key belongs to. `nodes` are
    the maps and lists on the way, outermost first: `nodes[i]` holds `path[i]`.

    `start` to `end` is the word that is there, `before` its part before the offset, `quoted`
    whether it stands in quotes, `tag` the tag before it. `colon` tells whether a key has one
    already.
    """

    spot: Spot
    path: tuple[str | int, ...]
    nodes: tuple[Node, ...]
    start: int
    end: int
    before: str
    quoted: bool = False
    colon: bool = False
    flow: bool = False
    tag: str | None = None

    @property
    def siblings(self) -> tuple[str, ...]:
        """The keys beside the one that is typed."""
        node = self.nodes[-1] if self.nodes else None
        if self.spot is not Spot.KEY or not isinstance(node, MappingNode):
            return ()
        keys = (key for key, _ in node.entries)
        return tuple(key.text for key in keys if not key.start <= self.start <= key.end)


def place_at(source: Source, root: Node, offset: int) -> Place:
    """The place of an offset in a document's nodes."""
    return _Search(source, offset).search(root)


class _Search:
    def __init__(self, source: Source, offset: int) -> None:
        self.source = source
        self.text = source.text
        self.offset = offset
        self.line = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        self.content = self.text[self.line : len(self.text) if end < 0 else end]
        before = self.text[self.line : offset]
        self.blank = not before.strip() and not self.content.strip()
        self.column = (
            len(self.content) - len(self.content.lstrip()) if before.strip() else (len(before))
        )
        self.path: list[str | int] = []
        self.nodes: list[Node] = []

    def search(self, node: Node) -> Place:
        while True:
            self.nodes.append(node)
            if isinstance(node, MappingNode):
                below = self._in_map(node)
            elif isinstance(node, SequenceNode):
                below = self._in_list(node)
            else:
                return self._scalar(node, Spot.EITHER)
            if isinstance(below, Place):
                return below
            node = below

    def _in_map(self, node: MappingNode) -> Node | Place:
        entry = next((one for one in reversed(node.entries) if one[0].start <= self.offset), None)
        if entry is None:
            return self._new_key(node)
        key, value = entry
        empty = value.end == value.start
        colon = value.start > key.end if empty else True
        if self.offset <= key.end:
            return self._typed(Spot.KEY, key, colon=colon, flow=node.flow)
        if not colon:
            deeper = self._below(key.end) and self.column > self._column(node)
            return self._new_value(key) if deeper and not node.flow else self._new_key(node)
        if node.flow:
            return self._in_flow_entry(node, key, value)
        if not self._below(key.end):
            return self._same_line(key, value)
        if self.blank and self.column <= self._column(node):
            return self._new_key(node)
        if empty:
            return self._new_value(key)
        self.path.append(key.text)
        if isinstance(value, ScalarNode):
            return self._scalar(
                value, Spot.EITHER if self._below_starts(key, value) else Spot.VALUE
            )
        if value.flow and not value.start < self.offset < _inside(self.text, value):
            return self._nothing(Spot.VALUE)
        return value

    def _in_flow_entry(self, node: MappingNode, key: ScalarNode, value: Node) -> Node | Place:
        gap = self.text[value.end if value.end > key.end else key.end : self.offset]
        if self.offset > value.end and "," in gap:
            return self._new_key(node)
        self.path.append(key.text)
        if isinstance(value, ScalarNode):
            return replace(self._scalar(value, Spot.VALUE), flow=True)
        if value.start < self.offset < _inside(self.text, value):
            return value
        return self._nothing(Spot.VALUE, flow=True)

    def _same_line(self, key: ScalarNode, value: Node) -> Node | Place:
        self.path.append(key.text)
        if isinstance(value, ScalarNode):
            return self._scalar(value, Spot.VALUE)
        if value.flow and value.start < self.offset < _inside(self.text, value):
            return value
        return self._nothing(Spot.VALUE)

    def _in_list(self, node: SequenceNode) -> Node | Place:
        index = max(
            (at for at, item in enumerate(node.items) if item.start <= self.offset), default=-1
        )
        if node.flow:
            return self._in_flow_list(node, index)
        if index < 0:
            self.path.append(0)
            return self._nothing(Spot.EITHER)
        item = node.items[index]
        if self.blank and self.column <= self._column(node):
            self.path.append(len(node.items))
            return self._nothing(Spot.EITHER)
        self.path.append(index)
        if isinstance(item, ScalarNode):
            return self._scalar(item, Spot.EITHER)
        if item.flow and not item.start < self.offset < _inside(self.text, item):
            return self._nothing(Spot.VALUE)
        return item

    def _in_flow_list(self, node: SequenceNode, index: int) -> Node | Place:
        item = node.items[index] if index >= 0 else None
        if item is None or (self.offset > item.end and "," in self.text[item.end : self.offset]):
            self.path.append(index + 1)
            return self._nothing(Spot.VALUE, flow=True)
        self.path.append(index)
        if isinstance(item, ScalarNode):
            return self._scalar(item, Spot.VALUE)
        if item.start < self.offset < _inside(self.text, item) or _implicit(self.text, item):
            return item
        return self._nothing(Spot.VALUE, flow=True)

    # --- places ---------------------------------------------------------------------------------

    def _scalar(self, node: ScalarNode, spot: Spot) -> Place:
        if node.end == node.start or not node.start <= self.offset <= node.end:
            tag = node.tag if self.offset > node.start else None
            return replace(self._nothing(spot if tag is None else Spot.VALUE), tag=tag)
        return self._typed(spot if node.style == "" and node.tag is None else Spot.VALUE, node)

    def _typed(
        self, spot: Spot, node: ScalarNode, *, colon: bool = False, flow: bool = False
    ) -> Place:
        start, end = node.start, node.end
        quoted = node.style in ("'", '"')
        if node.tag is not None:
            head = start + len(node.tag)
            if self.offset <= head:
                return self._word(spot, start, head)
            start = min(head + 1, end)
        if quoted:
            start += 1
            closed = end > start and self.text[end - 1] == node.style
            end = end - 1 if closed else end
        start = min(start, self.offset)
        word = self._word(spot, start, end)
        return replace(word, quoted=quoted, colon=colon, flow=flow, tag=node.tag)

    def _word(self, spot: Spot, start: int, end: int) -> Place:
        before = self.text[start : self.offset]
        return Place(spot, tuple(self.path), tuple(self.nodes), start, end, before)

    def _nothing(self, spot: Spot, *, flow: bool = False) -> Place:
        return replace(self._word(spot, self.offset, self.offset), flow=flow)

    def _new_key(self, node: MappingNode) -> Place:
        return self._nothing(Spot.KEY, flow=node.flow)

    def _new_value(self, key: ScalarNode) -> Place:
        self.path.append(key.text)
        return self._nothing(Spot.EITHER)

    def _below(self, offset: int) -> bool:
        """Whether the place is in a later line than an offset."""
        return self.line > offset

    def _below_starts(self, key: ScalarNode, value: ScalarNode) -> bool:
        return "\n" in self.text[key.end : value.start]

    def _column(self, node: MappingNode | SequenceNode) -> int:
        """The column of a map's keys, or of a list's dashes."""
        if isinstance(node, MappingNode):
            at = node.entries[0][0].start if node.entries else node.start
        else:
            at = self.text.rfind("-", 0, node.items[0].start) if node.items else node.start
        return at - self.text.rfind("\n", 0, at) - 1


def _inside(text: str, node: MappingNode | SequenceNode) -> int:
    """The first offset that is not inside a flow list or map any more."""
    closed = node.end > node.start + 1 and text[node.end - 1] in "]}"
    return node.end if closed else node.end + 1


def _implicit(text: str, node: Node) -> bool:
    """A pair in a list without braces."""
    return text[node.start] not in "[{!"

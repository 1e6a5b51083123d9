"""What stands in braces and brackets, JSON included, to nodes; whatever is missing is forgiven.

A bracket that is never closed ends where the indentation says that it must.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source
from calor.template.scalars import resolve_plain

DEEPEST = 100
"""Brackets inside one another; what is deeper is left out."""

_WORD = r"(?:[^\s,\[\]{}:#]|:(?![\s,\[\]{}]|\Z)|(?<=:):|(?<=\S)#)+"
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+|\#[^\n]*)"
    r"|(?P<mark>[{}\[\],]|(?<!:):(?=[\s,\[\]{}]|\Z))"
    r'|(?P<double>"(?:[^"\\]|\\.)*"(?=[\s,\]}:]|\Z))'
    r"|(?P<single>'(?:[^']|'')*'(?=[\s,\]}:]|\Z))"
    r"|(?P<open>[\"'][^\n]*)"
    r"|(?P<tag>![^\s,\[\]{}]*)"
    rf"|(?P<plain>{_WORD}(?:[ \t]+{_WORD})*)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_OPENS = {"}": MappingNode, "]": SequenceNode}


@dataclass(slots=True)
class _Open:
    """A map or list that has begun. `indent` is that of the line on which it begins."""

    node: MappingNode | SequenceNode
    indent: int
    key: ScalarNode | None = None
    colon: int = -1
    implicit: bool = False
    tag: tuple[str, int] | None = None


def flow(source: Source, start: int, end: int) -> Node:
    """The map or list that begins at `start`; of an unclosed one, what stands before `end`."""
    node, whole = _Flow(source, end, by_indent=False).read(start)
    return node if whole else _Flow(source, end, by_indent=True).read(start)[0]


def closes(source: Source, start: int, end: int) -> Node | None:
    """The map or list that begins at `start`, if all its brackets are closed before `end`."""
    node, whole = _Flow(source, end, by_indent=False).read(start)
    return node if whole else None


def pairs(source: Source, start: int, end: int) -> MappingNode:
    """What stands from `start` to `end` in a map that begins before that: its pairs. The node ends
    where the map is closed, at `end` where it is not."""
    node, whole = _Flow(source, end, by_indent=False).read_inside(start)
    if whole or source.text.find("\n", start, end) < 0:
        return node
    return _Flow(source, end, by_indent=True).read_inside(start)[0]


@dataclass(slots=True)
class _Flow:
    source: Source
    end: int
    by_indent: bool
    stack: list[_Open] = field(default_factory=list)
    whole: bool = True

    def read(self, start: int) -> tuple[Node, bool]:
        """The map or list that begins there, and whether all brackets are closed."""
        root, left = self._read(start, None)
        return root, self.whole and not left

    def read_inside(self, start: int) -> tuple[MappingNode, bool]:
        """The pairs that begin there, and whether all brackets are closed but for their own."""
        node = MappingNode(self.source, start, start, [], flow=True)
        self.stack.append(_Open(node, -1))
        _, left = self._read(start, node)
        return node, self.whole and left < 2

    def _read(
        self, start: int, root: MappingNode | SequenceNode | None
    ) -> tuple[MappingNode | SequenceNode, int]:
        """The outermost node, and how many brackets are open at the end."""
        text = self.source.text
        indent = _indent_at(text, start)
        at, first, column = start, False, 0
        token = _TOKEN.match
        while at < self.end:
            found = token(text, at, self.end)
            assert found is not None  # the last alternative takes anything
            kind, begin, at = found.lastgroup, at, found.end()
            if kind == "space":
                line = text.rfind("\n", begin, at)
                if line >= 0:
                    first, column = True, at - line - 1
                    indent = column
                continue
            if first and self.by_indent:
                self._outdent(column, text[begin])
            first = False
            if kind == "mark":
                mark = text[begin]
                if mark in "{[":
                    node = self._begin(mark, begin, indent)
                    root = root or node
                    if len(self.stack) > DEEPEST:
                        break
                elif mark == ",":
                    self._comma()
                elif mark == ":":
                    self._colon(begin)
                elif self._close(mark, begin):
                    assert root is not None
                    return root, 0
            elif kind == "tag":
                self.stack[-1].tag = (text[begin:at], begin)
            else:
                self._scalar(kind or "", begin, at)
                if kind in ("double", "single") and text[at : at + 1] == ":":
                    self._colon(at)
                    at += 1
        left = len(self.stack)
        while self.stack:
            self._pop(self.end)
        assert root is not None
        return root, left

    def _begin(self, mark: str, at: int, indent: int) -> MappingNode | SequenceNode:
        tag, begin = self._tag(at)
        node: MappingNode | SequenceNode
        if mark == "{":
            node = MappingNode(self.source, begin, at, [], flow=True, tag=tag)
        else:
            node = SequenceNode(self.source, begin, at, [], flow=True, tag=tag)
        self._put(node)
        self.stack.append(_Open(node, indent))
        return node

    def _tag(self, at: int) -> tuple[str | None, int]:
        """The tag before a value, and where the value begins with it."""
        if not self.stack or self.stack[-1].tag is None:
            return None, at
        tag, self.stack[-1].tag = self.stack[-1].tag, None
        return tag

    def _put(self, node: Node) -> None:
        if not self.stack:
            return
        top = self.stack[-1]
        if isinstance(top.node, SequenceNode):
            top.node.items.append(node)
        elif top.colon >= 0:
            top.node.entries.append((top.key or _empty(self.source, top.colon), node))
            top.key, top.colon = None, -1
        else:
            self._finish(top)
            if isinstance(node, ScalarNode):
                top.key = node
            else:
                top.node.entries.append((_empty(self.source, node.start), node))

    def _scalar(self, kind: str, begin: int, end: int) -> None:
        tag, start = self._tag(begin)
        text, value, style = _read(kind, self.source.text[begin:end])
        if kind == "open":
            end = begin + len(self.source.text[begin:end].rstrip(" \t\r,"))
        self._put(ScalarNode(self.source, start, end, value, text, style=style, tag=tag))

    def _colon(self, at: int) -> None:
        top = self.stack[-1]
        if isinstance(top.node, SequenceNode):
            key = top.node.items.pop() if top.node.items else _empty(self.source, at)
            if not isinstance(key, ScalarNode):
                top.node.items.append(key)
                return
            node = MappingNode(self.source, key.start, at, [], flow=True)
            top.node.items.append(node)
            self.stack.append(_Open(node, top.indent, key, at, implicit=True))
        elif top.colon < 0:
            top.key, top.colon = top.key or _empty(self.source, at), at

    def _comma(self) -> None:
        if self.stack[-1].implicit:
            self._pop(None)
        self._finish(self.stack[-1])

    def _finish(self, top: _Open) -> None:
        """A key without a value gets an empty one."""
        if top.key is not None and isinstance(top.node, MappingNode):
            at = top.colon + 1 if top.colon >= 0 else top.key.end
            top.node.entries.append((top.key, _empty(self.source, at)))
        top.key, top.colon = None, -1

    def _close(self, mark: str, at: int) -> bool:
        """Closes what the bracket closes; whether that was the outermost."""
        wanted = _OPENS[mark]
        if not any(isinstance(one.node, wanted) and not one.implicit for one in self.stack):
            self.whole = False
            return False
        while self.stack[-1].implicit or not isinstance(self.stack[-1].node, wanted):
            self.whole = self.whole and self.stack[-1].implicit
            self._pop(at)
        self._pop(at + 1)
        return not self.stack

    def _outdent(self, column: int, mark: str) -> None:
        """Closes what the indentation says is over."""
        closing = mark in "}]"
        while len(self.stack) > 1:
            top = self.stack[-1]
            if column > top.indent or (closing and column == top.indent):
                break
            self._pop(None)

    def _pop(self, end: int | None) -> None:
        top = self.stack.pop()
        self._finish(top)
        if end is None or top.implicit:
            top.node.end = _end_of(top.node)
        else:
            top.node.end = end


def _end_of(node: MappingNode | SequenceNode) -> int:
    if isinstance(node, SequenceNode):
        return max(node.end, node.items[-1].end if node.items else 0)
    return max(node.end, *(node.entries[-1][1].end, node.entries[-1][0].end)) if node.entries else 0


def _read(kind: str, written: str) -> tuple[str, str | int | float | bool | None, str]:
    """The content of a scalar, what it means, and its style."""
    if kind == "double":
        text = unescaped(written)
        return text, text, '"'
    if kind == "single":
        text = written[1:-1].replace("''", "'")
        return text, text, "'"
    if kind == "open":
        text = written[1:].rstrip(" \t\r,")
        return text, text, written[0]
    return written, plain_value(written), ""


def plain_value(text: str) -> str | int | float | bool | None:
    try:
        return resolve_plain(text)
    except ValueError:
        return text


def unescaped(written: str) -> str:
    """The content of a text in double quotes; escapes that JSON does not have stay."""
    if "\\" not in written:
        return written[1:-1]
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        return written[1:-1]


def _empty(source: Source, at: int) -> ScalarNode:
    return ScalarNode(source, at, at, None, "")


def _indent_at(text: str, at: int) -> int:
    """The indentation of the line that an offset is in."""
    start = text.rfind("\n", 0, at) + 1
    return len(text[start:at]) - len(text[start:at].lstrip())

"""Text to nodes although it is not well-formed: structure by indentation, as people see it.

Where the text is well-formed the nodes are those of `template.reader`, but that aliases and merge
keys stay as written. It never fails, and checks nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source
from calor.lsp.flow import closes, flow, plain_value, unescaped

_KEY = re.compile(
    r"""(?:(?P<double>"(?:[^"\\]|\\.)*")
        |(?P<single>'(?:[^']|'')*')
        |(?P<plain>(?:[^\s\#?:,\[\]{}&*!|>'"%@`-]|[-?:](?=\S))(?:[^\#]|(?<=\S)\#)*?)
        )[ \t]*:(?=[ \t\r]|\Z)""",
    re.VERBOSE,
)
_MARKS = re.compile(r"(?:(?P<tag>!\S*)|&\S+)[ \t]*")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:\#[^\n]*)?\r?\Z")
_COMMENT = re.compile(r"[ \t]#")
_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": re.compile(r"'(?:[^']|'')*'")}


def tolerant(source: Source) -> Node:
    """The nodes of a text: a map or a list, an empty map where there is nothing."""
    text = source.text
    start = len(text) - len(text.lstrip(" \t\r\n\ufeff"))
    if text[start : start + 1] in ("{", "["):
        return flow(source, start, len(text))
    return blocks(source, 0, len(text))


def blocks(source: Source, start: int, end: int) -> Node:
    """The same of the lines from `start` to `end` alone."""
    return _Blocks(source).read(start, end)


@dataclass(slots=True)
class _Frame:
    node: MappingNode | SequenceNode
    indent: int


@dataclass(slots=True)
class _Blocks:
    source: Source
    stack: list[_Frame] = field(default_factory=list)
    root: MappingNode | SequenceNode | None = None

    def read(self, at: int, size: int) -> Node:
        text = self.source.text
        begin = at
        while at < size:
            end = text.find("\n", at)
            end = size if end < 0 else end
            start = at
            while start < end and text[start] in " \t\ufeff":
                start += 1
            if start < end and text[start] not in "#\r" and not _is_marker(text, at, end):
                end = self._line(at, start, end)
            at = end + 1
        while self.stack:
            self._pop()
        return self.root or MappingNode(self.source, begin, begin, [])

    def _line(self, line: int, start: int, end: int) -> int:
        """One line with something on it. Returns the end of the last line that belongs to it."""
        text = self.source.text
        while text[start] == "-" and (start + 1 == end or text[start + 1] in " \t\r"):
            self._item(start - line, start)
            start += 1
            while start < end and text[start] in " \t\r":
                start += 1
            if start == end or text[start] == "#":
                return end
        found = _KEY.match(text, start, end)
        if found is None:
            return self._no_key(start - line, start, end)
        frame = self._mapping(start - line, start)
        colon = found.end()
        assert isinstance(frame.node, MappingNode)
        frame.node.entries.append((self._key(found), _empty(self.source, colon)))
        return self._value(colon, end, frame)

    # --- structure ------------------------------------------------------------------------------

    def _item(self, column: int, at: int) -> None:
        """A dash begins an item."""
        self._outdent(column)
        top = self.stack[-1] if self.stack else None
        if top is None or top.indent < column or isinstance(top.node, MappingNode):
            below = self._slot()
            if isinstance(below, SequenceNode):
                self.stack.append(_Frame(below, column))
            else:
                self._push(SequenceNode(self.source, at, at, []), column)
        node = self.stack[-1].node
        assert isinstance(node, SequenceNode)
        node.items.append(_empty(self.source, at + 1))

    def _mapping(self, column: int, at: int) -> _Frame:
        """The map that a key in this column belongs to."""
        self._outdent(column)
        if self.stack and self.stack[-1].indent == column:
            if isinstance(self.stack[-1].node, SequenceNode) and len(self.stack) > 1:
                self._pop()
            if isinstance(self.stack[-1].node, MappingNode):
                return self.stack[-1]
        below = self._slot()
        if isinstance(below, MappingNode) and not below.flow:
            self.stack.append(_Frame(below, column))
        elif isinstance(below, ScalarNode) and _says_something(below):
            first = self.source.position(below.start)[1] - 1
            if first == column and below.style == "":
                self._replace(_empty(self.source, below.start, below.tag))
                self._push(MappingNode(self.source, below.start, at, []), column)
                node = self.stack[-1].node
                assert isinstance(node, MappingNode)
                node.entries.append((_as_key(below), _empty(self.source, below.end)))
            elif isinstance(self.stack[-1].node, SequenceNode):
                self._replace(_empty(self.source, below.end))
                self._push(MappingNode(self.source, at, at, []), column)
        elif below is None and self.stack:
            self.stack[-1].node.items.append(_empty(self.source, at))  # type: ignore[union-attr]
        elif isinstance(below, SequenceNode) or (below is not None and _says_something(below)):
            while len(self.stack) > 1 and not isinstance(self.stack[-1].node, MappingNode):
                self._pop()
        else:
            self._push(MappingNode(self.source, at, at, []), column)
        while self.stack and not isinstance(self.stack[-1].node, MappingNode):
            self._pop()
        if not self.stack:
            self._push(MappingNode(self.source, at, at, []), column)
        return self.stack[-1]

    def _no_key(self, column: int, at: int, end: int) -> int:
        """A line that is neither an item nor a key: a value, more of one, or a key half typed."""
        self._outdent(column)
        top = self.stack[-1] if self.stack else None
        below = self._slot()
        if top is None or (top.indent == column and isinstance(top.node, MappingNode)):
            frame = self._mapping(column, at)
            key, _ = self._plain(at, end)
            assert isinstance(frame.node, MappingNode)
            frame.node.entries.append((_as_key(key), _empty(self.source, key.end)))
            return end
        if isinstance(below, ScalarNode) and _says_something(below):
            if below.style == "":
                self._replace(self._longer(below, at, end))
            return end
        if isinstance(below, ScalarNode):
            return self._value(at, end, top)
        if isinstance(below, MappingNode) and not below.flow:
            self.stack.append(_Frame(below, column))
            key, _ = self._plain(at, end)
            below.entries.append((_as_key(key), _empty(self.source, key.end)))
        return end

    def _outdent(self, column: int) -> None:
        while len(self.stack) > 1 and self.stack[-1].indent > column:
            self._pop()

    def _push(self, node: MappingNode | SequenceNode, column: int) -> None:
        if self.root is None:
            self.root = node
        elif self.stack:
            self._replace(node)
        self.stack.append(_Frame(node, column))

    def _pop(self) -> None:
        node = self.stack.pop().node
        if isinstance(node, SequenceNode):
            node.end = node.items[-1].end if node.items else node.end
        elif node.entries:
            node.end = max(node.entries[-1][0].end, node.entries[-1][1].end)

    def _slot(self) -> Node | None:
        """The value that was written last in the innermost map or list."""
        if not self.stack:
            return None
        node = self.stack[-1].node
        if isinstance(node, SequenceNode):
            return node.items[-1] if node.items else None
        return node.entries[-1][1] if node.entries else None

    def _replace(self, new: Node) -> None:
        """Puts a node where the value that was written last stands; a tag before it stays."""
        node = self.stack[-1].node
        old = self._slot()
        if old is not None and old.tag is not None and new.tag is None:
            new.tag, new.start = old.tag, old.start
        if isinstance(node, SequenceNode):
            node.items[-1:] = [new]
        else:
            node.entries[-1] = (node.entries[-1][0], new)

    # --- values ---------------------------------------------------------------------------------

    def _key(self, found: re.Match[str]) -> ScalarNode:
        kind = found.lastgroup or ""
        start, end = found.span(kind)
        written = found[kind]
        if kind == "double":
            return ScalarNode(self.source, start, end, *_twice(unescaped(written)), style='"')
        if kind == "single":
            text = written[1:-1].replace("''", "'")
            return ScalarNode(self.source, start, end, text, text, style="'")
        return ScalarNode(self.source, start, end, written, written)

    def _value(self, at: int, end: int, frame: _Frame) -> int:
        """The value after a colon or dash. Returns the end of its last line."""
        text = self.source.text
        while at < end and text[at] in " \t\r":
            at += 1
        start, tag = at, None
        if at < end and text[at] in "!&":
            while marks := _MARKS.match(text, at, end):
                tag, at = marks["tag"] or tag, marks.end()
        if at == end or text[at] == "#":
            if tag is not None:
                self._replace(_empty(self.source, start, tag))
            return end
        first = text[at]
        node: Node
        if first in "|>" and _BLOCK.match(text, at, end):
            last = _region(text, end, frame.indent, "")
            content = text[at:last].partition("\n")[2]
            stop = at + len(text[at:last].rstrip())
            node = ScalarNode(self.source, at, stop, content, content, style=first)
            end = last
        elif first in "{[":
            node, end = self._flow(at, end, frame)
        elif first in "\"'":
            node, end = self._quoted(at, end, frame)
        else:
            node, _ = self._plain(at, end)
        node.tag, node.start = tag, start
        self._replace(node)
        return end

    def _flow(self, at: int, end: int, frame: _Frame) -> tuple[Node, int]:
        node = closes(self.source, at, end)
        if node is not None:
            return node, end
        last = _region(self.source.text, end, frame.indent, "}]")
        node = flow(self.source, at, last)
        return node, max(end, _line_end(self.source.text, node.end))

    def _quoted(self, at: int, end: int, frame: _Frame) -> tuple[Node, int]:
        text = self.source.text
        quote = text[at]
        found = _QUOTED[quote].match(text, at, end)
        if found is None:
            last = _region(text, end, frame.indent, "")
            found = _QUOTED[quote].match(text, at, last)
            if found is None or any(_KEY.match(line.strip()) for line in found[0].splitlines()[1:]):
                stop = at + len(text[at:end].rstrip())
                written = text[at + 1 : stop]
                return ScalarNode(self.source, at, stop, written, written, style=quote), end
        written = found[0]
        content = unescaped(written) if quote == '"' else written[1:-1].replace("''", "'")
        node = ScalarNode(self.source, at, found.end(), content, content, style=quote)
        return node, max(end, _line_end(text, found.end()))

    def _plain(self, at: int, end: int) -> tuple[ScalarNode, int]:
        text = self.source.text
        comment = _COMMENT.search(text, at, end)
        stop = comment.start() if comment else end
        written = text[at:stop].rstrip()
        stop = at + len(written)
        return ScalarNode(self.source, at, stop, plain_value(written), written), stop

    def _longer(self, node: ScalarNode, at: int, end: int) -> ScalarNode:
        """A plain text that goes on in this line."""
        more, stop = self._plain(at, end)
        text = f"{node.text} {more.text}"
        return ScalarNode(self.source, node.start, stop, text, text, tag=node.tag)


def _region(text: str, end: int, indent: int, closing: str) -> int:
    """The end of the last line after the one that ends at `end` that is indented more, or empty,
    or begins with one of `closing`."""
    last = end
    while last < len(text):
        at = last + 1
        stop = _line_end(text, at)
        start = at
        while start < stop and text[start] in " \t":
            start += 1
        blank = start == stop or text[start] == "\r"
        if not blank and start - at <= indent and text[start] not in closing:
            break
        last = stop
    return last


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _is_marker(text: str, at: int, end: int) -> bool:
    """A line that begins or ends a document, or a directive."""
    return text[at] == "%" or (
        text[at : at + 3] in ("---", "...") and text[at:end].rstrip() in ("---", "...")
    )


def _says_something(node: Node) -> bool:
    """Whether there is more than a tag, after which a list or a map may follow below."""
    return node.end > node.start + len(node.tag or "")


def _as_key(node: ScalarNode) -> ScalarNode:
    return ScalarNode(node.source, node.start, node.end, *_twice(node.text), style=node.style)


def _twice(text: str) -> tuple[str, str]:
    return text, text


def _empty(source: Source, at: int, tag: str | None = None) -> ScalarNode:
    return ScalarNode(source, at, at + len(tag or ""), None, "", tag=tag)

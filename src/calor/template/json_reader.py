"""JSON to nodes with places, without recursion; no meaning beyond JSON's."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # the stubs lack it

from calor.base.diagnostics import Diagnostics
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source, Span
from calor.template.reading import (
    BAD_NUMBER,
    NOT_TEXT,
    SYNTAX,
    Limits,
    ReadFailure,
    report_duplicate,
    too_deep,
    too_many,
)
from calor.template.scalars import MAX_DIGITS

_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null")
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = re.compile("[\ud800-\udfff]")

_Container = MappingNode | SequenceNode


class JsonReader:
    """Reads one text that begins with a brace or bracket."""

    def __init__(self, source: Source, limits: Limits, diagnostics: Diagnostics) -> None:
        self.source = source
        self.text = source.text
        self.limits = limits
        self.diagnostics = diagnostics
        self._texts: dict[str, str] = {}

    def read(self) -> Node:
        """Raises ReadFailure where the text can't be read on."""
        stack: list[tuple[_Container, dict[str, ScalarNode]]] = []
        count = 0
        at = self._skip(0)
        while True:
            node, at = self._value(at)
            count += 1
            if count > self.limits.max_nodes:
                raise too_many(self.source, node.start, self.limits)
            if stack:
                self._attach(stack[-1], node)
            else:
                root = node
            if node.__class__ is not ScalarNode:
                if len(stack) >= self.limits.max_depth:
                    raise too_deep(self.source, node.start, self.limits)
                stack.append((node, {}))  # type: ignore[arg-type]  # no scalar here
                at, more = self._first(node, at)  # type: ignore[arg-type]
                if more:
                    continue
            while stack:
                at, more = self._next(stack[-1][0], at)
                if more:
                    break
                stack.pop()
            else:
                break
        if at < len(self.text):
            raise self._bad(at, "the text goes on after its end")
        return root

    def _skip(self, at: int) -> int:
        """The next place that is no white space."""
        text = self.text
        if text[at : at + 1] > " ":
            return at
        found = _SPACE.match(text, at)
        return found.end() if found else at

    def _value(self, at: int) -> tuple[Node, int]:
        """The value that begins here, a container still empty, and the place after it."""
        text, source = self.text, self.source
        first = text[at : at + 1]
        if first == '"':
            value, end = self._string(at)
            return ScalarNode(source, at, end, value, value, style='"'), self._skip(end)
        if first == "{":
            return MappingNode(source, at, at + 1, [], flow=True), self._skip(at + 1)
        if first == "[":
            return SequenceNode(source, at, at + 1, [], flow=True), self._skip(at + 1)
        found = _SCALAR.match(text, at)
        if found is None:
            raise self._bad(at, "a JSON value was expected here")
        word, end = found[0], found.end()
        if word in _WORDS:
            return ScalarNode(source, at, end, _WORDS[word], word), self._skip(end)
        if len(word) > MAX_DIGITS:
            raise ReadFailure(BAD_NUMBER, "the number has too many digits", Span(source, at, end))
        number = float(word) if found[1] or found[2] else int(word)
        return ScalarNode(source, at, end, number, word), self._skip(end)

    def _string(self, at: int) -> tuple[str, int]:
        try:
            value, end = scanstring(self.text, at + 1, True)
        except json.JSONDecodeError as error:
            raise self._bad(error.pos, "this string is not well-formed JSON") from None
        if not value.isascii() and _SURROGATE.search(value):
            raise ReadFailure(
                NOT_TEXT,
                "the string has half of a surrogate pair",
                Span(self.source, at, end),
                "write the character itself, or both halves",
            )
        return self._texts.setdefault(value, value), end

    def _attach(self, opened: tuple[_Container, dict[str, ScalarNode]], node: Node) -> None:
        container, seen = opened
        if container.__class__ is SequenceNode:
            container.items.append(node)
            return
        assert isinstance(container, MappingNode)
        key, _ = container.entries.pop()
        if seen.setdefault(key.text, key) is not key:
            report_duplicate(self.diagnostics, key, seen[key.text])
            return
        container.entries.append((key, node))

    def _first(self, node: _Container, at: int) -> tuple[int, bool]:
        """After an opening bracket: the place of the first value, or an empty container's end."""
        following = self.text[at : at + 1]
        if isinstance(node, SequenceNode):
            return at, following != "]"
        if following == "}":
            return at, False
        return self._key(node, at), True

    def _key(self, node: MappingNode, at: int) -> int:
        """Reads a key, which waits among the entries for its value; the value's place."""
        text = self.text
        if text[at : at + 1] != '"':
            raise self._bad(at, "a key in double quotes was expected here")
        value, end = self._string(at)
        key = ScalarNode(self.source, at, end, value, value, style='"')
        colon = self._skip(end)
        if text[colon : colon + 1] != ":":
            raise self._bad(colon, "a ':' was expected after the key")
        node.entries.append((key, key))
        return self._skip(colon + 1)

    def _next(self, node: _Container, at: int) -> tuple[int, bool]:
        """After a value: the place of the next one, or behind the container's end."""
        found = self.text[at : at + 1]
        if found == ",":
            at = self._skip(at + 1)
            return (self._key(node, at) if node.__class__ is MappingNode else at), True
        closing = "}" if node.__class__ is MappingNode else "]"
        if found != closing:
            raise self._bad(at, f"',' or '{closing}' was expected here")
        node.end = at + 1
        return self._skip(at + 1), False

    def _bad(self, at: int, message: str) -> ReadFailure:
        at = min(at, len(self.text))
        return ReadFailure(SYNTAX, message, Span(self.source, at, min(at + 1, len(self.text))))

"""JSON to nodes with places, without recursion; no meaning beyond JSON's."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring

from calor.base.diagnostics import Diagnostics
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source, Span
from calor.template.reading import (
    BAD_NUMBER,
    NOT_TEXT,
    SYNTAX,
    Limits,
    ReadFailure,
    first_of,
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
        text, space = self.text, _SPACE.match
        stack: list[tuple[_Container, set[str]]] = []
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
            at = space(text, at).end()  # type: ignore[union-attr]  # matches always
            if not isinstance(node, ScalarNode):
                if len(stack) >= self.limits.max_depth:
                    raise too_deep(self.source, node.start, self.limits)
                stack.append((node, set()))
                at, more = self._first(node, at, stack[-1][1])
                if more:
                    continue
            while stack:
                at, more = self._next(stack[-1], at)
                if more:
                    break
                stack.pop()
            if not stack:
                break
        if at < len(text):
            raise self._bad(at, "the text goes on after its end")
        return root

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def _value(self, at: int) -> tuple[Node, int]:
        text, source = self.text, self.source
        first = text[at : at + 1]
        if first == '"':
            value, end = self._string(at)
            return ScalarNode(source, at, end, value, value, '"'), end
        if first == "{":
            return MappingNode(source, at, at + 1, [], True), at + 1
        if first == "[":
            return SequenceNode(source, at, at + 1, [], True), at + 1
        found = _SCALAR.match(text, at)
        if found is None:
            raise self._bad(at, "a JSON value was expected here")
        word, end = found[0], found.end()
        if word in _WORDS:
            return ScalarNode(source, at, end, _WORDS[word], word), end
        if len(word) > MAX_DIGITS:
            raise ReadFailure(BAD_NUMBER, "the number has too many digits", Span(source, at, end))
        number = float(word) if found[1] or found[2] else int(word)
        return ScalarNode(source, at, end, number, word), end

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

    def _attach(self, opened: tuple[_Container, set[str]], node: Node) -> None:
        container, seen = opened
        if isinstance(container, SequenceNode):
            container.items.append(node)
            return
        key, _ = container.entries.pop()
        if key.text in seen:
            report_duplicate(self.diagnostics, key, first_of(container.entries, key.text))
            return
        seen.add(key.text)
        container.entries.append((key, node))

    def _first(self, node: _Container, at: int, seen: set[str]) -> tuple[int, bool]:
        """After an opening bracket: the place of the first value, or an empty container's end."""
        if isinstance(node, SequenceNode):
            return at, self.text[at : at + 1] != "]"
        if self.text[at : at + 1] == "}":
            return at, False
        return self._key(node, at), True

    def _key(self, node: MappingNode, at: int) -> int:
        if self.text[at : at + 1] != '"':
            raise self._bad(at, "a key in double quotes was expected here")
        value, end = self._string(at)
        key = ScalarNode(self.source, at, end, value, value, '"')
        colon = self._skip(end)
        if self.text[colon : colon + 1] != ":":
            raise self._bad(colon, "a ':' was expected after the key")
        node.entries.append((key, key))
        return self._skip(colon + 1)

    def _next(self, opened: tuple[_Container, set[str]], at: int) -> tuple[int, bool]:
        """After a value: the place of the next one, or behind the container's end."""
        node = opened[0]
        closing = "}" if isinstance(node, MappingNode) else "]"
        found = self.text[at : at + 1]
        if found == closing:
            node.end = at + 1
            return self._skip(at + 1), False
        if found != ",":
            raise self._bad(at, f"',' or '{closing}' was expected here")
        at = self._skip(at + 1)
        if isinstance(node, MappingNode):
            at = self._key(node, at)
        return at, True

    def _bad(self, at: int, message: str) -> ReadFailure:
        at = min(at, len(self.text))
        return ReadFailure(SYNTAX, message, Span(self.source, at, min(at + 1, len(self.text))))

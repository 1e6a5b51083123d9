"""YAML to nodes, from the C parser's events; no meaning beyond YAML 1.1's.

It never recurses, so that depth costs a list item and not a stack frame, and it counts what
aliases stand for before anybody expands them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yaml import YAMLError
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs lack the C parser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from calor.base.diagnostics import Diagnostics, Rule, Severity
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source, Span
from calor.template.reading import (
    BAD_NUMBER,
    Limits,
    ReadFailure,
    first_of,
    report_duplicate,
    shorten,
    too_deep,
    too_many,
)
from calor.template.scalars import Scalar, resolve_plain, to_bool, to_float, to_int
from calor.template.yaml_errors import failure

UNKNOWN_ALIAS = Rule(
    "H108",
    "alias to nothing",
    "An alias (`*name`) stands for a value that was marked with an anchor (`&name`) further up. "
    "Either no anchor of this name comes before it, or the alias stands inside the very value "
    "that it names.",
)
BAD_KEY = Rule(
    "H109",
    "key is not a text",
    "The keys of a map are texts. Here a list or a map stands where a key is expected; most often "
    "a placeholder like {{ name }} was left unquoted.",
)
BAD_MERGE = Rule(
    "H110",
    "bad merge key",
    "The key `<<` merges another map, or a list of maps, into this one. Its value is neither.",
)
SEVERAL_DOCUMENTS = Rule(
    "H113",
    "more than one document",
    "A file holds one YAML document; a line of three dashes begins another one.",
)
WORD_AS_KEY = Rule(
    "H115",
    "key is read as true, false or null",
    "YAML 1.1 reads yes, no, on, off, true, false and null as values, also when they are keys. "
    "The key becomes 'true', 'false' or 'null', as it does in Heat. Put it in quotes to keep it.",
    Severity.WARNING,
)

_TAG = "tag:yaml.org,2002:"
_STARTS = (MappingStartEvent, SequenceStartEvent)
_ENDS = (MappingEndEvent, SequenceEndEvent)
_SKIPPED = ScalarNode(Source("", ""), 0, 0, "", "")


class _Open:
    """A list or map that has begun and not ended."""

    __slots__ = (
        "anchor", "before", "entries", "flow", "height", "items", "key", "merges", "seen", "start",
        "tag",
    )  # fmt: skip

    def __init__(self, event: Any, before: int, is_map: bool) -> None:
        self.start: int = event.start_mark.index
        self.tag: str | None = event.tag
        self.anchor: str | None = event.anchor
        self.flow: bool = event.flow_style == 1
        self.before = before
        self.height = 1
        self.items: list[Node] | None = None if is_map else []
        self.entries: list[tuple[ScalarNode, Node]] = []
        self.seen: set[str] = set()
        self.key: ScalarNode | None = None
        self.merges: list[tuple[ScalarNode, Node]] = []


class YamlReader:
    """Reads one text. `node` is its document or None; `tagged` as in `Reading`."""

    def __init__(self, source: Source, limits: Limits, diagnostics: Diagnostics) -> None:
        self.source = source
        self.limits = limits
        self.diagnostics = diagnostics
        self.node: Node | None = None
        self.tagged: list[Node] = []
        self._anchors: dict[str, tuple[Node | None, int, int]] = {}
        self._plain: dict[str, Scalar] = {}

    def read(self) -> None:
        """Raises ReadFailure where the text can't be read on."""
        try:
            self._events(CParser(self.source.text).get_event)
        except YAMLError as error:
            raise failure(self.source, error) from None

    def _events(self, next_event: Callable[[], Any]) -> None:
        stack: list[_Open] = []
        count = 0
        limit = self.limits.max_nodes
        while True:
            event = next_event()
            kind = event.__class__
            height = 0
            node: Node
            if kind is ScalarEvent:
                count += 1
                node = self._scalar(event)
            elif kind in _STARTS:
                self._open(event, stack, count)
                count += 1
                continue
            elif kind in _ENDS:
                opened = stack.pop()
                node = self._close(opened, event.end_mark.index, count)
                height = opened.height
            elif kind is AliasEvent:
                node, size, height = self._alias(event, len(stack))
                count += size
            elif kind is StreamEndEvent:
                return
            else:
                self._boundary(event)
                continue
            if count > limit:
                raise too_many(self.source, event.start_mark.index, self.limits)
            if stack:
                self._put(stack[-1], node, height)
            else:
                self.node = node

    def _open(self, event: Any, stack: list[_Open], count: int) -> None:
        if len(stack) >= self.limits.max_depth:
            raise too_deep(self.source, event.start_mark.index, self.limits)
        stack.append(_Open(event, count, event.__class__ is MappingStartEvent))
        if event.anchor is not None:
            self._anchors[event.anchor] = (None, 0, 0)

    def _put(self, parent: _Open, node: Node, height: int) -> None:
        """Adds a finished node to the list or map that it stands in."""
        if height >= parent.height:
            parent.height = height + 1
        if parent.items is not None:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = self._key(parent, node)
        else:
            key = parent.key
            parent.key = None
            if key is _SKIPPED:
                return
            if key.text == "<<" and key.style == "":
                parent.merges.append((key, node))
            else:
                parent.entries.append((key, node))

    def _key(self, parent: _Open, node: Node) -> ScalarNode:
        if not isinstance(node, ScalarNode):
            self.diagnostics.add(
                BAD_KEY,
                f"a {'map' if isinstance(node, MappingNode) else 'list'} stands where a key is "
                "expected",
                node.span,
                hint="put quotes around it if it is meant as text",
            )
            return _SKIPPED
        if node.style == "" and node.text == "<<" and node.tag is None:
            return node
        if node.value.__class__ is not str:
            node = self._key_as_text(node)
        if node.text in parent.seen:
            report_duplicate(self.diagnostics, node, first_of(parent.entries, node.text))
            return _SKIPPED
        parent.seen.add(node.text)
        return node

    def _key_as_text(self, node: ScalarNode) -> ScalarNode:
        """What JSON makes of a key that is no string; that is what Heat's client sends."""
        value = node.value
        if value is None or isinstance(value, bool):
            text = {None: "null", True: "true", False: "false"}[value]
            if node.text != text:
                self.diagnostics.add(
                    WORD_AS_KEY,
                    f"YAML reads the key {node.text!r} as {text}",
                    node.span,
                    hint=f"write {node.text!r} in quotes to keep it as it is",
                )
        else:
            text = str(value)
        return ScalarNode(node.source, node.start, node.end, text, text, style=node.style)

    def _close(self, opened: _Open, end: int, count: int) -> Node:
        node: Node
        if opened.items is not None:
            items = opened.items
            if not opened.flow and items:
                end = items[-1].end
            node = SequenceNode(
                self.source,
                opened.start,
                end,
                items,
                flow=opened.flow,
                tag=opened.tag,
                anchor=opened.anchor,
            )
        else:
            entries = opened.entries
            if not opened.flow and entries:
                end = max(entries[-1][1].end, entries[-1][0].end)
            if opened.merges:
                entries = self._merged(opened)
            node = MappingNode(
                self.source,
                opened.start,
                end,
                entries,
                flow=opened.flow,
                tag=opened.tag,
                anchor=opened.anchor,
            )
        tag = opened.tag
        if tag is not None and tag not in ("!", _TAG + ("map" if opened.items is None else "seq")):
            self.tagged.append(node)
        if opened.anchor is not None:
            self._anchors[opened.anchor] = (node, count - opened.before, opened.height)
        return node

    def _merged(self, opened: _Open) -> list[tuple[ScalarNode, Node]]:
        """Own keys win over merged ones, and of merged maps the earlier one wins."""
        seen = set(opened.seen)
        merged: list[tuple[ScalarNode, Node]] = []
        for key, node in opened.merges:
            parts = node.items if isinstance(node, SequenceNode) else [node]
            for part in parts:
                if not isinstance(part, MappingNode):
                    self.diagnostics.add(
                        BAD_MERGE, "the merge key << needs a map or a list of maps", key.span
                    )
                    break
                for name, value in part.entries:
                    if name.text not in seen:
                        seen.add(name.text)
                        merged.append((name, value))
        return merged + opened.entries

    def _alias(self, event: Any, depth: int) -> tuple[Node, int, int]:
        """What an alias stands for, how many values that is, and how deep."""
        name: str = event.anchor
        found = self._anchors.get(name)
        if found is not None and found[0] is not None:
            if depth + found[2] > self.limits.max_depth:
                raise too_deep(self.source, event.start_mark.index, self.limits)
            return found[0], found[1], found[2]
        span = Span(self.source, event.start_mark.index, event.end_mark.index)
        if found is None:
            message = f"there is no anchor &{shorten(name)} before this alias"
            hint = "a text that begins with * must be put in quotes"
        else:
            message = f"the alias *{shorten(name)} stands inside the value that it names"
            hint = "a value can't contain itself"
        raise ReadFailure(UNKNOWN_ALIAS, message, span, hint)

    def _boundary(self, event: Any) -> None:
        if isinstance(event, DocumentStartEvent) and self.node is not None:
            start: int = event.start_mark.index  # type: ignore[union-attr]  # never None here
            raise ReadFailure(
                SEVERAL_DOCUMENTS,
                "a second YAML document begins here",
                Span(self.source, start, start + 3),
                "keep one document in a file; remove the line of dashes",
            )

    def _scalar(self, event: Any) -> ScalarNode:
        text: str = event.value
        style: str = event.style
        start: int = event.start_mark.index
        end: int = event.end_mark.index
        if event.tag is not None or event.anchor is not None:
            return self._marked(event, style or "")
        value: Scalar = text
        if style == "":
            try:
                value = self._plain[text]
            except KeyError:
                value = self._resolve(text, Span(self.source, start, end))
        elif style in "|>":
            end = self._last(start, end)
        return ScalarNode(self.source, start, end, value, text, style=style)

    def _resolve(self, text: str, span: Span) -> Scalar:
        try:
            value = resolve_plain(text)
        except ValueError:
            self._bad_value(text, span)
            return text
        self._plain[text] = value
        return value

    def _last(self, start: int, end: int) -> int:
        """The end of a block's text without the empty lines after it."""
        text = self.source.text
        while end > start and text[end - 1] in " \r\n":
            end -= 1
        return end

    def _marked(self, event: Any, style: str) -> ScalarNode:
        """A scalar with a tag or an anchor."""
        text: str = event.value
        start, end = event.start_mark.index, event.end_mark.index
        if style in ("|", ">"):
            end = self._last(start, end)
        node = ScalarNode(
            self.source, start, end, text, text, style=style, tag=event.tag, anchor=event.anchor
        )
        try:
            if event.tag is not None:
                node.value = self._tagged(node, event.tag)
            elif style == "":
                node.value = resolve_plain(text)
        except ValueError:
            self._bad_value(text, node.span)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, 1, 0)
        return node

    def _bad_value(self, text: str, span: Span) -> None:
        self.diagnostics.add(
            BAD_NUMBER,
            f"{shorten(text)!r} can't be read as a value of its kind",
            span,
            hint="put quotes around it if it is meant as text",
        )

    def _tagged(self, node: ScalarNode, tag: str) -> Scalar:
        text = node.text
        if tag.startswith(_TAG):
            convert = _TAGS.get(tag[len(_TAG) :])
            if convert is not None:
                return convert(text)
        elif tag == "!":
            return text
        self.tagged.append(node)
        return resolve_plain(text) if node.style == "" else text


def _to_null(text: str) -> None:
    if resolve_plain(text) is not None:
        raise ValueError("not null")


_TAGS: dict[str, Callable[[str], Scalar]] = {
    "str": str,
    "timestamp": str,
    "int": to_int,
    "float": to_float,
    "bool": to_bool,
    "null": _to_null,
}

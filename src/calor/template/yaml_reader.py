"""YAML to nodes, from the C parser's events; no meaning beyond YAML 1.1's.

It never recurses, so that depth costs a list item and not a stack frame, and it counts what
aliases stand for before anybody expands them.
"""

from __future__ import annotations

from yaml import YAMLError
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs lack the C parser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
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
_PLAIN_STRING = frozenset(
    chr(code) for code in range(0x21, 0x7F) if chr(code) not in "~nNtTyYoOfF+-.0123456789<"
)
_SKIPPED = ScalarNode(Source("", ""), 0, 0, "", "")


class _Open:
    """A list or map that has begun and not ended."""

    __slots__ = (
        "anchor", "before", "entries", "flow", "height", "items", "key", "merges", "seen", "start",
        "tag",
    )  # fmt: skip

    def __init__(self, event: Event, before: int, is_map: bool) -> None:
        self.start: int = event.start_mark.index  # type: ignore[attr-defined]  # the C mark
        self.tag: str | None = event.tag  # type: ignore[attr-defined]
        self.anchor: str | None = event.anchor  # type: ignore[attr-defined]
        self.flow: bool = event.flow_style == 1  # type: ignore[attr-defined]
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
        self._texts: dict[str, str] = {}

    def read(self) -> None:
        """Raises ReadFailure where the text can't be read on."""
        try:
            self._events(CParser(self.source.text).get_event)
        except YAMLError as error:
            raise failure(self.source, error) from None

    def _events(self, next_event) -> None:  # type: ignore[no-untyped-def]  # of the C parser
        stack: list[_Open] = []
        count = 0
        source, limits, texts = self.source, self.limits, self._texts
        while True:
            event = next_event()
            kind = event.__class__
            height = 0
            node: Node
            if kind is ScalarEvent:
                count += 1
                text = event.value
                if (
                    event.tag is None
                    and event.anchor is None
                    and (event.style != "" or (text and text[0] in _PLAIN_STRING))
                    and event.style not in "|>"
                ):
                    text = texts.setdefault(text, text)
                    node = ScalarNode(
                        source,
                        event.start_mark.index,
                        event.end_mark.index,
                        text,
                        text,
                        event.style,
                    )
                    if not event.style and "<" == text[0]:
                        node = self._scalar(event)
                else:
                    node = self._scalar(event)
                    if event.anchor is not None:
                        self._anchors[event.anchor] = (node, 1, 0)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if len(stack) >= limits.max_depth:
                    raise too_deep(source, event.start_mark.index, limits)
                stack.append(_Open(event, count, kind is MappingStartEvent))
                count += 1
                if event.anchor is not None:
                    self._anchors[event.anchor] = (None, 0, 0)
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                opened = stack.pop()
                node = self._close(opened, event.end_mark.index)
                height = opened.height
                if opened.anchor is not None:
                    self._anchors[opened.anchor] = (node, count - opened.before, height)
            elif kind is AliasEvent:
                node, size, height = self._alias(event)
                count += size
                if len(stack) + height > limits.max_depth:
                    raise too_deep(source, event.start_mark.index, limits)
            elif kind is StreamEndEvent:
                return
            else:
                if kind is DocumentStartEvent and self.node is not None:
                    raise self._second_document(event)
                continue
            if count > limits.max_nodes:
                raise too_many(source, event.start_mark.index, limits)
            if not stack:
                self.node = node
                continue
            parent = stack[-1]
            if height >= parent.height:
                parent.height = height + 1
            if parent.items is not None:
                parent.items.append(node)
            elif parent.key is None:
                parent.key = self._key(parent, node)
            else:
                self._entry(parent, node)

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
        return ScalarNode(node.source, node.start, node.end, text, text, node.style, node.tag)

    def _entry(self, parent: _Open, node: Node) -> None:
        key = parent.key
        parent.key = None
        if key is None or key is _SKIPPED:
            return
        if key.text == "<<" and key.style == "":
            parent.merges.append((key, node))
        else:
            parent.entries.append((key, node))

    def _close(self, opened: _Open, end: int) -> Node:
        node: Node
        if opened.items is not None:
            items = opened.items
            if not opened.flow and items:
                end = items[-1].end
            node = SequenceNode(
                self.source, opened.start, end, items, opened.flow, opened.tag, opened.anchor
            )
        else:
            entries = opened.entries
            if not opened.flow and entries:
                end = entries[-1][1].end
                if end < entries[-1][0].end:
                    end = entries[-1][0].end
            if opened.merges:
                entries = self._merged(opened)
            node = MappingNode(
                self.source, opened.start, end, entries, opened.flow, opened.tag, opened.anchor
            )
        tag = opened.tag
        if tag is not None and tag not in ("!", _TAG + ("map" if opened.items is None else "seq")):
            self.tagged.append(node)
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

    def _alias(self, event: Event) -> tuple[Node, int, int]:
        name: str = event.anchor  # type: ignore[attr-defined]
        found = self._anchors.get(name)
        if found is not None and found[0] is not None:
            return found[0], found[1], found[2]
        start: int = event.start_mark.index  # type: ignore[attr-defined]
        span = Span(self.source, start, event.end_mark.index)  # type: ignore[attr-defined]
        if found is None:
            message = f"there is no anchor &{shorten(name)} before this alias"
            hint = "a text that begins with * must be put in quotes"
        else:
            message = f"the alias *{shorten(name)} stands inside the value that it names"
            hint = "a value can't contain itself"
        raise ReadFailure(UNKNOWN_ALIAS, message, span, hint)

    def _second_document(self, event: Event) -> ReadFailure:
        start: int = event.start_mark.index  # type: ignore[attr-defined]
        return ReadFailure(
            SEVERAL_DOCUMENTS,
            "a second YAML document begins here",
            Span(self.source, start, start + 3),
            "keep one document in a file; remove the line of dashes",
        )

    def _scalar(self, event: Event) -> ScalarNode:
        text: str = event.value  # type: ignore[attr-defined]
        style: str = event.style or ""  # type: ignore[attr-defined]
        tag: str | None = event.tag  # type: ignore[attr-defined]
        start: int = event.start_mark.index  # type: ignore[attr-defined]
        end: int = event.end_mark.index  # type: ignore[attr-defined]
        if style in ("|", ">"):
            whole = self.source.text
            while end > start and whole[end - 1] in " \r\n":
                end -= 1
        node = ScalarNode(self.source, start, end, text, text, style, tag, event.anchor)  # type: ignore[attr-defined]
        try:
            if tag is None:
                if style == "":
                    node.value = resolve_plain(text)
            else:
                node.value = self._tagged(node, tag)
        except ValueError:
            self.diagnostics.add(
                BAD_NUMBER,
                f"{shorten(text)!r} can't be read as a value of its kind",
                node.span,
                hint="put quotes around it if it is meant as text",
            )
        return node

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


def _number(text: str) -> float:
    return to_float(text)


_TAGS = {
    "str": str,
    "timestamp": str,
    "int": to_int,
    "float": _number,
    "bool": to_bool,
    "null": _to_null,
}

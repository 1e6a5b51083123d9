"""Text, bytes or a parsed object to a tree of nodes with places; it knows YAML and JSON only.

Whatever comes in, the answer is a `Reading`: nodes, or one clear diagnostic, in bounded time and
memory.
"""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source, Span
from calor.base.values import Value
from calor.template.collection import paused
from calor.template.json_reader import JsonReader
from calor.template.reading import (
    NOT_TEXT,
    SYNTAX,
    TOO_LARGE,
    Limits,
    ReadFailure,
    Reading,
    too_deep,
    too_many,
)
from calor.template.yaml_reader import YamlReader

NOT_JSON = Rule(
    "H116",
    "not a JSON value",
    "A template that is handed over as an object may hold null, booleans, numbers, texts, lists "
    "and maps with texts as keys, and nothing else.",
)

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read(
    source: Source | str | bytes, *, name: str = "template", limits: Limits | None = None
) -> Reading:
    """The nodes of a text. JSON is read as JSON, everything else as YAML 1.1."""
    limits = limits or Limits()
    diagnostics = Diagnostics()
    try:
        text = _text(source, name, limits)
    except ReadFailure as failure:
        failure.report(diagnostics)
        return Reading(None, failure.span.source, (), diagnostics)
    if text.text.lstrip(" \t\r\n")[:1] in ("{", "["):
        node, other = _as_json(text, limits, diagnostics)
        if node is not None or diagnostics:
            return Reading(node, text, (), diagnostics)
    else:
        other = None
    reader = YamlReader(text, limits, diagnostics)
    try:
        with paused():
            reader.read()
    except ReadFailure as failure:
        diagnostics = Diagnostics()
        _likelier(failure, other).report(diagnostics)
        return Reading(None, text, (), diagnostics)
    return Reading(reader.node, text, tuple(reader.tagged), diagnostics)


def from_object(value: Value, *, name: str = "template", limits: Limits | None = None) -> Reading:
    """The nodes of a parsed object, as Heat's client posts templates. They have no places."""
    limits = limits or Limits()
    diagnostics = Diagnostics()
    builder = _ObjectReader(Source(name, ""), limits)
    try:
        node = builder.node(value, 0)
    except ReadFailure as failure:
        failure.report(diagnostics)
        return Reading(None, builder.source, (), diagnostics)
    return Reading(node, builder.source, (), diagnostics)


def _text(source: Source | str | bytes, name: str, limits: Limits) -> Source:
    if isinstance(source, Source):
        name, source = source.name, source.text
    most = limits.max_bytes
    size = len(source)
    if most is not None and isinstance(source, str) and most // 4 < size <= most:
        size = len(source.encode("utf-8", "replace"))
    if most is not None and size > most:
        raise ReadFailure(
            TOO_LARGE,
            f"the file is {size} bytes long; at most {most} are read",
            Span(Source(name, ""), 0, 0),
            "split it into nested templates, or raise the limit",
        )
    if isinstance(source, bytes):
        source = _decode(source, name)
    source = source.removeprefix("\ufeff")
    if not source.isascii():
        _check_surrogates(source, name)
    return Source(name, source)


def _check_surrogates(text: str, name: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        printable = Source(name, text.encode("utf-8", "replace").decode())
        raise ReadFailure(
            NOT_TEXT,
            "half of a surrogate pair stands alone here",
            Span(printable, error.start, error.start + 1),
            "write the character itself",
        ) from None


def _decode(data: bytes, name: str) -> str:
    encoding = next((known for mark, known in _BOMS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        readable = Source(name, data.decode(encoding, "replace"))
        offset = len(data[: error.start].decode(encoding, "replace"))
        raise ReadFailure(
            NOT_TEXT,
            f"the byte 0x{data[error.start]:02x} here is not {encoding.upper()}",
            Span(readable, offset, offset + 1),
            "save the file in UTF-8",
        ) from None


def _as_json(
    text: Source, limits: Limits, diagnostics: Diagnostics
) -> tuple[Node | None, ReadFailure | None]:
    """The nodes, or why it is no JSON; limits are final, syntax gives YAML a chance."""
    found = Diagnostics()
    try:
        node = JsonReader(text, limits, found).read()
    except ReadFailure as failure:
        if failure.rule is not SYNTAX:
            failure.report(diagnostics)
        return None, failure
    diagnostics.extend(found)
    return node, None


def _likelier(yaml: ReadFailure, json: ReadFailure | None) -> ReadFailure:
    """Of two complaints about a text that is neither, the one its author can use."""
    if json is None or yaml.rule is not SYNTAX:
        return yaml
    head = yaml.span.source.text.lstrip()
    return json if head[1:].lstrip()[:1] in ('"', "}", "]", "[", "{") else yaml


class _ObjectReader:
    def __init__(self, source: Source, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.count = 0

    def node(self, value: Value, depth: int) -> Node:
        source = self.source
        self.count += 1
        if self.count > self.limits.max_nodes:
            raise too_many(source, 0, self.limits)
        if value is None or isinstance(value, bool | int | float | str):
            style = '"' if isinstance(value, str) else ""
            return ScalarNode(source, 0, 0, value, str(value), style=style)
        if depth >= self.limits.max_depth:
            raise too_deep(source, 0, self.limits)
        if isinstance(value, Mapping):
            entries = []
            for key, item in value.items():
                text = key if isinstance(key, str) else str(key)
                entries.append((ScalarNode(source, 0, 0, text, text), self.node(item, depth + 1)))
            return MappingNode(source, 0, 0, entries, flow=True)
        if isinstance(value, list | tuple):
            items = [self.node(item, depth + 1) for item in value]
            return SequenceNode(source, 0, 0, items, flow=True)
        raise ReadFailure(
            NOT_JSON,
            f"a value of type {type(value).__name__} can't stand in a template",
            Span(source, 0, 0),
        )


__all__ = ["Limits", "Reading", "from_object", "read"]

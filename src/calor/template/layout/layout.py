"""The door: a text in, the same text in the canonical layout out.

Whatever it writes it reads again: what does not say the same, or would be laid out differently the
next time, is not written.
"""

from __future__ import annotations

from dataclasses import dataclass

from yaml import YAMLError

from calor.base.diagnostics import Diagnostics
from calor.base.source import Node, Source
from calor.template.json_reader import JsonReader
from calor.template.layout import as_json
from calor.template.layout.proof import same
from calor.template.layout.tree import CantLayOut, parse
from calor.template.layout.writer import write
from calor.template.reader import Limits, read
from calor.template.reading import ReadFailure


@dataclass(frozen=True, slots=True)
class LaidOut:
    """`text` is None where the source can't be read, and `diagnostics` say why. `reason` says why
    a text was left as it is, and is '' otherwise."""

    text: str | None
    diagnostics: Diagnostics
    reason: str = ""


def lay_out(source: Source) -> LaidOut:
    """The text in the canonical layout."""
    text = source.text.removeprefix("\ufeff").replace("\r\n", "\n")
    reading = read(Source(source.name, text))
    if reading.node is None and reading.diagnostics:
        return LaidOut(None, reading.diagnostics)
    as_json_node = _json(text)
    if as_json_node is not None:
        return LaidOut(as_json.write(as_json_node), Diagnostics())
    try:
        return LaidOut(_laid_out(text), Diagnostics())
    except (CantLayOut, YAMLError) as problem:
        return LaidOut(source.text, Diagnostics(), str(problem))


def _laid_out(text: str) -> str:
    before = parse(text)
    made = write(before)
    after = parse(made)
    if not same(before, after) or write(after) != made:
        raise CantLayOut("its layout means something that another one would not keep")
    return made


def _json(text: str) -> Node | None:
    """The nodes of JSON; None for YAML, and for JSON in which something is said twice."""
    if text.lstrip(" \t\n")[:1] not in ("{", "["):
        return None
    found = Diagnostics()
    try:
        node = JsonReader(Source("", text), Limits(), found).read()
    except ReadFailure:
        return None
    return None if found else node

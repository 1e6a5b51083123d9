"""Which language a document is written in, and where its sections are; it may be half written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from calor.base.diagnostics import Diagnostics
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source
from calor.lsp.sketch import Sketch
from calor.template.definitions import Template
from calor.template.dialect import Dialect
from calor.template.dialects import by_key, versions
from calor.template.load import load_reading
from calor.template.reading import Limits, Reading
from calor.template.words import ENVIRONMENT

_ONLY_ENVIRONMENTS = tuple(word for word in ENVIRONMENT if word != "parameters")


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a document declares: where its name stands, and what it stands for."""

    name: str
    key: ScalarNode
    word: str


class Document:
    """One version of a document, understood as far as it can be."""

    def __init__(self, uri: str, source: Source) -> None:
        self.uri = uri
        self.source = source

    @cached_property
    def sketch(self) -> Sketch:
        return Sketch(self.source)

    @cached_property
    def version_key(self) -> str:
        """The key that names the version, or ''."""
        known = by_key()
        return next((key.text for key in self.sketch.words() if key.text in known), "")

    @cached_property
    def dialect(self) -> Dialect | None:
        """The template's version; the newest where it is none that exists; None for a document
        that is no template."""
        if not self.version_key:
            there = {key.text for key in self.sketch.words()}
            implied = (one for one in versions() if there.intersection(one.implied_by))
            return next(implied, None)
        known = by_key()[self.version_key]
        node = self.sketch.section(self.version_key)
        written = node.text if isinstance(node, ScalarNode) else ""
        return known.get(written) or list(known.values())[-1]

    @cached_property
    def is_environment(self) -> bool:
        words = {key.text for key in self.sketch.words()}
        return self.dialect is None and any(word in words for word in _ONLY_ENVIRONMENTS)

    @cached_property
    def template(self) -> Template | None:
        """The template as far as it can be parsed, with everything that it names."""
        if self.dialect is None:
            return None
        root = self.sketch.whole
        tagged, depth = _tagged(root)
        if depth > Limits().max_depth:
            return None
        return load_reading(Reading(root, self.source, tagged, Diagnostics())).template

    def word(self, role: str) -> str:
        """How the document writes a section, or ''."""
        if self.dialect is None:
            return ""
        words = self.dialect.sections
        there = {key.text for key in self.sketch.words()}
        spelt = [word for word, meaning in words.items() if meaning == role]
        return next((word for word in spelt if word in there), "")

    def names(self, role: str) -> dict[str, Named]:
        """What a section declares, by name."""
        word = self.word(role)
        if not word:
            return {}
        return {key.text: Named(key.text, key, word) for key in self.sketch.names(word)}

    def entry(self, role: str, name: str) -> Node | None:
        """What a section says of a name."""
        word = self.word(role)
        return self.sketch.entry(word, name) if word else None

    def type_of(self, resource: str) -> str:
        """The type that a resource says it has, or ''."""
        node = self.entry("resources", resource)
        if self.dialect is None or not isinstance(node, MappingNode):
            return ""
        for key, value in node.entries:
            if self.dialect.resource_keys.get(key.text) == "type" and isinstance(value, ScalarNode):
                return value.text
        return ""


def _tagged(root: Node) -> tuple[tuple[Node, ...], int]:
    """The nodes with tags, and how deep they are nested."""
    found: list[Node] = []
    level: list[Node] = [root]
    depth = 0
    while level:
        depth += 1
        found += [node for node in level if node.tag is not None]
        level = [below for node in level for below in _below(node)]
    return tuple(found), depth


def _below(node: Node) -> list[Node]:
    if isinstance(node, SequenceNode):
        return node.items
    return [value for _, value in node.entries] if isinstance(node, MappingNode) else []


def said(node: Node | None, key: str) -> str:
    """A text that a map has under a key, or ''."""
    found = node.get(key) if isinstance(node, MappingNode) else None
    return found.text.strip() if isinstance(found, ScalarNode) else ""

"""`Fn::ForEach`: a part of the document once for each item of a list, each with its place.

`Fn::ForEach::Name: [Id, [a, b], {"Key${Id}": ...}]` becomes `Keya` and `Keyb`; inside, `${Id}`,
`&{Id}` (letters and digits only) and `{Ref: Id}` are the item. A list that comes from parameters is
their values, or their defaults while these are not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.base.values import Unknown, Value, is_known, is_sensitive
from calor.template.dialect import Prepared, Preparing
from calor.template.dialects.cfn_transforms import LOOP
from calor.template.evaluation import NoScope
from calor.template.expressions import Broken, EvaluationError, Expression, references
from calor.template.parameter_types import convert
from calor.template.plain import to_plain
from calor.template.reading import report_duplicate, too_many
from calor.template.value_parser import ValueParser

BAD_LOOP = Rule(
    "H640",
    "bad loop",
    "Fn::ForEach::NAME is a list of three: a name for the item, a list of texts or a parameter "
    "that is one, and a map that is made anew for each item, with the item's name in its keys.",
)
LOOP_OUTSIDE = Rule(
    "H641",
    "loop can't stand here",
    "Fn::ForEach works in the sections Conditions, Resources and Outputs, and inside resources.",
)
LOOP_UNKNOWN = Rule(
    "H642",
    "loop over what is not known",
    "Which resources there are must be known before anything is created, so the list of a loop "
    "can come from constants, mappings and parameters only, and not from a parameter that is "
    "hidden or that another resource decides.",
)

_SECTIONS = ("conditions", "resources", "outputs")
_NAME = re.compile(r"[A-Za-z0-9]+")
# A text counts as one value more for so many characters.
_WEIGHT = 100


class Loops:
    """The loops of one document."""

    def __init__(self, preparing: Preparing, document: MappingNode) -> None:
        self._dialect = preparing.dialect
        self._diagnostics: Diagnostics = preparing.diagnostics
        self._limits = preparing.limits
        self._scope = _Constants(preparing, document)
        self._made = 0
        self._found = False
        self._used: dict[str, None] = {}
        self._unsure = False

    def unrolled(self, document: MappingNode) -> Prepared:
        """The document without loops."""
        entries: list[tuple[ScalarNode, Node]] = []
        unsure: list[str] = []
        for key, value in document.entries:
            role = self._dialect.sections.get(key.text, "")
            if key.text.startswith(LOOP):
                self._outside(key)
                continue
            self._unsure = False
            entries.append((key, self._node(value, role in _SECTIONS)))
            if self._unsure:
                unsure.append(role)
        if not self._found:
            return Prepared(document)
        node = MappingNode(document.source, document.start, document.end, entries)
        return Prepared(node, tuple(self._used), tuple(unsure), repeats=True)

    def _node(self, node: Node, allowed: bool) -> Node:
        """Nodes without loops are shared with the original."""
        if isinstance(node, ScalarNode):
            return node
        if isinstance(node, SequenceNode):
            items = [self._node(item, allowed) for item in node.items]
            if all(one is other for one, other in zip(items, node.items, strict=True)):
                return node
            return SequenceNode(node.source, node.start, node.end, items, flow=node.flow)
        entries: list[tuple[ScalarNode, Node]] = []
        same = True
        for key, value in node.entries:
            if not key.text.startswith(LOOP):
                new = self._node(value, allowed)
                same = same and new is value
                entries.append((key, new))
                continue
            same = False
            if allowed:
                self._found = True
                entries.extend(self._rounds(key, value))
            else:
                self._outside(key)
        if same:
            return node
        return MappingNode(node.source, node.start, node.end, self._unique(entries), flow=node.flow)

    def _outside(self, key: ScalarNode) -> None:
        self._found = True
        self._diagnostics.add(
            LOOP_OUTSIDE, "a loop can't stand here", key.span, hint="move it into a section"
        )

    def _unique(self, entries: list[tuple[ScalarNode, Node]]) -> list[tuple[ScalarNode, Node]]:
        seen: dict[str, ScalarNode] = {}
        unique: list[tuple[ScalarNode, Node]] = []
        for key, value in entries:
            if seen.setdefault(key.text, key) is not key:
                report_duplicate(self._diagnostics, key, seen[key.text])
                continue
            unique.append((key, value))
        return unique

    def _rounds(self, key: ScalarNode, node: Node) -> list[tuple[ScalarNode, Node]]:
        """What a loop makes, the loops inside it unrolled too."""
        parts = node.items if isinstance(node, SequenceNode) else []
        if len(parts) != 3:
            self._bad(node if node.end > node.start else key, "a loop is a list of three")
            return []
        name, collection, body = parts
        if not isinstance(name, ScalarNode) or not _NAME.fullmatch(name.text):
            self._bad(name, "a loop needs a name for its item, of letters and digits")
            return []
        if not isinstance(body, MappingNode):
            self._bad(body, "a loop needs a map to make for each item")
            return []
        made: list[tuple[ScalarNode, Node]] = []
        for item in self._items(collection) or []:
            filled = self._filled(body, name.text, item)
            new = self._node(filled, True)
            assert isinstance(new, MappingNode)
            made.extend(new.entries)
        return made

    def _bad(self, node: Node, message: str) -> None:
        self._diagnostics.add(
            BAD_LOOP,
            message,
            node.span,
            hint="as in Fn::ForEach::Nets: [Net, [a, b], {'Net${Net}': {...}}]",
        )

    def _items(self, node: Node) -> list[str] | None:
        """The items as texts, None where they can't be told."""
        expression = self._scope.parse(node, self._diagnostics)
        if isinstance(expression, Broken):
            return None
        made = False
        for reference in references(expression):
            if reference.kind == "parameter":
                self._used[reference.name] = None
            made = made or reference.kind in ("resource", "attribute", "name")
        try:
            value = expression.evaluate(self._scope)
        except EvaluationError as problem:
            self._diagnostics.extend(problem.diagnostics)
            return None
        known = is_known(value)
        if not known and self._scope.waits and not made:
            self._unsure = True
            return None
        if is_sensitive(value) or not known:
            self._diagnostics.add(
                LOOP_UNKNOWN,
                "the items of this loop are not known before something is created"
                if not known
                else "the items of a loop can't be secret",
                node.span,
                hint="loop over a list, a mapping or a parameter",
            )
            return None
        texts = [_text(item) for item in value] if isinstance(value, list) else [None]
        if None in texts:
            self._bad(node, "a loop goes over a list of texts")
            return None
        return list(dict.fromkeys(text for text in texts if text is not None))

    def _filled(self, node: Node, name: str, item: str) -> Node:
        """A copy with the item put in."""
        self._count(node)
        if isinstance(node, ScalarNode):
            if not isinstance(node.value, str):
                return node
            return self._text(node, name, item)
        if isinstance(node, SequenceNode):
            items = [self._filled(below, name, item) for below in node.items]
            return SequenceNode(node.source, node.start, node.end, items, flow=node.flow)
        if len(node.entries) == 1 and node.entries[0][0].text == "Ref":
            target = node.entries[0][1]
            if isinstance(target, ScalarNode) and target.text == name:
                return ScalarNode(node.source, node.start, node.end, item, item, style='"')
        entries = [
            (self._text(key, name, item), self._filled(value, name, item))
            for key, value in node.entries
        ]
        return MappingNode(node.source, node.start, node.end, self._unique(entries), flow=node.flow)

    def _text(self, node: ScalarNode, name: str, item: str) -> ScalarNode:
        text = node.text.replace(f"${{{name}}}", item)
        text = text.replace(f"&{{{name}}}", re.sub(r"[^A-Za-z0-9]", "", item))
        if text == node.text:
            return node
        self._made += len(text) // _WEIGHT
        return ScalarNode(node.source, node.start, node.end, text, text, style=node.style)

    def _count(self, node: Node) -> None:
        self._made += 1
        if self._made > self._limits.max_nodes:
            raise too_many(node.source, node.start, self._limits)


class _Constants(NoScope):
    """What is known before the template is parsed: parameters and mappings."""

    def __init__(self, preparing: Preparing, document: MappingNode) -> None:
        self._values = preparing.values
        self._dialect = preparing.dialect
        self._parameters: Mapping[str, Node] = {}
        self._mappings: Mapping[str, Value] = {}
        self.waits = preparing.values is None
        """Whether what is unknown now may be known later."""
        for key, node in document.entries:
            role = preparing.dialect.sections.get(key.text)
            if role == "parameters" and isinstance(node, MappingNode):
                self._parameters = {name.text: below for name, below in node.entries}
            elif role == "mappings" and isinstance(node, MappingNode):
                self._mappings = {name.text: to_plain(below) for name, below in node.entries}

    def parse(self, node: Node, diagnostics: Diagnostics) -> Expression:
        parser = ValueParser(self._dialect, diagnostics)
        parser.parameters.update(self._parameters)
        return parser.value(node)

    def parameter(self, name: str) -> Value:
        if self._values is not None:
            return self._values.get(name, Unknown(name))
        node = self._parameters.get(name)
        default = node.get("Default") if isinstance(node, MappingNode) else None
        kind = node.get("Type") if isinstance(node, MappingNode) else None
        word = kind.text if isinstance(kind, ScalarNode) else ""
        if default is None or word not in self._dialect.parameter_types:
            return Unknown(name)
        try:
            return convert(to_plain(default), self._dialect.parameter_types[word])
        except ValueError:
            return Unknown(name)

    def mapping(self, name: str) -> Value:
        return self._mappings.get(name, {})


def _text(item: Value) -> str | None:
    if isinstance(item, bool):
        return "true" if item else "false"
    return str(item) if isinstance(item, str | int | float) else None

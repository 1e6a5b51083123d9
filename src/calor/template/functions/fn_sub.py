"""`Fn::Sub`: a text with `${Name}`, `${Resource.Attribute}` and own names filled in.

`${!Name}` stays, as `${Name}`. Variant 1 takes resources and parameters; 2, in conditions,
parameters only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.base.values import Value
from calor.template.expressions import Call, Expression
from calor.template.function import MAX_TEXT, Arguments, BadArguments, Function, Parsed, items_of
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class FnSub(Function):
    """`data` are the parts: texts, and numbers of arguments."""

    names = ("Fn::Sub",)
    example = "Fn::Sub: 'http://${Web.address}/${Path}'"
    text = "filled"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        template: Node = node
        own: Mapping[str, Node] = {}
        if isinstance(node, SequenceNode):
            items = items_of(node, least=2, most=2, what="a text and a map of names")
            template = items[0]
            if not isinstance(items[1], MappingNode):
                raise BadArguments("needs a map of names and values", items[1])
            own = {key.text: value for key, value in items[1].entries}
        if not isinstance(template, ScalarNode) or not isinstance(template.value, str):
            raise BadArguments("needs a text, or a list of a text and a map of names", template)
        return self._parts(arguments, template, own)

    def _parts(self, arguments: Arguments, template: ScalarNode, own: Mapping[str, Node]) -> Parsed:
        args: list[Expression] = []
        parts: list[str | int] = []
        numbers: dict[str, int] = {}
        places = iter(_places(template))
        end = 0
        for found in _PLACEHOLDER.finditer(template.text):
            parts.append(template.text[end : found.start()])
            end = found.end()
            place = next(places)
            written = found[1]
            if written.startswith("!"):
                parts.append(f"${{{written[1:]}}}")
                continue
            name = written.strip()
            if name not in numbers:
                if not name:
                    raise BadArguments("has an empty placeholder ${}", place)
                node = own[name] if name in own else _reference(place, name)
                numbers[name] = len(args)
                args.append(arguments.value(node))
            parts.append(numbers[name])
        parts.append(template.text[end:])
        return Parsed(tuple(args), tuple(parts))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(lambda *values: _filled(call.data, values), *call.values(scope))


def _places(template: ScalarNode) -> Iterator[ScalarNode]:
    """Where the names stand that the text has in ${...}; the whole text where that is not clear."""
    raw = template.source.text[template.start : template.end]
    written = [found[1] for found in _PLACEHOLDER.finditer(template.text)]
    places = list(_PLACEHOLDER.finditer(raw))
    if [found[1] for found in places] != written:
        places = []
    for number, name in enumerate(written):
        start, end = template.start, template.end
        if places:
            start, end = (template.start + offset for offset in places[number].span(1))
        yield ScalarNode(template.source, start, end, name, name)


def _reference(place: ScalarNode, name: str) -> MappingNode:
    """What a placeholder is short for."""
    function = "Fn::GetAtt" if "." in name else "Ref"
    key = ScalarNode(place.source, place.start, place.end, function, function)
    target = ScalarNode(place.source, place.start, place.end, name, name)
    return MappingNode(place.source, place.start, place.end, [(key, target)])


def _filled(parts: tuple[str | int, ...], values: tuple[Value, ...]) -> str:
    texts: list[str] = []
    size = 0
    for part in parts:
        text = part if isinstance(part, str) else _as_text(values[part])
        size += len(text)
        if size > MAX_TEXT:
            raise Misuse("the text becomes too long")
        texts.append(text)
    return "".join(texts)


def _as_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    raise Misuse(f"can't put {kind_of(value)} into a text", "select a part of it first")


FUNCTIONS = (FnSub(),)

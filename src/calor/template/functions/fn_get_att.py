"""`Fn::GetAtt`: an attribute of another resource, as a list of two or as `resource.attribute`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Unknown, Value
from calor.template.expressions import Call, Literal, Reference
from calor.template.function import Arguments, BadArguments, Function, Parsed, items_of
from calor.template.functions.get_param import written_path
from calor.template.functions.get_resource import resource_name
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class GetAtt(Function):
    names = ("Fn::GetAtt",)
    example = "Fn::GetAtt: [resource, attribute]"
    points_to = ("attribute",)
    text = "dotted"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            return Parsed(tuple(arguments.value(part) for part in halves(node)))
        items = items_of(node, least=2, most=2, what="a resource and an attribute of it")
        if isinstance(items[1], ScalarNode) and items[1].value in (None, ""):
            raise BadArguments("needs the name of an attribute", items[1])
        return Parsed((resource_name(arguments, items[0]), arguments.value(items[1])))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        sensitive = False
        names: list[str] = []
        for value, what in zip(call.values(scope), ("a resource", "an attribute"), strict=True):
            opened, hidden = open_top(value)
            sensitive = sensitive or hidden
            if isinstance(opened, Unknown):
                return seal(opened, sensitive)
            if isinstance(opened, bool) or not isinstance(opened, str | int):
                raise Misuse(f"needs the name of {what}, not {kind_of(opened)}")
            names.append(str(opened))
        return seal(scope.attribute(names[0], names[1], ()), sensitive)

    def references(self, call: Call) -> Iterable[Reference]:
        name = call.args[0]
        if isinstance(name, Literal):
            yield Reference("attribute", str(name.value), written_path(call.args[1:]), name.span)


def halves(node: ScalarNode) -> tuple[ScalarNode, ScalarNode]:
    """The resource and the attribute of a dotted text, each with its place."""
    name, _, attribute = node.text.partition(".")
    if not name or not attribute:
        raise BadArguments("needs a resource and an attribute of it, as in web.name", node)
    start = node.source.text.find(node.text, node.start, node.end)
    if start < 0:
        parts = ((node.start, node.end), (node.start, node.end))
    else:
        middle = start + len(name)
        parts = ((start, middle), (middle + 1, start + len(node.text)))
    return (
        ScalarNode(node.source, *parts[0], name, name),
        ScalarNode(node.source, *parts[1], attribute, attribute),
    )


FUNCTIONS = (GetAtt(),)

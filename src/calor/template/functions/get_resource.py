"""`get_resource`: the id of another resource of the template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from calor.base.source import Node, SequenceNode
from calor.base.values import Unknown, Value
from calor.template.expressions import Call, Expression, Literal, MapExpr, Reference
from calor.template.function import Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class GetResource(Function):
    names = ("get_resource",)
    example = "get_resource: name"
    points_to = ("resource",)
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        return Parsed((resource_name(arguments, node),))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        name, sensitive = open_top(call.values(scope)[0])
        if isinstance(name, Unknown):
            return seal(name, sensitive)
        if not isinstance(name, str):
            raise Misuse(f"needs the name of a resource, not {kind_of(name)}")
        return seal(scope.resource_id(name), sensitive)

    def references(self, call: Call) -> Iterable[Reference]:
        name = call.args[0]
        if isinstance(name, Literal):
            yield Reference("resource", name.value, (), name.span)


def resource_name(arguments: Arguments, node: Node) -> Expression:
    """A name, or a function that gives one."""
    name = arguments.value(node)
    if isinstance(node, SequenceNode) or isinstance(name, MapExpr):
        raise BadArguments("needs the name of a resource", node)
    if isinstance(name, Literal) and (not isinstance(name.value, str) or not name.value):
        raise BadArguments("needs the name of a resource", node)
    return name


FUNCTIONS = (GetResource(),)

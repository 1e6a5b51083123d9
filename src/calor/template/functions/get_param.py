"""`get_param`: a parameter's value, or a part of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from calor.base.source import Node, SequenceNode
from calor.base.values import Unknown, Value
from calor.template.expressions import Call, Expression, Literal, MapExpr, Reference
from calor.template.function import Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, kind_of, open_top, seal, select

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class GetParam(Function):
    names = ("get_param",)
    example = "get_param: [name, key, 0]"
    points_to = ("parameter",)
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if isinstance(node, SequenceNode):
            if not node.items:
                raise BadArguments("needs the name of a parameter", node)
            name = _name(arguments, node.items[0])
            return Parsed((name, *(arguments.value(item) for item in node.items[1:])))
        return Parsed((_name(arguments, node),))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        name, *path = call.values(scope)
        name, sensitive = open_top(name)
        if isinstance(name, Unknown):
            return seal(name, sensitive)
        if isinstance(name, list) and name:
            name, *path = name
        if not isinstance(name, str):
            raise Misuse(f"needs the name of a parameter, not {kind_of(name)}")
        value = scope.parameter(name)
        return seal(select(value, path, "", text_as_number=True) if path else value, sensitive)

    def references(self, call: Call) -> Iterable[Reference]:
        name = call.args[0]
        if isinstance(name, Literal) and isinstance(name.value, str):
            yield Reference("parameter", name.value, written_path(call.args[1:]), name.span)


def _name(arguments: Arguments, node: Node) -> Expression:
    """A name, or a function that gives one; a function may also give a name with a path."""
    name = arguments.value(node)
    if isinstance(node, SequenceNode) or isinstance(name, MapExpr):
        raise BadArguments("needs the name of a parameter", node)
    if isinstance(name, Literal) and (not isinstance(name.value, str) or not name.value):
        raise BadArguments("needs the name of a parameter", node)
    return name


def written_path(args: Iterable[object]) -> tuple[str | int, ...]:
    """The steps of a path up to the first that is computed."""
    steps: list[str | int] = []
    for item in args:
        if not isinstance(item, Literal) or not isinstance(item.value, str | int):
            break
        steps.append(item.value)
    return tuple(steps)


FUNCTIONS = (GetParam(),)

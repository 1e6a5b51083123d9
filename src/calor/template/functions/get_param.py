"""`get_param`: a parameter's value, or a part of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode, SequenceNode
from calor.base.values import Unknown, Value
from calor.template.expressions import Call, Literal, Reference
from calor.template.function import Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, kind_of, open_top, seal, select

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class GetParam(Function):
    names = ("get_param",)
    example = "get_param: [name, key, 0]"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if isinstance(node, SequenceNode):
            if not node.items:
                raise BadArguments("needs the name of a parameter", node)
            _check_name(node.items[0])
            return Parsed(tuple(arguments.value(item) for item in node.items))
        _check_name(node)
        return Parsed((arguments.value(node),))

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
        return seal(select(value, path, missing="") if path else value, sensitive)

    def references(self, call: Call) -> Iterable[Reference]:
        name = call.args[0]
        if isinstance(name, Literal) and isinstance(name.value, str):
            yield Reference("parameter", name.value, written_path(call.args[1:]), name.span)


def _check_name(node: Node) -> None:
    if isinstance(node, SequenceNode) or (
        isinstance(node, ScalarNode) and (not isinstance(node.value, str) or not node.value)
    ):
        raise BadArguments("needs the name of a parameter", node)


def written_path(args: Iterable[object]) -> tuple[str | int, ...]:
    """The steps of a path up to the first that is computed."""
    steps: list[str | int] = []
    for item in args:
        if not isinstance(item, Literal) or not isinstance(item.value, str | int):
            break
        steps.append(item.value)
    return tuple(steps)


FUNCTIONS = (GetParam(),)

"""`Fn::Length`: how many items a list has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Unknown, Value
from calor.template.expressions import Call
from calor.template.function import Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnLength(Function):
    names = ("Fn::Length",)
    example = "Fn::Length: [a, b]"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if isinstance(node, ScalarNode):
            raise BadArguments("needs a list", node)
        return Parsed((arguments.value(node),))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        value, sensitive = open_top(call.values(scope)[0])
        if isinstance(value, Unknown):
            return seal(value, sensitive)
        if not isinstance(value, list):
            raise Misuse(f"counts the items of a list, not of {kind_of(value)}")
        return seal(len(value), sensitive)


FUNCTIONS = (FnLength(),)

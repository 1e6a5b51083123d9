"""`equals`: whether two values are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import Arguments, Function, Parsed, items_of
from calor.template.marks import apply

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class Equals(Function):
    names = ("equals",)
    example = "equals: [{get_param: env}, prod]"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        items = items_of(node, least=2, most=2, what="two values")
        return Parsed(tuple(arguments.value(item) for item in items))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_equal, *call.values(scope))


def _equal(left: Value, right: Value) -> bool:
    return bool(left == right)


FUNCTIONS = (Equals(),)

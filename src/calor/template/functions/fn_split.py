"""`Fn::Split`: a text cut at a delimiter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import Arguments, BadArguments, Function, Parsed, items_of
from calor.template.functions.str_split import pieces
from calor.template.marks import apply

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnSplit(Function):
    names = ("Fn::Split",)
    example = "Fn::Split: [',', 'a,b,c']"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        items = items_of(node, least=2, most=2, what="a delimiter and a text")
        if isinstance(items[0], ScalarNode) and not isinstance(items[0].value, str):
            raise BadArguments("needs a text as delimiter", items[0], "put the delimiter in quotes")
        return Parsed(tuple(arguments.value(item) for item in items))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(pieces, *call.values(scope))


FUNCTIONS = (FnSplit(),)

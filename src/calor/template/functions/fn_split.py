"""`Fn::Split`: a text cut at a delimiter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import Arguments, Function, Parsed
from calor.template.functions.str_split import parse_split, pieces
from calor.template.marks import apply

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnSplit(Function):
    names = ("Fn::Split",)
    example = "Fn::Split: [',', 'a,b,c']"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        return parse_split(arguments, node, most=2, what="a delimiter and a text")

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(pieces, *call.values(scope))


FUNCTIONS = (FnSplit(),)

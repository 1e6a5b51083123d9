"""`Fn::GetAZs`: the names of the cloud's availability zones, of whatever region is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node, SequenceNode
from calor.base.values import Value
from calor.template.expressions import Call, MapExpr
from calor.template.function import Arguments, BadArguments, Function, Parsed

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnGetAZs(Function):
    names = ("Fn::GetAZs",)
    example = "Fn::GetAZs: ''"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        region = arguments.value(node)
        if isinstance(node, SequenceNode) or isinstance(region, MapExpr):
            raise BadArguments("needs the name of a region, or an empty text", node)
        return Parsed((region,))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return scope.zones()


FUNCTIONS = (FnGetAZs(),)

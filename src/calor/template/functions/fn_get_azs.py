"""`Fn::GetAZs`: the names of the cloud's availability zones, of whatever region is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import Arguments, BadArguments, Function, Parsed, is_written_out

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnGetAZs(Function):
    names = ("Fn::GetAZs",)
    example = "Fn::GetAZs: ''"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        region = arguments.value(node)
        if is_written_out(region):
            raise BadArguments("needs the name of a region, or an empty text", node)
        return Parsed((region,))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return scope.zones()


FUNCTIONS = (FnGetAZs(),)

"""`Fn::ImportValue`: what another stack of the project exports under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode, SequenceNode
from calor.base.values import Unknown, Value
from calor.template.expressions import Call, MapExpr
from calor.template.function import Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnImportValue(Function):
    names = ("Fn::ImportValue",)
    example = "Fn::ImportValue: shared-network"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        name = arguments.value(node)
        if isinstance(node, SequenceNode) or isinstance(name, MapExpr):
            raise BadArguments("needs the name of an export", node)
        if isinstance(node, ScalarNode) and (not isinstance(node.value, str) or not node.value):
            raise BadArguments("needs the name of an export", node)
        return Parsed((name,))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        name, sensitive = open_top(call.values(scope)[0])
        if isinstance(name, Unknown):
            return seal(name, sensitive)
        if not isinstance(name, str):
            raise Misuse(f"needs the name of an export, not {kind_of(name)}")
        return seal(scope.imported(name), sensitive)


FUNCTIONS = (FnImportValue(),)

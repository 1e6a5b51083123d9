"""`resource_facade`: in a nested template, what the parent's resource says about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import Arguments, BadArguments, Function, Parsed

if TYPE_CHECKING:
    from calor.template.evaluation import Scope

KEYS = ("metadata", "deletion_policy", "update_policy")


class ResourceFacade(Function):
    names = ("resource_facade",)
    example = "resource_facade: metadata"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if not isinstance(node, ScalarNode) or node.value not in KEYS:
            raise BadArguments(f"takes one of {', '.join(KEYS)}", node)
        return Parsed((), node.value)

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return scope.facade(call.data)


FUNCTIONS = (ResourceFacade(),)

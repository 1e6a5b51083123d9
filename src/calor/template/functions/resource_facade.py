"""`resource_facade`: in a nested template, what the parent's resource says about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import Arguments, BadArguments, Function, Parsed

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class ResourceFacade(Function):
    names = ("resource_facade",)
    example = "resource_facade: metadata"
    pure = False
    keys: ClassVar[Mapping[str, str]] = {
        "metadata": "metadata",
        "deletion_policy": "deletion_policy",
        "update_policy": "update_policy",
    }
    """A word as written -> what the scope's `facade` takes."""

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        key = self.keys.get(node.text) if isinstance(node, ScalarNode) else None
        if key is None:
            raise BadArguments(f"takes one of {', '.join(self.keys)}", node)
        return Parsed((), key)

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return scope.facade(call.data)


FUNCTIONS = (ResourceFacade(),)

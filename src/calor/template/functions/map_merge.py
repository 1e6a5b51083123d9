"""`map_merge`: several maps as one; of a key that several have, the last one wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode, SequenceNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, kind_of, open_items, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class MapMerge(Function):
    names = ("map_merge",)
    example = "map_merge: [{a: 1}, {b: 2}]"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if isinstance(node, ScalarNode):
            raise BadArguments("needs a list of maps", node)
        if isinstance(node, SequenceNode):
            for item in node.items:
                if isinstance(item, SequenceNode) or (
                    isinstance(item, ScalarNode) and item.value is not None
                ):
                    raise BadArguments("merges maps; this is none", item)
        return Parsed((arguments.value(node),))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        items, unknown, sensitive = open_items(call.values(scope)[0], "a list of maps")
        merged: dict[str, Value] = {}
        for position, item in items:
            if not isinstance(item, dict):
                raise Misuse(f"merges maps, and item {position} is {kind_of(item)}")
            merged.update(item)
        return seal(merged if unknown is None else unknown, sensitive)


FUNCTIONS = (MapMerge(),)

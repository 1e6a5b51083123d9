"""`list_concat`: several lists as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode, SequenceNode
from calor.base.values import Value
from calor.template.expressions import Call, MapExpr
from calor.template.function import MAX_ITEMS, Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, kind_of, open_items, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class ListConcat(Function):
    names = ("list_concat",)
    example = "list_concat: [[a, b], [c]]"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        lists = arguments.value(node)
        if isinstance(node, ScalarNode) or isinstance(lists, MapExpr):
            raise BadArguments("needs a list of lists", node)
        if isinstance(node, SequenceNode):
            for item in node.items:
                if isinstance(item, ScalarNode) and item.value is not None:
                    raise BadArguments("puts lists together; this is none", item)
        return Parsed((lists,))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return concatenated(call.values(scope)[0])


def concatenated(lists: Value) -> Value:
    """All items in one list; null counts as an empty one. Unknown where one of the lists is."""
    items, unknown, sensitive = open_items(lists, "a list of lists")
    whole: list[Value] = []
    for position, item in items:
        if not isinstance(item, list):
            raise Misuse(f"puts lists together, and item {position} is {kind_of(item)}")
        whole.extend(item)
    if len(whole) > MAX_ITEMS:
        raise Misuse(f"would make {len(whole)} items; at most {MAX_ITEMS} are possible")
    return seal(whole if unknown is None else unknown, sensitive)


FUNCTIONS = (ListConcat(),)

"""`Fn::Select`: one item of a list, or one value of a map; an empty text where there is none.

The list or map may also be written as JSON in a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base import strict_json
from calor.base.source import Node
from calor.base.values import Unknown, Value
from calor.template.expressions import Call
from calor.template.function import (
    Arguments,
    BadArguments,
    Function,
    Parsed,
    is_written_out,
    items_of,
)
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnSelect(Function):
    names = ("Fn::Select",)
    example = "Fn::Select: [0, [first, second]]"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        items = items_of(node, least=2, most=2, what="an index and a list or map")
        index = arguments.value(items[0])
        if is_written_out(index):
            raise BadArguments("needs a number or a key as index", items[0])
        return Parsed((index, arguments.value(items[1])))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        index, collection = call.values(scope)
        index, sensitive = open_top(index)
        collection, hidden = open_top(collection)
        for value in (index, collection):
            if isinstance(value, Unknown):
                return seal(value, sensitive or hidden)
        return seal(_select(index, collection), sensitive or hidden)


def _select(index: Value, collection: Value) -> Value:
    if collection is None or collection == "":
        return ""
    if isinstance(collection, str):
        try:
            collection = strict_json.parse(collection)
        except ValueError:
            raise Misuse("selects from a list or map; this text is no JSON") from None
    if isinstance(collection, dict):
        if not isinstance(index, str):
            raise Misuse(f"needs a text as index into a map, not {kind_of(index)}")
        return collection.get(index, "")
    if not isinstance(collection, list):
        raise Misuse(f"selects from a list or map, not from {kind_of(collection)}")
    try:
        position = int(index)
    except (TypeError, ValueError, OverflowError):
        raise Misuse(f"needs a number as index into a list, not {kind_of(index)}") from None
    try:
        return collection[position]
    except IndexError:
        return ""


FUNCTIONS = (FnSelect(),)

"""`list_join`: texts put together with a delimiter between them.

Variant 1 joins one list of texts; 2 any number of lists, and writes maps and lists inside as JSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import MAX_TEXT, Arguments, BadArguments, Function, Parsed, items_of
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class ListJoin(Function):
    names = ("list_join",)
    example = "list_join: [', ', [first, second]]"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if arguments.variant == 1:
            items = items_of(node, least=2, most=2, what="a delimiter and a list")
        else:
            items = items_of(node, least=2, what="a delimiter and at least one list")
        if isinstance(items[0], ScalarNode) and not isinstance(items[0].value, str):
            raise BadArguments("needs a text as delimiter", items[0], "put the delimiter in quotes")
        for item in items[1:]:
            if isinstance(item, ScalarNode) and not _skipped(item.value, arguments.variant):
                raise BadArguments("joins lists; this is a single value", item)
        return Parsed(tuple(arguments.value(item) for item in items))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        variant = call.variant
        return apply(lambda *values: _join(values, variant), *call.values(scope))


def _join(values: tuple[Value, ...], variant: int) -> str:
    delimiter, *lists = values
    if not isinstance(delimiter, str):
        raise Misuse(f"needs a text as delimiter, not {kind_of(delimiter)}")
    texts: list[str] = []
    for items in lists:
        if _skipped(items, variant):
            continue
        if not isinstance(items, list):
            raise Misuse(f"joins lists, not {kind_of(items)}")
        texts.extend(_text(item, position, variant) for position, item in enumerate(items, 1))
    if sum(map(len, texts)) + len(delimiter) * len(texts) > MAX_TEXT:
        raise Misuse("the text becomes too long")
    return delimiter.join(texts)


def _skipped(items: Value, variant: int) -> bool:
    """null counts as an empty list; since variant 2 whatever is empty, zero or false does."""
    return items is None or (variant >= 2 and not items)


def _text(item: Value, position: int, variant: int) -> str:
    if item is None:
        return ""
    if isinstance(item, str):
        return item
    if variant >= 2 and isinstance(item, dict | list):
        return json.dumps(item, sort_keys=True)
    raise Misuse(
        f"joins texts, and item {position} is {kind_of(item)}",
        "put quotes around it" if isinstance(item, bool | int | float) else "",
    )


FUNCTIONS = (ListJoin(),)

"""`str_split`: a text cut at a delimiter, or one of the pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import Arguments, BadArguments, Function, Parsed, items_of
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class StrSplit(Function):
    names = ("str_split",)
    example = "str_split: [',', 'a,b,c', 0]"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        return parse_split(arguments, node, most=3, what="a delimiter, a text and maybe an index")

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_split, *call.values(scope))


def parse_split(arguments: Arguments, node: Node, *, most: int, what: str) -> Parsed:
    """A delimiter, which must be a text where it is written out, a text, and maybe more."""
    items = items_of(node, least=2, most=most, what=what)
    if isinstance(items[0], ScalarNode) and not isinstance(items[0].value, str):
        raise BadArguments("needs a text as delimiter", items[0], "put the delimiter in quotes")
    return Parsed(tuple(arguments.value(item) for item in items))


def _split(delimiter: Value, text: Value, *index: Value) -> Value:
    if text is None:
        return None
    found = pieces(delimiter, text)
    if not index:
        return found
    try:
        position = int(index[0])
    except (TypeError, ValueError):
        raise Misuse(f"needs a number as index, not {kind_of(index[0])}") from None
    try:
        return found[position]
    except IndexError:
        raise Misuse(f"the index must be between 0 and {len(found) - 1}") from None


def pieces(delimiter: Value, text: Value) -> list[str]:
    """A text cut at every delimiter. Raises Misuse."""
    if not isinstance(delimiter, str) or not delimiter:
        raise Misuse("needs a text of at least one character as delimiter")
    if not isinstance(text, str):
        raise Misuse(f"splits texts, not {kind_of(text)}")
    return text.split(delimiter)


FUNCTIONS = (StrSplit(),)

"""`list_concat_unique`: several lists as one, of equal items only the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.functions.list_concat import ListConcat, concatenated
from calor.template.marks import apply

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class ListConcatUnique(ListConcat):
    names = ("list_concat_unique",)
    example = "list_concat_unique: [[a, b], [b, c]]"

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_unique, concatenated(call.values(scope)[0]))


def _unique(items: list[Value]) -> list[Value]:
    kept: list[Value] = []
    scalars: dict[Value, None] = {}
    for item in items:
        # Only lists and maps are compared one by one: they have no hash.
        if isinstance(item, dict | list):
            if item not in kept:
                kept.append(item)
        elif item not in scalars:
            scalars[item] = None
            kept.append(item)
    return kept


FUNCTIONS = (ListConcatUnique(),)

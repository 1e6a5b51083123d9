"""`contains`: whether a value is in a list, or a text in a text. Also a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import ListFunction
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class Contains(ListFunction):
    names = ("contains",)
    example = "contains: [{get_param: zone}, [one, two]]"
    what = "a value and a list"

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_contains, *call.values(scope))


def _contains(value: Value, items: Value) -> bool:
    if isinstance(items, list):
        return value in items
    if not isinstance(items, str):
        raise Misuse(f"looks into lists and texts, not into {kind_of(items)}")
    if not isinstance(value, str):
        raise Misuse(f"can't look for {kind_of(value)} in a text")
    return value in items


FUNCTIONS = (Contains(),)

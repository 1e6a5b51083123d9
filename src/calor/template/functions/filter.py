"""`filter`: a list without some values.

As in Heat, a list that is null or empty, and an empty list of values, leave it as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import ListFunction
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class Filter(ListFunction):
    names = ("filter",)
    example = "filter: [[unwanted], [wanted, unwanted]]"
    what = "a list of values to leave out, and a list"

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_filtered, *call.values(scope))


def _filtered(values: Value, items: Value) -> Value:
    if not items:
        return items
    if not isinstance(items, list):
        raise Misuse(f"filters lists, not {kind_of(items)}")
    if not values:
        return items
    if not isinstance(values, list):
        raise Misuse(f"needs a list of values to leave out, not {kind_of(values)}")
    return [item for item in items if item not in values]


FUNCTIONS = (Filter(),)

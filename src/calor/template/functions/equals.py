"""`equals`: whether two values are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import ListFunction
from calor.template.marks import apply

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class Equals(ListFunction):
    names = ("equals",)
    example = "equals: [{get_param: env}, prod]"
    what = "two values"

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_equal, *call.values(scope))


def _equal(left: Value, right: Value) -> bool:
    return bool(left == right)


FUNCTIONS = (Equals(),)

"""`if`: one of two values, by a condition.

In variant 2 the second may be left out; a false condition then drops the key or item around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node
from calor.base.values import Unknown, Value
from calor.template.expressions import DROPPED, Call
from calor.template.function import Arguments, Function, Parsed, items_of
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class If(Function):
    names = ("if",)
    example = "if: [condition, value, other value]"
    points_to = ("condition",)

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if arguments.variant == 1:
            items = items_of(node, least=3, most=3, what="a condition and two values")
        else:
            items = items_of(node, least=2, most=3, what="a condition and one or two values")
        condition = arguments.condition(items[0])
        return Parsed((condition, *(arguments.value(item) for item in items[1:])))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        holds, sensitive = open_top(call.args[0].evaluate(scope))
        if isinstance(holds, Unknown):
            return seal(holds, sensitive)
        if not isinstance(holds, bool):
            raise Misuse(f"the condition must be true or false, not {kind_of(holds)}")
        if holds:
            value = call.args[1].evaluate(scope)
        elif len(call.args) > 2:
            value = call.args[2].evaluate(scope)
        else:
            return DROPPED
        return value if value is DROPPED else seal(value, sensitive)


FUNCTIONS = (If(),)

"""`not`, `and`, `or`: conditions made of conditions.

An unknown condition leaves the answer unknown only where the others don't decide it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from calor.base.source import Node
from calor.base.values import Unknown, Value
from calor.template.expressions import Call, ReferenceKind
from calor.template.function import Arguments, Function, Parsed, items_of
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class Not(Function):
    names = ("not",)
    points_to: ClassVar[tuple[ReferenceKind, ...]] = ("condition",)
    example = "not: {equals: [{get_param: env}, prod]}"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        return Parsed((arguments.condition(node),))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        value, sensitive = _truth(call.args[0].evaluate(scope))
        return seal(value if isinstance(value, Unknown) else not value, sensitive)


class _Several(Function):
    """`decides` is the value that settles the answer wherever it stands."""

    points_to: ClassVar[tuple[ReferenceKind, ...]] = ("condition",)
    decides: ClassVar[bool]

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        items = items_of(node, least=2, what="at least two conditions")
        return Parsed(tuple(arguments.condition(item) for item in items))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        unknown: Unknown | None = None
        sensitive = False
        for item in call.args:
            value, hidden = _truth(item.evaluate(scope))
            sensitive = sensitive or hidden
            if isinstance(value, Unknown):
                unknown = unknown or value
            elif value is self.decides:
                return seal(value, sensitive)
        return seal(not self.decides if unknown is None else unknown, sensitive)


class And(_Several):
    names = ("and",)
    example = "and: [first condition, second condition]"
    decides = False


class Or(_Several):
    names = ("or",)
    example = "or: [first condition, second condition]"
    decides = True


def _truth(value: Value) -> tuple[bool | Unknown, bool]:
    opened, sensitive = open_top(value)
    if isinstance(opened, bool | Unknown):
        return opened, sensitive
    raise Misuse(f"a condition must be true or false, not {kind_of(opened)}")


FUNCTIONS = (Not(), And(), Or())

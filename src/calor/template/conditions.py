"""A condition that is meant by its name, as an expression; it decides nothing itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from calor.base.source import Node
from calor.base.values import Value
from calor.template.expressions import Call, Reference
from calor.template.function import Arguments, Function, Parsed

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class ConditionName(Function):
    """Not written as a function: the bare name is enough."""

    names = ()
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        raise NotImplementedError("a condition's name is no function that templates write")

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return scope.condition(call.data)

    def references(self, call: Call) -> Iterable[Reference]:
        yield Reference("condition", call.data, (), call.span)


_BY_NAME = ConditionName()


def named(name: str, node: Node) -> Call:
    """The condition of that name."""
    return Call(_BY_NAME, "condition", 1, (), node, name)

"""`Fn::And`, `Fn::Or`, `Fn::Not`, `Fn::Equals`, `Fn::If` and `Condition`: CloudFormation's logic.

Values are compared as they are written in JSON, so that 'true' is true and '1' is 1: parameters are
texts there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call, Reference
from calor.template.function import (
    Arguments,
    BadArguments,
    Function,
    ListFunction,
    Parsed,
    items_of,
)
from calor.template.functions.if_ import If
from calor.template.functions.logic import And, Not, Or
from calor.template.marks import apply

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnAnd(And):
    names = ("Fn::And",)
    example = "Fn::And: [{Condition: name}, {Condition: other}]"
    points_to = ()


class FnOr(Or):
    names = ("Fn::Or",)
    example = "Fn::Or: [{Condition: name}, {Condition: other}]"
    points_to = ()


class FnIf(If):
    names = ("Fn::If",)
    example = "Fn::If: [condition, value, other value]"


class FnNot(Not):
    names = ("Fn::Not",)
    example = "Fn::Not: [{Condition: name}]"
    points_to = ()

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        (item,) = items_of(node, least=1, most=1, what="one condition")
        return Parsed((arguments.condition(item),))


class FnEquals(ListFunction):
    names = ("Fn::Equals",)
    example = "Fn::Equals: [{Ref: Env}, prod]"
    what = "two values"

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(same, *call.values(scope))


class ConditionOf(Function):
    names = ("Condition",)
    example = "Condition: name"
    points_to = ("condition",)
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str) or not node.value:
            raise BadArguments("needs the name of a condition", node)
        return Parsed((), Reference("condition", node.value, (), node.span))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return scope.condition(call.data.name)

    def references(self, call: Call) -> Iterable[Reference]:
        yield call.data


def same(left: Value, right: Value) -> bool:
    """Whether two values are the same, scalars as texts."""
    return bool(_as_texts(left) == _as_texts(right))


def _as_texts(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return [_as_texts(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_texts(item) for key, item in value.items()}
    return value


FUNCTIONS = (FnAnd(), FnOr(), FnIf(), FnNot(), FnEquals(), ConditionOf())

"""`yaql`: an expression in YAQL, evaluated over data. Also a condition.

Limits are Heat's: a collection has at most 200 items, a result takes at most 10,000 bytes; an
operator may set others. What it gives is computed anew each time, for it may ask for the time.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from calor.base.source import MappingNode, Node
from calor.base.values import Value
from calor.template.expressions import Call, Literal
from calor.template.function import Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, apply, kind_of
from calor.template.query_limits import QueryLimits

if TYPE_CHECKING:
    from calor.template.evaluation import Scope

_KEYS = ("expression", "data")


class Yaql(Function):
    """`data` of a call is the limits."""

    names = ("yaql",)
    example = "yaql: {expression: $.data.where($ > 1), data: [1, 2, 3]}"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if not isinstance(node, MappingNode):
            raise BadArguments("needs a map with expression and data", node)
        for key, _ in node.entries:
            if key.text not in _KEYS:
                raise BadArguments(f"knows expression and data, not {key.text!r}", key)
        written, data = node.get("expression"), node.get("data")
        if written is None:
            raise BadArguments("lacks the key 'expression'", node)
        expression = arguments.value(written)
        if isinstance(expression, Literal):
            try:
                _check(expression.value)
            except Misuse as problem:
                raise BadArguments(problem.message, written) from None
        args = (expression,) if data is None else (expression, arguments.value(data))
        return Parsed(args, arguments.queries)

    def evaluate(self, call: Call, scope: Scope) -> Value:
        expression, *data = call.values(scope)
        return apply(partial(_evaluate, call.data), expression, data[0] if data else {})


def _queries() -> ModuleType:
    """The module with the library, imported when a template first needs it: it is slow to start."""
    return import_module("calor.template.queries")


def _check(expression: Value) -> None:
    if not isinstance(expression, str):
        raise Misuse(f"needs a text as expression, not {kind_of(expression)}")
    queries = _queries()
    try:
        queries.parsed(expression)
    except queries.QueryError as problem:
        raise Misuse(str(problem)) from None


def _evaluate(limits: QueryLimits, expression: Value, data: Value) -> Value:
    _check(expression)
    queries = _queries()
    try:
        return queries.evaluate(expression, data, limits)
    except queries.QueryError as problem:
        raise Misuse(str(problem)) from None


FUNCTIONS = (Yaql(),)

"""`Fn::Contains`, `Fn::EachMemberEquals`, `Fn::EachMemberIn`: what rules say of lists.

Texts and numbers are compared as `Fn::Equals` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import Arguments, BadArguments, Function, Parsed, items_of
from calor.template.functions.cfn_logic import same
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnContains(Function):
    names = ("Fn::Contains",)
    example = "Fn::Contains: [[prod, test], {Ref: Env}]"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        items = items_of(node, least=2, most=2, what="a list and a value")
        if isinstance(items[0], ScalarNode):
            raise BadArguments("looks into a list; this is a single value", items[0])
        return Parsed(tuple(arguments.value(item) for item in items))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_contains, *call.values(scope))


class FnEachMemberEquals(FnContains):
    names = ("Fn::EachMemberEquals",)
    example = "Fn::EachMemberEquals: [{Ref: Names}, web]"

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_each_equals, *call.values(scope))


class FnEachMemberIn(Function):
    names = ("Fn::EachMemberIn",)
    example = "Fn::EachMemberIn: [{Ref: Names}, [web, db]]"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        items = items_of(node, least=2, most=2, what="two lists")
        for item in items:
            if isinstance(item, ScalarNode):
                raise BadArguments("compares lists; this is a single value", item)
        return Parsed(tuple(arguments.value(item) for item in items))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_each_in, *call.values(scope))


def _contains(values: Value, value: Value) -> bool:
    return any(same(item, value) for item in _list(values))


def _each_equals(values: Value, value: Value) -> bool:
    return all(same(item, value) for item in _list(values))


def _each_in(values: Value, known: Value) -> bool:
    return all(_contains(known, item) for item in _list(values))


def _list(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise Misuse(f"needs a list, not {kind_of(value)}")
    return value


FUNCTIONS = (FnContains(), FnEachMemberEquals(), FnEachMemberIn())

"""`Fn::Contains`, `Fn::EachMemberEquals`, `Fn::EachMemberIn`: what rules say of lists.

Texts and numbers are compared as `Fn::Equals` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import BadArguments, ListFunction
from calor.template.functions.cfn_logic import same
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnContains(ListFunction):
    names = ("Fn::Contains",)
    example = "Fn::Contains: [[prod, test], {Ref: Env}]"
    what = "a list and a value"

    def check(self, items: Sequence[Node]) -> None:
        if isinstance(items[0], ScalarNode):
            raise BadArguments("looks into a list; this is a single value", items[0])

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_contains, *call.values(scope))


class FnEachMemberEquals(FnContains):
    names = ("Fn::EachMemberEquals",)
    example = "Fn::EachMemberEquals: [{Ref: Names}, web]"

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_each_equals, *call.values(scope))


class FnEachMemberIn(ListFunction):
    names = ("Fn::EachMemberIn",)
    example = "Fn::EachMemberIn: [{Ref: Names}, [web, db]]"
    what = "two lists"

    def check(self, items: Sequence[Node]) -> None:
        for item in items:
            if isinstance(item, ScalarNode):
                raise BadArguments("compares lists; this is a single value", item)

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

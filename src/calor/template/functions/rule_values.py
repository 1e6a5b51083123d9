"""`Fn::RefAll`, `Fn::ValueOf`, `Fn::ValueOfAll`: what rules ask the cloud about parameters.

`Fn::RefAll` gives the values of all parameters of a type. What Amazon knows about the things that
parameters name, which the other two ask for, OpenStack has not; assertions with it are not judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Unknown, Value
from calor.template.expressions import Call, Reference
from calor.template.function import Arguments, BadArguments, Function, Parsed, items_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnRefAll(Function):
    names = ("Fn::RefAll",)
    example = "Fn::RefAll: AWS::EC2::VPC::Id"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        return Parsed((), _word(node, "the type of a parameter"))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return scope.parameters_of(call.data)


class FnValueOf(Function):
    names = ("Fn::ValueOf",)
    example = "Fn::ValueOf: [Subnet, VpcId]"
    points_to = ("parameter",)
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        name, attribute = items_of(node, least=2, most=2, what="a parameter and an attribute")
        _word(attribute, "the name of an attribute")
        word = _word(name, "the name of a parameter")
        return Parsed((), Reference("parameter", word, (), name.span))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return Unknown("an attribute of what a parameter names")

    def references(self, call: Call) -> Iterable[Reference]:
        yield call.data


class FnValueOfAll(Function):
    names = ("Fn::ValueOfAll",)
    example = "Fn::ValueOfAll: ['AWS::EC2::Subnet::Id', VpcId]"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        items = items_of(node, least=2, most=2, what="a type of parameters and an attribute")
        _word(items[1], "the name of an attribute")
        return Parsed((), _word(items[0], "the type of a parameter"))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return Unknown("attributes of what parameters name")


def _word(node: Node, what: str) -> str:
    if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value:
        return node.value
    raise BadArguments(f"needs {what}", node)


FUNCTIONS = (FnRefAll(), FnValueOf(), FnValueOfAll())

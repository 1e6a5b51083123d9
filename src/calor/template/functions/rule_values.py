"""`Fn::RefAll`, `Fn::ValueOf`, `Fn::ValueOfAll`: what rules ask the cloud about parameters.

`Fn::RefAll` gives the values of all parameters of a type, lists of it too. The other two ask for an
attribute of the things that parameters name; it is unknown until the cloud was asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call, Reference
from calor.template.function import Arguments, BadArguments, Function, Parsed, items_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


@dataclass(frozen=True, slots=True)
class AskedOf:
    """An attribute of what a parameter names, or of what all parameters of a type do."""

    whom: ScalarNode
    attribute: ScalarNode
    reference: Reference | None = None


class FnRefAll(Function):
    names = ("Fn::RefAll",)
    example = "Fn::RefAll: AWS::EC2::VPC::Id"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        return Parsed((), _word(node, "the type of a parameter"))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        found: list[Value] = []
        for name in scope.parameters_typed(call.data):
            value = scope.parameter(name)
            found.extend(value if isinstance(value, list) else [value])
        return found


class FnValueOf(Function):
    names = ("Fn::ValueOf",)
    example = "Fn::ValueOf: [Subnet, VpcId]"
    points_to = ("parameter",)
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        name, last = items_of(node, least=2, most=2, what="a parameter and an attribute")
        attribute = _scalar(last, "the name of an attribute")
        whom = _scalar(name, "the name of a parameter")
        reference = Reference("parameter", whom.text, (), name.span)
        return Parsed((), AskedOf(whom, attribute, reference))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        asked: AskedOf = call.data
        return scope.told_of(asked.whom.text, asked.attribute.text)

    def references(self, call: Call) -> Iterable[Reference]:
        yield call.data.reference


class FnValueOfAll(Function):
    names = ("Fn::ValueOfAll",)
    example = "Fn::ValueOfAll: ['AWS::EC2::Subnet::Id', VpcId]"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        items = items_of(node, least=2, most=2, what="a type of parameters and an attribute")
        attribute = _scalar(items[1], "the name of an attribute")
        return Parsed((), AskedOf(_scalar(items[0], "the type of a parameter"), attribute))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        asked: AskedOf = call.data
        found: list[Value] = []
        for name in scope.parameters_typed(asked.whom.text):
            value = scope.told_of(name, asked.attribute.text)
            found.extend(value if isinstance(value, list) else [value])
        return found


def _word(node: Node, what: str) -> str:
    return _scalar(node, what).text


def _scalar(node: Node, what: str) -> ScalarNode:
    if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value:
        return node
    raise BadArguments(f"needs {what}", node)


FUNCTIONS = (FnRefAll(), FnValueOf(), FnValueOfAll())

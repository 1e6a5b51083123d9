"""`Ref`: a parameter's value or a resource's id, whichever has the name.

Variant 2, in conditions, takes parameters only. Where both have the name, the resource is meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import DROPPED, Call, Reference
from calor.template.function import Arguments, BadArguments, Function, Parsed

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


NO_VALUE = "AWS::NoValue"
"""The pseudo parameter that takes away the key or item whose value it is."""


class Ref(Function):
    """`data` is the reference."""

    names = ("Ref",)
    example = "Ref: name"
    points_to = ("parameter", "resource")
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str) or not node.value:
            raise BadArguments("needs the name of a parameter or a resource", node)
        name = node.value
        if arguments.variant == 1 and arguments.is_resource(name):
            return Parsed((), Reference("resource", name, (), node.span))
        if arguments.variant == 1 and not arguments.is_parameter(name):
            return Parsed((), Reference("name", name, (), node.span))
        return Parsed((), Reference("parameter", name, (), node.span))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        reference: Reference = call.data
        if reference.kind == "resource":
            return scope.resource_id(reference.name)
        if reference.name == NO_VALUE:
            return DROPPED
        return scope.parameter(reference.name)

    def references(self, call: Call) -> Iterable[Reference]:
        yield call.data


FUNCTIONS = (Ref(),)

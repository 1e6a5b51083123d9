"""`get_attr`: an attribute of another resource, or a part of it.

Variant 1 looks the path up in the attribute's value; 2 hands the path to the resource, which may
know better (a nested stack); 3 takes a resource alone and gives all its attributes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Unknown, Value
from calor.template.expressions import Call, Literal, Reference
from calor.template.function import Arguments, BadArguments, Function, Parsed, items_of
from calor.template.functions.get_param import written_path
from calor.template.functions.get_resource import resource_name
from calor.template.marks import Misuse, kind_of, open_top, seal, select

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class GetAttr(Function):
    names = ("get_attr",)
    example = "get_attr: [resource, attribute, key, 0]"
    points_to = ("attribute",)
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if arguments.variant >= 3:
            items = items_of(node, least=1, what="a resource, and an attribute of it")
        else:
            items = items_of(node, least=2, what="a resource and an attribute of it")
        name = resource_name(arguments, items[0])
        if len(items) > 1 and isinstance(items[1], ScalarNode) and items[1].value in (None, ""):
            raise BadArguments("needs the name of an attribute", items[1])
        return Parsed((name, *(arguments.value(item) for item in items[1:])))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        sensitive = False
        names: list[Value] = []
        for value in call.values(scope):
            opened, hidden = open_top(value)
            sensitive = sensitive or hidden
            if isinstance(opened, Unknown):
                return seal(opened, sensitive)
            names.append(opened)
        name, attribute, path = names[0], names[1] if len(names) > 1 else None, tuple(names[2:])
        if not isinstance(name, str):
            raise Misuse(f"needs the name of a resource, not {kind_of(name)}")
        if attribute is not None and not isinstance(attribute, str | int):
            raise Misuse(f"needs the name of an attribute, not {kind_of(attribute)}")
        wanted = None if attribute is None else str(attribute)
        if call.variant == 1:
            return seal(select(scope.attribute(name, wanted, ()), path), sensitive)
        return seal(scope.attribute(name, wanted, path), sensitive)

    def references(self, call: Call) -> Iterable[Reference]:
        name = call.args[0]
        if isinstance(name, Literal):
            # Variant 1 asks the resource for the attribute alone.
            steps = call.args[1:2] if call.variant == 1 else call.args[1:]
            yield Reference("attribute", name.value, written_path(steps), name.span)


FUNCTIONS = (GetAttr(),)

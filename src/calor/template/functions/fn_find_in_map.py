"""`Fn::FindInMap`: a value out of the section Mappings, by two keys.

Variant 1 takes three items; 2 a fourth too, a map with the `DefaultValue` for keys that are not
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from calor.base.source import MappingNode, Node, ScalarNode
from calor.base.values import Unknown, Value
from calor.template.expressions import (
    MISUSED,
    Call,
    EvaluationError,
    Expression,
    Literal,
    Reference,
)
from calor.template.function import Arguments, BadArguments, Function, Parsed, items_of
from calor.template.functions.get_param import written_path
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope

# What is written out was told already, where references are checked.
_TOLD = Unknown("a mistake in the template")


class FindInMap(Function):
    names = ("Fn::FindInMap",)
    example = "Fn::FindInMap: [mapping, first key, second key]"
    points_to = ("mapping",)
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        most = 4 if arguments.variant >= 2 else 3
        items = items_of(node, least=3, most=most, what="a mapping and two keys")
        for item in items[:3]:
            if isinstance(item, ScalarNode) and item.value in (None, ""):
                raise BadArguments("needs the names of a mapping and of two keys", item)
        args = [arguments.value(item) for item in items[:3]]
        if len(items) == 4:
            args.append(_default(arguments, items[3]))
        return Parsed(tuple(args))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        sensitive = False
        names: list[str] = []
        for argument in call.args[:3]:
            opened, hidden = open_top(argument.evaluate(scope))
            sensitive = sensitive or hidden
            if isinstance(opened, Unknown):
                return seal(opened, sensitive)
            names.append(_key(opened))
        try:
            found: Value = scope.mapping(names[0])
        except Misuse:
            if isinstance(call.args[0], Literal):
                return _TOLD
            raise
        for name, key in zip(names[1:], call.args[1:3], strict=True):
            if isinstance(found, Unknown):
                break
            if not isinstance(found, Mapping) or name not in found:
                return seal(self._missing(call, key, scope), sensitive)
            found = found[name]
        return seal(found, sensitive)

    def _missing(self, call: Call, key: Expression, scope: Scope) -> Value:
        if len(call.args) == 4:
            return call.args[3].evaluate(scope)
        if all(isinstance(argument, Literal) for argument in call.args[:3]):
            return _TOLD
        raise EvaluationError(
            MISUSED,
            f"{call.name}: the mapping has no such key",
            key.span,
            "add it to Mappings, or give a DefaultValue",
        )

    def references(self, call: Call) -> Iterable[Reference]:
        name = call.args[0]
        if isinstance(name, Literal):
            path = () if len(call.args) == 4 else written_path(call.args[1:3])
            spans = tuple(key.span for key in call.args[1:3])
            yield Reference("mapping", str(name.value), path, name.span, spans)


def _key(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise Misuse(f"looks for texts, not {kind_of(value)}")


def _default(arguments: Arguments, node: Node) -> Expression:
    if not isinstance(node, MappingNode) or [key.text for key, _ in node.entries] != [
        "DefaultValue"
    ]:
        raise BadArguments("takes a map with DefaultValue as its fourth item", node)
    return arguments.value(node.entries[0][1])


FUNCTIONS = (FindInMap(),)

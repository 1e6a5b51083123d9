"""`map_replace`: a map with some of its keys and values replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.base.values import Unknown, Value
from calor.template.expressions import Call, Expression, Literal, MapExpr
from calor.template.function import Arguments, BadArguments, Function, Parsed, items_of
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope

_KEYS = ("keys", "values")


class MapReplace(Function):
    names = ("map_replace",)
    example = "map_replace: [{a: 1}, {keys: {a: b}, values: {x: y}}]"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        items = items_of(node, least=2, most=2, what="a map, and a map with keys and values")
        for item in items:
            if isinstance(item, SequenceNode) or (
                isinstance(item, ScalarNode) and item.value is not None
            ):
                raise BadArguments("needs a map", item)
        replacements = arguments.value(items[1])
        if isinstance(items[1], MappingNode) and isinstance(replacements, Literal | MapExpr):
            _check_keys(items[1], replacements)
        return Parsed((arguments.value(items[0]), replacements))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        given, replacements = call.values(scope)
        given, sensitive = open_top(given)
        replacements, hidden = open_top(replacements)
        sensitive = sensitive or hidden
        for value in (given, replacements):
            if isinstance(value, Unknown):
                return seal(value, sensitive)
        found: dict[str, dict[str, Value]] = {}
        for key, value in _map(replacements).items():
            if key not in _KEYS:
                raise Misuse("knows keys and values only, and got something else")
            opened, hidden = open_top(value)
            sensitive = sensitive or hidden
            if isinstance(opened, Unknown):
                return seal(opened, sensitive)
            found[key] = _map(opened)
        return seal(
            _replaced(_map(given), found.get("keys", {}), found.get("values", {})), sensitive
        )


def _check_keys(node: MappingNode, replacements: Expression) -> None:
    for key, value in node.entries:
        if key.text not in _KEYS:
            raise BadArguments(f"knows keys and values, not {key.text!r}", key)
        if isinstance(value, SequenceNode) or (
            isinstance(value, ScalarNode) and value.value is not None
        ):
            raise BadArguments(f"needs a map as {key.text}", value)


def _map(value: Value) -> dict[str, Value]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Misuse(f"needs maps, not {kind_of(value)}")
    return value


def _replaced(given: dict[str, Value], keys: dict[str, Value], values: dict[str, Value]) -> Value:
    """A new map, or the unknown name that one of its keys would get."""
    made: dict[str, Value] = {}
    sensitive = False
    for key, value in given.items():
        name, hidden = open_top(keys.get(key))
        sensitive = sensitive or hidden
        if isinstance(name, Unknown):
            return seal(name, sensitive)
        if name is None:
            name = key
        elif isinstance(name, dict | list):
            raise Misuse(f"needs texts as new keys, not {kind_of(name)}")
        else:
            name = str(name)
            if (name in given and name != key) or name in made:
                raise Misuse("a new key is a key of the map already")
        made[name] = _value(value, values)
    return seal(made, sensitive)


def _value(value: Value, values: dict[str, Value]) -> Value:
    opened, sensitive = open_top(value)
    if isinstance(opened, str) and opened in values:
        return seal(values[opened], sensitive)
    return value


FUNCTIONS = (MapReplace(),)

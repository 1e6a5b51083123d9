"""`repeat`: a list made of one body for each item, or each combination of items.

Variant 1 takes lists; 2 takes the keys of maps too; 3 can walk the lists side by side
(`permutations: false`).
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode, SequenceNode
from calor.base.values import Sensitive, Unknown, Value, is_sensitive, unknowns
from calor.template.expressions import Call
from calor.template.function import (
    MAX_ITEMS,
    MAX_TEXT,
    Arguments,
    BadArguments,
    Function,
    Parsed,
    entries_of,
)
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class Repeat(Function):
    names = ("repeat",)
    example = "repeat: {for_each: {'%port%': [80, 443]}, template: {port: '%port%'}}"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        optional = ("permutations",) if arguments.variant >= 3 else ()
        found = entries_of(arguments, node, needed=("for_each", "template"), optional=optional)
        for_each = found["for_each"]
        if isinstance(for_each, ScalarNode | SequenceNode):
            raise BadArguments("needs a map of placeholders and lists as for_each", for_each)
        for key, value in for_each.entries:
            if not key.text:
                raise BadArguments("has an empty placeholder", key)
            if isinstance(value, ScalarNode) and value.value is not None:
                raise BadArguments(f"needs a list for the placeholder {key.text!r}", value)
        args = [arguments.value(for_each), arguments.value(found["template"])]
        if optional and "permutations" in found:
            permutations = found["permutations"]
            if isinstance(permutations, SequenceNode) or (
                isinstance(permutations, ScalarNode) and not isinstance(permutations.value, bool)
            ):
                raise BadArguments("permutations is true or false", permutations)
            args.append(arguments.value(permutations))
        return Parsed(tuple(args))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        for_each, template, *rest = call.values(scope)
        for_each, sensitive = open_top(for_each)
        permutations, hidden = open_top(rest[0] if rest else True)
        sensitive = sensitive or hidden
        for value in (for_each, permutations):
            if isinstance(value, Unknown):
                return seal(value, sensitive)
        if not isinstance(for_each, dict):
            raise Misuse(f"needs a map as for_each, not {kind_of(for_each)}")
        if not isinstance(permutations, bool):
            raise Misuse(f"permutations is true or false, not {kind_of(permutations)}")
        lists: list[list[Value]] = []
        for value in for_each.values():
            opened, hidden = open_top(value)
            sensitive = sensitive or hidden
            if isinstance(opened, Unknown):
                return seal(opened, sensitive)
            lists.append(_items(opened, call.variant, permutations))
        return seal(_repeat(list(for_each), lists, template, permutations), sensitive)


def _items(value: Value, variant: int, permutations: bool) -> list[Value]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and variant >= 2 and permutations:
        return list(value)
    raise Misuse(f"needs lists in for_each, not {kind_of(value)}")


def _repeat(
    keys: list[str], lists: list[list[Value]], template: Value, permutations: bool
) -> list[Value]:
    if not keys:
        raise Misuse("needs at least one placeholder in for_each")
    if "" in keys:
        raise Misuse("has an empty placeholder")
    if permutations:
        count = prod(len(items) for items in lists)
    else:
        lengths = {len(items) for items in lists}
        if len(lengths) > 1:
            raise Misuse("with permutations: false all lists must be of the same length")
        count = lengths.pop()
    if count > MAX_ITEMS:
        raise Misuse(f"would make {count} items; at most {MAX_ITEMS} are possible")
    rounds = product(*lists) if permutations else zip(*lists, strict=True)
    budget = [MAX_TEXT]
    return [_fill(template, list(zip(keys, values, strict=True)), budget) for values in rounds]


def _fill(template: Value, pairs: list[tuple[str, Value]], budget: list[int]) -> Value:
    budget[0] -= 1
    if isinstance(template, str):
        filled = _fill_text(template, pairs)
        budget[0] -= len(filled) if isinstance(filled, str) else 0
    elif isinstance(template, list):
        filled = [_fill(item, pairs, budget) for item in template]
    elif isinstance(template, dict):
        filled = {}
        for key, item in template.items():
            name = _fill_text(key, pairs)
            if not isinstance(name, str):
                return name if isinstance(name, Unknown) else Sensitive(_whole(name))
            filled[name] = _fill(item, pairs, budget)
    elif isinstance(template, Sensitive):
        filled = seal(_fill(template.value, pairs, budget), True)
    else:
        filled = template
    if budget[0] < 0:
        raise Misuse("the result becomes too large")
    return filled


def _whole(name: Value) -> Value:
    """A map with a secret key is unknown to whoever may not see keys."""
    found = unknowns(name)
    return found[0] if found else Unknown("a map with a sensitive key")


def _fill_text(text: str, pairs: list[tuple[str, Value]]) -> Value:
    sensitive = False
    for key, value in pairs:
        if key not in text:
            continue
        if text == key and not isinstance(value, str | Sensitive):
            return seal(value, sensitive)
        sensitive = sensitive or is_sensitive(value)
        found = unknowns(value)
        if found:
            return seal(found[0], sensitive)
        opened = open_top(value)[0]
        if text == key and not isinstance(opened, str):
            return seal(opened, sensitive)
        if opened is not None and not isinstance(opened, str | int | float):
            raise Misuse(f"can't put {kind_of(opened)} into a text")
        text = text.replace(key, "" if opened is None else str(opened))
        if len(text) > MAX_TEXT:
            raise Misuse("the text becomes too long")
    return seal(text, sensitive)


FUNCTIONS = (Repeat(),)

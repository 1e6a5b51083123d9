"""`str_replace`: a text with placeholders filled in, the longest placeholder first.

What was filled in is not looked through again. Variant 1 takes scalars; 2 writes maps and lists as
JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode, SequenceNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import MAX_TEXT, Arguments, BadArguments, Function, Parsed, entries_of
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class StrReplace(Function):
    names = ("str_replace",)
    example = "str_replace: {template: Hello NAME, params: {NAME: world}}"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        found = entries_of(arguments, node, needed=("template", "params"))
        return template_and_params(arguments, found["template"], found["params"])

    def evaluate(self, call: Call, scope: Scope) -> Value:
        template, params = call.values(scope)
        return apply(
            partial(fill_in, as_text=partial(as_text, variant=call.variant)), template, params
        )


def template_and_params(arguments: Arguments, template: Node, params: Node) -> Parsed:
    """Both arguments as expressions. Raises BadArguments."""
    if isinstance(template, SequenceNode):
        raise BadArguments("needs a text as template", template)
    if isinstance(params, ScalarNode | SequenceNode):
        raise BadArguments("needs a map of placeholders as params", params)
    return Parsed((arguments.value(template), arguments.value(params)))


def fill_in(
    template: Value,
    params: Value,
    *,
    as_text: Callable[[Value], str],
    missing: Callable[[list[str]], None] | None = None,
) -> str:
    """`missing` is told the placeholders that are not in the template, when there are some."""
    if not isinstance(template, str):
        raise Misuse(f"needs a text as template, not {kind_of(template)}")
    if not isinstance(params, dict):
        raise Misuse(f"needs a map of placeholders as params, not {kind_of(params)}")
    if "" in params:
        raise Misuse("a placeholder is empty")
    keys = sorted(sorted(params), key=len, reverse=True)
    text, unused = replace_all(template, [(key, as_text(params[key])) for key in keys])
    if unused and missing is not None:
        missing(unused)
    return text


def replace_all(text: str, pairs: list[tuple[str, str]]) -> tuple[str, list[str]]:
    """Fills in pair by pair, leaving alone what was filled in before. Also tells what was not
    found."""
    open_parts = [text]
    fixed: list[str] = []
    size = len(text)
    unused: list[str] = []
    for key, value in pairs:
        parts: list[str] = []
        between: list[str] = []
        for index, part in enumerate(open_parts):
            pieces = part.split(key) if key in part else [part]
            size += (len(pieces) - 1) * (len(value) - len(key))
            if size > MAX_TEXT:
                raise Misuse("the text becomes too long")
            parts.extend(pieces)
            between.extend([value] * (len(pieces) - 1))
            if index < len(fixed):
                between.append(fixed[index])
        if len(parts) == len(open_parts):
            unused.append(key)
        open_parts, fixed = parts, between
    whole = "".join(
        part + (fixed[index] if index < len(fixed) else "") for index, part in enumerate(open_parts)
    )
    return whole, unused


def as_text(value: Value, *, variant: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str | int | float):
        return str(value)
    if variant >= 2 and isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    raise Misuse(f"can't fill in {kind_of(value)}; params are texts and numbers")


FUNCTIONS = (StrReplace(),)

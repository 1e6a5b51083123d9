"""What the constraints of every language are made of: numbers, sizes, patterns and values.

How constraints are written down, and which there are, is the dialects'.
"""

from __future__ import annotations

from collections.abc import Callable

from calor.base import patterns
from calor.base.diagnostics import Rule
from calor.base.source import Node, ScalarNode, SequenceNode
from calor.base.values import Value
from calor.template.parameter_types import LIST, NUMBER, STRING, convert
from calor.template.plain import to_plain

BAD_CONSTRAINT = Rule(
    "H303",
    "bad constraint",
    "A constraint is a map with one of length, range, modulo, allowed_values, allowed_pattern or "
    "custom_constraint, and maybe a description. length and range take min and max, modulo takes "
    "step and offset.",
)
UNFIT_CONSTRAINT = Rule(
    "H304",
    "constraint does not fit the type",
    "length is for texts, lists and maps; range and modulo are for numbers; allowed_pattern is for "
    "texts; allowed_values and custom_constraint are for all but maps.",
)


class BadConstraint(Exception):
    """A constraint is written wrongly, at this node."""

    def __init__(self, message: str, node: Node) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


def number(node: Node, word: str) -> int | float:
    """A number, which may be written as a text. Raises BadConstraint, as all here do."""
    try:
        value: int | float = convert(node.value if isinstance(node, ScalarNode) else [], NUMBER)
    except ValueError:
        raise BadConstraint(f"{word} must be a number", node) from None
    return value


def size(node: Node, word: str) -> int:
    value = number(node, word)
    if not isinstance(value, int) or value < 0:
        raise BadConstraint(f"{word} must be a whole number from 0 on", node)
    return value


def pattern(node: Node, word: str) -> str:
    """A regular expression that can be followed."""
    written = node.value if isinstance(node, ScalarNode) else None
    if not isinstance(written, str):
        raise BadConstraint(f"{word} needs a text", node)
    try:
        patterns.check(written)
    except ValueError as error:
        raise BadConstraint(f"this regular expression can't be used: {error}", node) from None
    return written


def _plain(node: Node, kind: str) -> Value:
    return to_plain(node)


def values(
    node: Node, word: str, kind: str, plain: Callable[[Node, str], Value] = _plain
) -> tuple[Value, ...]:
    """A list of values of the parameter's type; those of a list are for its items. `plain` says
    what a node means where that kind of value is wanted."""
    if not isinstance(node, SequenceNode):
        raise BadConstraint(f"{word} needs a list", node)
    wanted = STRING if kind == LIST else kind
    found = []
    for item in node.items:
        try:
            found.append(convert(plain(item, wanted), wanted))
        except ValueError as problem:
            raise BadConstraint(
                f"this allowed value does not fit the parameter: {problem}", item
            ) from None
    return tuple(found)

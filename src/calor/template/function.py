"""What a function of the template languages is: it parses its arguments and computes a value.

A function is a stateless object, found by its name in `functions`; it knows no dialect.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from typing import Literal as OneOf

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.base.values import Value
from calor.template.expressions import (
    Call,
    Expression,
    ListExpr,
    Literal,
    MapExpr,
    Reference,
    ReferenceKind,
)
from calor.template.query_limits import QueryLimits

if TYPE_CHECKING:
    from calor.template.evaluation import Scope

# No function makes a longer text or list: nested calls could grow without bound.
MAX_TEXT = 16 * 1024 * 1024
MAX_ITEMS = 50_000


class BadArguments(Exception):
    """The arguments, as written, have the wrong shape. `node` is the part that is wrong."""

    def __init__(self, message: str, node: Node | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.hint = hint


class Arguments(Protocol):
    """What a function may ask of the parser while it parses its arguments."""

    variant: int
    queries: QueryLimits

    def value(self, node: Node) -> Expression:
        """The expression that a node is."""
        ...

    def condition(self, node: Node) -> Expression:
        """The same, where only a condition may stand."""
        ...

    def is_parameter(self, name: str) -> bool:
        """Whether the template has a parameter of that name, or the language a pseudo one."""
        ...

    def is_resource(self, name: str) -> bool:
        """Whether the template has a resource of that name."""
        ...

    def unknown_key(self, key: ScalarNode, known: Iterable[str]) -> None:
        """Warns about a key that the function does not look at."""
        ...


@dataclass(frozen=True, slots=True)
class Parsed:
    """Arguments as expressions, and what else the function wants to remember."""

    args: tuple[Expression, ...]
    data: Any = None


class Function(ABC):
    """`names` are the ways to write it; `example` goes into hints.

    `pure` functions depend on nothing but their arguments; with constant arguments they are
    evaluated while the template is parsed. For editors: `points_to` says what the argument, or the
    first of a list of them, names; `text` says what a text as argument is: 'plain', 'dotted' as
    `resource.attribute`, or 'filled' with ${name}.
    """

    names: ClassVar[tuple[str, ...]]
    example: ClassVar[str] = ""
    points_to: ClassVar[tuple[ReferenceKind, ...]] = ()
    text: ClassVar[OneOf["plain", "dotted", "filled"]] = "plain"
    pure: ClassVar[bool] = True

    @abstractmethod
    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        """Raises BadArguments."""

    @abstractmethod
    def evaluate(self, call: Call, scope: Scope) -> Value:
        """Raises Misuse or EvaluationError."""

    def references(self, call: Call) -> Iterable[Reference]:
        """What the call itself names; its arguments are looked through by others."""
        return ()


def items_of(node: Node, *, least: int, most: int | None = None, what: str) -> list[Node]:
    """The items of a list of arguments. `what` says what is expected, for the message."""
    if not isinstance(node, SequenceNode):
        raise BadArguments(f"needs a list: {what}", node)
    count = len(node.items)
    if count < least or (most is not None and count > most):
        raise BadArguments(f"needs {what}, and got {count} item{'s' if count != 1 else ''}", node)
    return node.items


class ListFunction(Function):
    """A function of a list of values, `least` to `most` of them; `what` says which, for the
    message."""

    least: ClassVar[int] = 2
    most: ClassVar[int] = 2
    what: ClassVar[str]

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        items = items_of(node, least=self.least, most=self.most, what=self.what)
        self.check(items)
        return Parsed(tuple(arguments.value(item) for item in items))

    def check(self, items: Sequence[Node]) -> None:
        """Raises BadArguments for an item that is wrong as it is written."""


def is_written_out(expression: Expression) -> bool:
    """Whether the expression is a list or map, and no call that may give anything."""
    if isinstance(expression, Literal):
        return isinstance(expression.value, list | dict)
    return isinstance(expression, ListExpr | MapExpr)


def entries_of(
    arguments: Arguments, node: Node, *, needed: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, Node]:
    """The named arguments of a function that takes a map."""
    if not isinstance(node, MappingNode):
        raise BadArguments(f"needs a map with the keys {' and '.join(needed)}", node)
    found = {key.text: value for key, value in node.entries}
    for key in needed:
        if key not in found:
            raise BadArguments(f"lacks the key {key!r}", node)
    for name, _ in node.entries:
        if name.text not in needed and name.text not in optional:
            arguments.unknown_key(name, (*needed, *optional))
    return found

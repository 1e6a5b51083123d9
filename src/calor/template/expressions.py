"""What a template says a value is: constants, lists and maps, and calls of functions.

Parsed once, evaluated often, never changed. It knows no single function; the scope is
`evaluation`'s.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from typing import Literal as OneOf

from calor.base.diagnostics import Diagnostic, Rule
from calor.base.errors import InvalidInput
from calor.base.source import Node, ScalarNode, Span
from calor.base.values import Unknown, Value
from calor.template.marks import Misuse
from calor.template.plain import locate, locate_key

if TYPE_CHECKING:
    from calor.template.evaluation import Scope
    from calor.template.function import Function

ReferenceKind = OneOf["resource", "attribute", "parameter", "condition", "file", "mapping", "name"]

MISUSED = Rule(
    "H415",
    "function can't work with its values",
    "A function got values that it can't work with, for instance a number where a text is needed. "
    "Constants are tried when the template is checked; values that come from parameters and "
    "attributes only when they are known.",
)


class _Dropped:
    """Stands for what `if` without an else leaves out."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<dropped>"


DROPPED = _Dropped()


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that an expression names. A 'name' is neither a parameter nor a resource.

    `path` holds the attribute and the steps into its value as far as they are written out; `span`
    is the name's place, `path_spans` are those of the steps where somebody asks for them.
    """

    kind: ReferenceKind
    name: str
    path: tuple[str | int, ...]
    span: Span
    path_spans: tuple[Span, ...] = ()


class EvaluationError(InvalidInput):
    """An expression can't be evaluated; carries one diagnostic."""

    def __init__(self, rule: Rule, message: str, span: Span, hint: str = "") -> None:
        super().__init__(message, (Diagnostic(rule, message, span, (), hint),), hint)


class Expression(ABC):
    """A value as written. `node` is where."""

    __slots__ = ("_calls", "_named")
    node: Node
    _named: tuple[Reference, ...]
    """What `references` and `calls` found here once: they are asked again and again."""
    _calls: tuple[Call, ...]

    @property
    def span(self) -> Span:
        return self.node.span

    @abstractmethod
    def evaluate(self, scope: Scope) -> Value:
        """The value, or `DROPPED`. Raises EvaluationError."""

    @abstractmethod
    def children(self) -> Sequence[Expression]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Expression):
    """A constant, of any depth. The value is shared: nobody may change it."""

    value: Value
    node: Node

    def evaluate(self, scope: Scope) -> Value:
        return self.value

    def children(self) -> Sequence[Expression]:
        return ()


@dataclass(frozen=True, slots=True, eq=False)
class ListExpr(Expression):
    """A list with a call somewhere inside."""

    items: tuple[Expression, ...]
    node: Node

    def evaluate(self, scope: Scope) -> Value:
        values = [item.evaluate(scope) for item in self.items]
        return [value for value in values if value is not DROPPED]

    def children(self) -> Sequence[Expression]:
        return self.items


@dataclass(frozen=True, slots=True, eq=False)
class MapExpr(Expression):
    """A map with a call somewhere inside."""

    entries: tuple[tuple[str, Expression], ...]
    node: Node

    def evaluate(self, scope: Scope) -> Value:
        values = {key: item.evaluate(scope) for key, item in self.entries}
        if DROPPED in values.values():
            return {key: value for key, value in values.items() if value is not DROPPED}
        return values

    def children(self) -> Sequence[Expression]:
        return [item for _, item in self.entries]

    def get(self, key: str) -> Expression | None:
        return next((item for name, item in self.entries if name == key), None)


@dataclass(frozen=True, slots=True, eq=False)
class Call(Expression):
    """A function with its arguments. `data` is what the function itself noted while parsing."""

    function: Function
    name: str
    variant: int
    args: tuple[Expression, ...]
    node: Node
    data: Any = None

    def evaluate(self, scope: Scope) -> Value:
        try:
            return self.function.evaluate(self, scope)
        except Misuse as problem:
            raise EvaluationError(
                MISUSED, f"{self.name}: {problem.message}", self.name_span, problem.hint
            ) from None

    def children(self) -> Sequence[Expression]:
        return self.args

    def values(self, scope: Scope) -> list[Value]:
        """The arguments' values; a dropped one is None."""
        values = [item.evaluate(scope) for item in self.args]
        return [None if value is DROPPED else value for value in values]

    @property
    def name_span(self) -> Span:
        """Where the function's name stands."""
        node = self.node
        if isinstance(node, ScalarNode) or not hasattr(node, "entries") or not node.entries:
            return node.span
        return node.entries[0][0].span


@dataclass(frozen=True, slots=True, eq=False)
class Broken(Expression):
    """Something that was reported already; it causes no further problem."""

    node: Node

    def evaluate(self, scope: Scope) -> Value:
        return Unknown("a mistake in the template")

    def children(self) -> Sequence[Expression]:
        return ()


def references(expression: Expression | None) -> Sequence[Reference]:
    """Everything that the expression names, in the order written, without evaluating it.

    A name that is itself computed is not among them; `evaluation.worked_out` finds those.
    """
    if expression is None or expression.__class__ is Literal:
        return ()
    try:
        return expression._named
    except AttributeError:
        named = [item for call in calls(expression) for item in call.function.references(call)]
        object.__setattr__(expression, "_named", tuple(named))
        return expression._named


def calls(expression: Expression | None) -> Sequence[Call]:
    """Every call inside, outermost first, in the order written."""
    if expression is None or expression.__class__ is Literal:
        return ()
    try:
        return expression._calls
    except AttributeError:
        found = [call for child in expression.children() for call in calls(child)]
        if isinstance(expression, Call):
            found = [expression, *found]
        object.__setattr__(expression, "_calls", tuple(found))
        return expression._calls


def key_place(expression: Expression, path: Sequence[str | int]) -> Span:
    """Where the name at the end of a path was written, as `place` for what it stands for."""
    for index, step in enumerate(path[:-1]):
        if isinstance(expression, Literal):
            return locate_key(expression.node, path[index:])
        below = _below(expression, step)
        if below is None:
            return expression.span
        expression = below
    if isinstance(expression, MapExpr | Literal):
        return locate_key(expression.node, path[-1:])
    return expression.span


def place(expression: Expression, path: Sequence[str | int] = ()) -> Span:
    """Where the part at a path was written; where a call stands in the way, the call's place."""
    for index, step in enumerate(path):
        if isinstance(expression, Literal):
            return locate(expression.node, path[index:])
        below = _below(expression, step)
        if below is None:
            return expression.span
        expression = below
    return expression.span


def part(expression: Expression, path: Sequence[str | int]) -> Expression:
    """What was written at a path; where a call or a constant stands in the way, that one."""
    for step in path:
        below = _below(expression, step)
        if below is None:
            break
        expression = below
    return expression


def _below(expression: Expression, step: str | int) -> Expression | None:
    """What stands at one step inside a map or list, if it is written out."""
    if isinstance(expression, MapExpr):
        return expression.get(str(step))
    if isinstance(expression, ListExpr) and isinstance(step, int):
        return expression.items[step] if step < len(expression.items) else None
    return None

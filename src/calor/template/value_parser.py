"""Nodes to expressions: which maps are calls of functions, and whether they are written rightly.

It knows the functions of one dialect and nothing of sections.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from calor.base.diagnostics import Diagnostics, Rule, Severity
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Span
from calor.base.spelling import did_you_mean, listed
from calor.base.values import Value
from calor.template.conditions import named
from calor.template.dialect import Dialect
from calor.template.dialects import comes_later, conditions_of, functions_of, since
from calor.template.evaluation import NO_SCOPE
from calor.template.expressions import (
    DROPPED,
    Broken,
    Call,
    EvaluationError,
    Expression,
    ListExpr,
    Literal,
    MapExpr,
)
from calor.template.function import BadArguments
from calor.template.functions import registry
from calor.template.query_limits import QueryLimits

LATER_FUNCTION = Rule(
    "H404",
    "function of a later version",
    "The function exists only in a later version of the language than the one that the template "
    "names. Name the later version, or write it without the function.",
)
REMOVED_FUNCTION = Rule(
    "H405",
    "function of another language",
    "The function is CloudFormation's. The first versions of HOT had it, this one does not.",
)
BAD_ARGUMENTS = Rule(
    "H407",
    "wrong arguments for a function",
    "The arguments of the function have the wrong form: too many, too few, or of the wrong kind.",
)
NOT_IN_CONDITIONS = Rule(
    "H408",
    "function can't be used in conditions",
    "Conditions are decided before anything is created, so they can use parameters and other "
    "conditions only, with equals, not, and, or.",
)
NO_CONDITION = Rule(
    "H409",
    "not a condition",
    "Where a condition is expected there must be true, false, the name of a condition, or one of "
    "the functions that give true or false.",
)
OUTSIDE_CONDITION = Rule(
    "H413",
    "condition outside of conditions",
    "equals, not, and, or work only where a condition is expected: in the section conditions, in "
    "`condition` and as the first item of `if`. Anywhere else, as here, they are plain data.",
    Severity.WARNING,
)
UNKNOWN_ARGUMENT = Rule(
    "H416",
    "argument is not looked at",
    "The function does not know an argument of this name, and ignores it.",
    Severity.WARNING,
)

UNKNOWN_FUNCTION = Rule(
    "H601",
    "unknown function",
    "Words that begin with `Fn::` are functions, and this version of the language has none of this "
    "name.",
)
NOT_ALONE = Rule(
    "H602",
    "function beside other keys",
    "A function is a map with one key, its name. Here other keys stand beside it, so it is not "
    "clear what the value shall be.",
)
LOGIC_OUTSIDE = Rule(
    "H603",
    "function that works only in conditions or rules",
    "The function decides something, and works only where something is decided: in the section "
    "Conditions, in the first argument of Fn::If, or in the section Rules.",
)

_EXPRESSIONS = frozenset((Call, ListExpr, MapExpr, Literal, Broken))
# How much may be computed while a template is parsed, in characters and items of results.
_FOLDING_BUDGET = 8 * 1024 * 1024


class _Arguments:
    """What a function sees of the parser."""

    __slots__ = ("_parser", "queries", "variant")

    def __init__(self, parser: ValueParser, variant: int) -> None:
        self._parser = parser
        self.variant = variant
        self.queries = parser.queries

    def value(self, node: Node) -> Expression:
        return self._parser.value(node)

    def condition(self, node: Node) -> Expression:
        return self._parser.condition(node)

    def is_parameter(self, name: str) -> bool:
        return name in self._parser.parameters

    def is_resource(self, name: str) -> bool:
        return name in self._parser.resources

    def unknown_key(self, key: ScalarNode, known: Iterable[str]) -> None:
        self._parser.diagnostics.add(
            UNKNOWN_ARGUMENT, f"{key.text!r} is not looked at here", key.span, hint=listed(known)
        )


class ValueParser:
    """Parses the values of one template, whose `parameters` and `resources` have these names."""

    def __init__(
        self, dialect: Dialect, diagnostics: Diagnostics, queries: QueryLimits | None = None
    ) -> None:
        self.queries = queries or QueryLimits()
        self.parameters = set(dialect.pseudo_parameters)
        self.resources: set[str] = set()
        self.dialect = dialect
        self.diagnostics = diagnostics
        self._first_version = functions_of(dialect.family)
        # Every word that could be a function in some version: all others are plain keys at once.
        self._words = {**self._first_version, **dialect.removed, **dialect.functions}
        self._functions = dialect.functions
        self._logic = dialect.condition_functions
        self._prefix = dialect.prefix
        self._arguments: dict[int, _Arguments] = {}
        self._registry = registry()
        self._budget = _FOLDING_BUDGET

    def value(self, node: Node) -> Expression:
        """The expression that a node is. Problems go to the diagnostics."""
        built = self._build(node)
        return built if built.__class__ in _EXPRESSIONS else Literal(built, node)

    def rule(self, node: Node) -> Expression:
        """The same, where only something that a rule can decide may stand."""
        outside, self._logic = self._logic, self.dialect.rule_functions
        try:
            return self.condition(node)
        finally:
            self._logic = outside

    def condition(self, node: Node) -> Expression:
        """The same, where only a condition may stand."""
        if node.tag is not None and node.tag.startswith("!"):
            return Broken(node)  # a tag that is left means nothing, which was said
        if isinstance(node, ScalarNode):
            if isinstance(node.value, bool):
                return Literal(node.value, node)
            if isinstance(node.value, str) and node.value:
                return named(node.value, node)
        elif isinstance(node, MappingNode) and len(node.entries) == 1:
            with self._in_condition():
                key, argument = node.entries[0]
                built = self._call(node, key, argument) if key.text in self._words else None
                if built is None and self._prefix:
                    built = self._function_like(node)
            if built is not None:
                return built
        self.diagnostics.add(
            NO_CONDITION,
            "a condition was expected here",
            node.span,
            hint="true, false, a condition's name, or a map with " + listed(self._logic),
        )
        return Broken(node)

    @contextmanager
    def _in_condition(self) -> Iterator[None]:
        outside = self._functions
        self._functions = self._logic
        try:
            yield
        finally:
            self._functions = outside

    def _build(self, node: Node) -> Value:
        """A plain value, or an expression where a call is inside."""
        if node.__class__ is ScalarNode:
            return node.value
        if node.__class__ is SequenceNode:
            built = [self._build(item) for item in node.items]
            for item in built:
                if item.__class__ in _EXPRESSIONS:
                    return ListExpr(
                        tuple(map(_wrapped, built, node.items)),
                        node,
                    )
            return built
        assert isinstance(node, MappingNode)
        entries = node.entries
        if len(entries) == 1:
            key, argument = entries[0]
            if key.text in self._words:
                call = self._call(node, key, argument)
                if call is not None:
                    return call
        if self._prefix:
            wrong = self._function_like(node)
            if wrong is not None:
                return wrong
        plain: dict[str, Value] = {}
        dynamic = False
        for key, below in entries:
            value = self._build(below)
            if value.__class__ in _EXPRESSIONS:
                dynamic = True
            plain[key.text] = value
        if not dynamic:
            return plain
        return MapExpr(
            tuple((key.text, _wrapped(plain[key.text], below)) for key, below in entries), node
        )

    def _call(self, node: MappingNode, key: ScalarNode, argument: Node) -> Expression | None:
        """The call, or None where the word is a plain key."""
        name = key.text
        variant = self._functions.get(name)
        if variant is None:
            return self._misplaced(node, key)
        function = self._registry[name]
        arguments = self._arguments.get(variant)
        if arguments is None:
            arguments = self._arguments[variant] = _Arguments(self, variant)
        try:
            parsed = function.parse(arguments, argument)
        except BadArguments as problem:
            self.diagnostics.add(
                BAD_ARGUMENTS,
                f"{name} {problem.message}",
                _visible(problem.node or argument, key),
                hint=problem.hint or (f"as in {function.example}" if function.example else ""),
            )
            return Broken(node)
        call = Call(function, name, variant, parsed.args, node, parsed.data)
        if function.pure and self._budget > 0:
            for item in parsed.args:
                if item.__class__ is not Literal:
                    break
            else:
                return self._folded(call)
        return call

    def _folded(self, call: Call) -> Expression:
        """A call of constants is a constant; what can't be computed is found here."""
        try:
            value = call.evaluate(NO_SCOPE)
        except EvaluationError as problem:
            self.diagnostics.extend(problem.diagnostics)
            return Broken(call.node)
        if value is DROPPED:
            return call
        self._budget -= _weight(value)
        return Literal(value, call.node)

    def _misplaced(self, node: MappingNode, key: ScalarNode) -> Expression | None:
        """A word that is a function, but not here."""
        name = key.text
        dialect = self.dialect
        if self._functions is self._logic and name in dialect.functions:
            first = conditions_of(dialect.family).get(name)
            if first is not None and comes_later(first, dialect):
                self._only_since(first, key, f"{name} can be used in conditions")
                return Broken(node)
            self.diagnostics.add(
                NOT_IN_CONDITIONS,
                f"{name} can't be used in "
                + ("rules" if self._logic is dialect.rule_functions else "conditions"),
                key.span,
                hint=listed(self._logic),
            )
            return Broken(node)
        if name in dialect.removed:
            self.diagnostics.add(
                REMOVED_FUNCTION,
                f"{name} is not a function of HOT {dialect.version}",
                key.span,
                hint=f"use {dialect.removed[name]}",
            )
            return Broken(node)
        if dialect.prefix:
            return None  # `_function_like` judges what is left
        if name in dialect.condition_functions:
            self.diagnostics.add(
                OUTSIDE_CONDITION,
                f"{name} works only in conditions; here it is plain data",
                key.span,
                hint=f"use if: [{{{name}: ...}}, value, other value]",
            )
            return None
        return None if name in _LOGIC else self._later(node, key)

    def _later(self, node: MappingNode, key: ScalarNode) -> Expression | None:
        """A function that only a later version has."""
        first = self._first_version.get(key.text)
        if first is None or not comes_later(first, self.dialect):
            return None
        self._only_since(first, key, f"{key.text} is a function")
        return Broken(node)

    def _only_since(self, first: Dialect, key: ScalarNode, what: str) -> None:
        self.diagnostics.add(
            LATER_FUNCTION,
            f"{what} {since(first, self.dialect)}",
            key.span,
            hint=f"write {first.version_key}: {first.version}",
        )

    def _function_like(self, node: MappingNode) -> Expression | None:
        """A map with a word that can't be anything but a function, and is none here."""
        key = next((key for key, _ in node.entries if key.text.startswith(self._prefix)), None)
        if key is None:
            return None
        known = self._first_version.get(key.text)
        if len(node.entries) > 1:
            self.diagnostics.add(
                NOT_ALONE,
                f"{key.text} must be the only key of its map",
                key.span,
                hint="move the other keys, or the function, one level away",
            )
            return Broken(node)
        if known is None:
            self.diagnostics.add(
                UNKNOWN_FUNCTION,
                f"there is no function {key.text}",
                key.span,
                hint=did_you_mean(key.text, self._functions) or listed(self._functions),
            )
            return Broken(node)
        if self._later(node, key) is None:
            self.diagnostics.add(
                LOGIC_OUTSIDE,
                f"{key.text} can't be used here",
                key.span,
                hint="it works in rules only"
                if key.text not in self.dialect.condition_functions
                else "write a condition in the section Conditions, and use it in Fn::If",
            )
        return Broken(node)


# Words of conditions are plain data everywhere else.
_LOGIC = ("equals", "not", "and", "or")


def _wrapped(value: Value, node: Node) -> Expression:
    return value if value.__class__ in _EXPRESSIONS else Literal(value, node)


def _weight(value: Value) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return 1 + sum(_weight(item) for item in value.values())
    return 1 + sum(map(_weight, value)) if isinstance(value, list) else 1


def _visible(node: Node, key: ScalarNode) -> Span:
    """The node's place; the key's when nothing was written."""
    span = node.span
    return span if span.end > span.start else key.span

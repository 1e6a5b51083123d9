"""YAQL expressions: parsed and evaluated by the yaql library, in bounded time.

The library bounds collections and results, but not how often an expression goes over them, nor what
powers and regular expressions cost; that is done here. It knows plain values only. The library
takes a third of a second to get ready, so this module is imported when it is first needed.
"""

from __future__ import annotations

import copy
import inspect
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import yaql
from yaql.language import exceptions, specs
from yaql.language.expressions import Statement
from yaql.language.factory import YaqlEngine
from yaql.standard_library import math as numbers
from yaql.standard_library import regex

from calor.base import tangles
from calor.base.values import Value
from calor.template.query_limits import QueryLimits

MOST_BITS = 80_000
"""Of a whole number: as much as the memory that one result may take."""

_REGEX = (
    regex.matches,
    regex.matches_,
    regex.matches_operator_regex,
    regex.matches_operator_string,
    regex.not_matches_operator_regex,
    regex.not_matches_operator_string,
    regex.search,
    regex.search_all,
    regex.split,
    regex.split_string,
    regex.replace,
    regex.replace_string,
    regex.replace_by,
    regex.replace_by_string,
)


class QueryError(Exception):
    """What is wrong with an expression, or why it can't be evaluated. Names no value."""


class _Options(Mapping[str, Any]):
    """The library's options. It looks at the quota once a call, and so the calls are counted."""

    def __init__(self, limits: QueryLimits) -> None:
        self._values = {
            "yaql.limitIterators": limits.iterators,
            "yaql.memoryQuota": limits.memory,
        }
        self._limit = self._left = limits.steps

    def __getitem__(self, key: str) -> Any:
        if key == "yaql.memoryQuota":
            self._left -= 1
            if self._left < 0:
                raise QueryError(f"it takes more than {self._limit} steps")
        return self._values[key]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class _Engine(YaqlEngine):  # type: ignore[misc]  # the library has no types
    """For one evaluation, with its own count of steps."""

    def __init__(self, limits: QueryLimits) -> None:
        super().__init__(None, None, {}, None)
        self._counted = _Options(limits)

    @property
    def options(self) -> _Options:
        return self._counted


@lru_cache(maxsize=256)
def parsed(expression: str) -> Any:
    """The expression as the library has it. Raises QueryError."""
    engine = _library()[0]
    # The parser remembers where it is, and several threads may parse.
    parser, lexer = copy.copy(engine.parser), engine.lexer.clone()
    try:
        return parser.parse(expression, lexer=lexer)
    except exceptions.YaqlParsingException as error:
        raise QueryError(f"can't read the expression: {error}") from None
    except (RecursionError, ValueError):
        raise QueryError("can't read the expression") from None


def evaluate(expression: str, data: Value, limits: QueryLimits) -> Value:
    """The value of the expression, in which `$.data` is the data. Raises QueryError."""
    engine = _Engine(limits)
    context = _library()[1].create_child_context()
    try:
        return _plain(Statement(parsed(expression), engine).evaluate({"data": data}, context))
    except QueryError:
        raise
    except exceptions.CollectionTooLargeException:
        raise QueryError(f"a collection has more than {limits.iterators} items") from None
    except exceptions.MemoryQuotaExceededException:
        raise QueryError(f"a result takes more than {limits.memory} bytes") from None
    except Exception as error:  # the library lets through whatever its functions raise
        raise QueryError(_told(error)) from None


@cache
def _library() -> tuple[Any, Any]:
    """A parser, and a context with all functions; those that may take long look first."""
    context = yaql.create_context().create_child_context()
    guards: dict[Callable[..., Any], Callable[..., None]] = {
        numbers.pow_: _check_power,
        numbers.shift_bits_left: _check_shift,
        **dict.fromkeys(_REGEX, _check_pattern),
    }
    for function, check in guards.items():
        definition = specs.get_function_definition(function, convention=context.convention)
        definition.payload = _guarded(function, check)
        context.register_function(definition)
    return yaql.YaqlFactory().create(), context


def _guarded(function: Callable[..., Any], check: Callable[..., None]) -> Callable[..., Any]:
    names = inspect.getfullargspec(function).args

    def guarded(*args: Any) -> Any:
        check(**dict(zip(names, args, strict=False)))
        return function(*args)

    return guarded


def _check_pattern(
    *,
    string: str,
    regexp: re.Pattern[str] | str | None = None,
    pattern: str = "",
    **others: Any,
) -> None:
    written = pattern if regexp is None else regexp
    try:
        if isinstance(written, re.Pattern):
            tangles.check(written.pattern, written.flags, len(string))
        else:
            tangles.check(written, 0, len(string))
    except ValueError as error:
        raise QueryError(f"a regular expression can't be used: {error}") from None


def _check_power(a: Any, b: Any, c: Any = None) -> None:
    if c is None and isinstance(a, int) and isinstance(b, int):
        _check_bits(a.bit_length() * b)


def _check_shift(value: int, bits_number: int) -> None:
    _check_bits(value.bit_length() + bits_number)


def _check_bits(bits: int) -> None:
    if bits > MOST_BITS:
        raise QueryError("a number becomes too large")


def _told(error: Exception) -> str:
    """Why, without the text of the error, which may hold values."""
    if isinstance(error, exceptions.NoFunctionRegisteredException):
        return str(error)
    if isinstance(error, exceptions.NoMethodRegisteredException):
        return "it calls a method that there is not"
    if isinstance(error, exceptions.ResolutionError | exceptions.ArgumentException):
        return "a function or operator in it can't work with its values"
    if isinstance(error, KeyError | IndexError | exceptions.NoMatchingMethodException):
        return "it asks for a key or an item that there is not"
    if isinstance(error, ZeroDivisionError):
        return "it divides by zero"
    if isinstance(error, RecursionError):
        return "it nests too deep"
    return "it can't be evaluated with these values"


def _plain(value: Any) -> Value:
    """The result as templates have values."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise QueryError("it gives a number that is not finite")
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(map(_plain, value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, dict):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f")
    raise QueryError("it gives something that no template can hold")


def _key(key: Any) -> str:
    """A key as JSON writes it."""
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, bool | int | float):
        return json.dumps(key)
    raise QueryError("it gives a map with a key that is no text")

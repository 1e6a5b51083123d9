"""Expressions of CloudFormation as plain data with HOT's functions in it.

It knows functions one by one; parameters and sections are others'.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from calor.base.diagnostics import Diagnostics
from calor.base.values import Value
from calor.template.amazon import ARN, CONSTANTS
from calor.template.convert.rules import LOST, NOT_IN_HOT
from calor.template.expressions import Call, Expression, ListExpr, Literal, MapExpr, Reference
from calor.template.functions.ref import NO_VALUE
from calor.template.parameter_types import LIST, NUMBER, STRING

PSEUDO = {
    "AWS::StackName": "OS::stack_name",
    "AWS::Region": "OS::region",
    "AWS::AccountId": "OS::project_id",
}
STACK_ID: Value = {
    "list_join": [
        "",
        [
            ARN[0],
            {"get_param": "OS::project_id"},
            ARN[1],
            {"get_param": "OS::stack_name"},
            ARN[2],
            {"get_param": "OS::stack_id"},
        ],
    ]
}

_LOOK = "$.data.map.get(str($.data.first), dict()).get(str($.data.second), $.data.default)"


class _Nothing:
    """Stands for what is left out."""


NOTHING = _Nothing()


class Values:
    """Converts the values of one template, whose parameters have the `kinds` by name. What HOT
    can't say goes to the diagnostics."""

    def __init__(self, kinds: Mapping[str, str], diagnostics: Diagnostics) -> None:
        self._kinds = kinds
        self._diagnostics = diagnostics

    def value(self, expression: Expression) -> Value:
        """The expression in HOT; null where HOT can't say it, NOTHING where it is left out."""
        if isinstance(expression, Literal):
            return expression.value
        if isinstance(expression, ListExpr):
            items = [self.value(item) for item in expression.items]
            return [item for item in items if item is not NOTHING]
        if isinstance(expression, MapExpr):
            entries = {key: self.value(item) for key, item in expression.entries}
            return {key: item for key, item in entries.items() if item is not NOTHING}
        if isinstance(expression, Call):
            return self._call(expression)
        return None

    def condition(self, expression: Expression) -> Value:
        """The same where a condition stands."""
        if isinstance(expression, Call) and expression.name in ("Condition", "condition"):
            data = expression.data
            return data.name if isinstance(data, Reference) else data
        return self.value(expression)

    def _call(self, call: Call) -> Value:
        convert = _FUNCTIONS.get(call.name)
        if convert is None:
            return self._not_in_hot(call, f"HOT has no function that does what {call.name} does")
        return convert(self, call)

    def _not_in_hot(self, call: Call, message: str, hint: str = "") -> Value:
        self._diagnostics.add(
            NOT_IN_HOT, message, call.name_span, hint=hint or "write in its place what is meant"
        )
        return None

    def all(self, call: Call) -> list[Value]:
        return [self.value(item) for item in call.args]

    # --- functions ------------------------------------------------------------------------------

    def ref(self, call: Call) -> Value:
        reference: Reference = call.data
        if reference.kind == "resource":
            return {"get_resource": reference.name}
        if reference.name == NO_VALUE:
            return NOTHING
        if not reference.name.startswith("AWS::"):
            return {"get_param": reference.name}
        if reference.name in PSEUDO:
            return {"get_param": PSEUDO[reference.name]}
        return STACK_ID if reference.name == "AWS::StackId" else CONSTANTS[reference.name]

    def if_(self, call: Call) -> Value:
        condition = self.condition(call.args[0])
        yes, no = self.value(call.args[1]), self.value(call.args[2])
        if yes is NOTHING and no is NOTHING:
            return NOTHING
        if yes is NOTHING:
            return {"if": [{"not": condition}, no]}
        return {"if": [condition, yes] if no is NOTHING else [condition, yes, no]}

    def select(self, call: Call) -> Value:
        index, collection = call.args
        position, source = self.value(index), self.value(collection)
        number = _number(position)
        if isinstance(source, list) and number is not None and number < len(source):
            return source[number]
        shorter = _with_index(collection, source, number)
        if shorter is not None:
            return shorter
        if source is None:
            return None
        at = f"[{number}]" if number is not None else "[int($.data.at)]"
        data = {"of": source} if number is not None else {"of": source, "at": position}
        return {"yaql": {"expression": f"$.data.of{at}", "data": data}}

    def sub(self, call: Call) -> Value:
        parts: tuple[str | int, ...] = call.data
        values = [self._as_text(item) for item in self.all(call)]
        used = dict.fromkeys(part for part in parts if isinstance(part, int))
        text = "".join(part for part in parts if isinstance(part, str))
        if not used:
            return text
        names: dict[int, str] = {}
        for number in used:
            names[number] = _placeholder(values[number], text, names.values())
        template = "".join(part if isinstance(part, str) else names[part] for part in parts)
        params = {names[number]: values[number] for number in used}
        return {"str_replace": {"template": template, "params": params}}

    def _as_text(self, value: Value) -> Value:
        """A list is put into a text with commas."""
        name = value.get("get_param") if isinstance(value, dict) else None
        is_list = isinstance(name, str) and self._kinds.get(name) == LIST
        return {"list_join": [",", value]} if is_list else value

    def equals(self, call: Call) -> Value:
        """CloudFormation compares numbers as texts, HOT does not."""
        left, right = self.all(call)
        return {"equals": [self._alike(left, right), self._alike(right, left)]}

    def _alike(self, value: Value, other: Value) -> Value:
        """A constant in the type of the parameter that it is compared with."""
        name = other.get("get_param") if isinstance(other, dict) else None
        kind = self._kinds.get(name) if isinstance(name, str) else None
        if kind == NUMBER and isinstance(value, str):
            return _as_number(value)
        if kind == STRING and isinstance(value, bool):
            return "true" if value else "false"
        if kind == STRING and isinstance(value, int | float):
            return str(value)
        return value

    def to_json(self, call: Call) -> Value:
        self._diagnostics.add(
            LOST, "HOT writes JSON with its keys in order, and with spaces", call.name_span
        )
        # str_replace fills in lists and maps as JSON.
        return {"str_replace": {"template": "JSON", "params": {"JSON": self.value(call.args[0])}}}

    def find_in_map(self, call: Call) -> Value:
        """A mapping is a parameter; yaql knows what to take when a key is missing."""
        if not isinstance(call.args[0], Literal):
            return self._not_in_hot(call, "HOT can't look for a mapping whose name is computed")
        name, first, second, *default = self.all(call)
        if not default:
            return {"get_param": [name, first, second]}
        data = {"map": {"get_param": name}, "first": first, "second": second}
        return {"yaql": {"expression": _LOOK, "data": {**data, "default": default[0]}}}


def _list_of(name: str) -> Callable[[Values, Call], Value]:
    """A function that takes the same arguments under another name."""
    return lambda values, call: {name: values.all(call)}


def _logic(name: str) -> Callable[[Values, Call], Value]:
    return lambda values, call: {name: [values.condition(item) for item in call.args]}


def _yaql(expression: str) -> Callable[[Values, Call], Value]:
    def convert(values: Values, call: Call) -> Value:
        data = values.value(call.args[0])
        if data is None:
            return None
        return {"yaql": {"expression": expression, "data": data}}

    return convert


def _replace(values: Values, call: Call) -> Value:
    template, params = (values.value(item) for item in call.args)
    return {"str_replace": {"template": template, "params": params}}


def _with_index(collection: Expression, source: Value, number: int | None) -> Value:
    """A call that takes an index by itself; None for others."""
    if number is None or not isinstance(collection, Call) or not isinstance(source, dict):
        return None
    ((name, argument),) = source.items()
    if name in ("get_attr", "str_split"):
        return {name: [*argument, number]}
    if name == "get_param":
        return {name: [*(argument if isinstance(argument, list) else [argument]), number]}
    return None


def _number(value: Value) -> int | None:
    return int(value) if isinstance(value, int) or str(value).isdigit() else None


def _as_number(text: str) -> Value:
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return text


def _placeholder(value: Value, text: str, taken: Collection[str]) -> str:
    """A name for a value, after what it refers to, that stands nowhere else in a text."""
    names = next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else "value"
    label = ".".join(map(str, names)) if isinstance(names, list) else str(names)
    label = label if label.replace(".", "").replace("_", "").replace(":", "").isalnum() else "value"
    name = f"${{{label}}}"
    number = 1
    while name in text or name in taken:
        number += 1
        name = f"${{{label}.{number}}}"
    return name


_FUNCTIONS: Mapping[str, Callable[[Values, Call], Any]] = {
    "Ref": Values.ref,
    "Condition": lambda values, call: call.data.name,
    "Fn::And": _logic("and"),
    "Fn::Base64": lambda values, call: values.value(call.args[0]),
    "Fn::Equals": Values.equals,
    "Fn::FindInMap": Values.find_in_map,
    "Fn::GetAtt": _list_of("get_attr"),
    "Fn::If": Values.if_,
    "Fn::Join": _list_of("list_join"),
    "Fn::Length": _yaql("$.data.len()"),
    "Fn::Not": lambda values, call: {"not": values.condition(call.args[0])},
    "Fn::Or": _logic("or"),
    "Fn::Replace": _replace,
    "Fn::ResourceFacade": lambda values, call: {"resource_facade": call.data},
    "Fn::Select": Values.select,
    "Fn::Split": _list_of("str_split"),
    "Fn::Sub": Values.sub,
    "Fn::ToJsonString": Values.to_json,
}

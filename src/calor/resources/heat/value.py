"""OS::Heat::Value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from calor.base import strict_json
from calor.base.errors import ResourceFailed
from calor.base.values import Sensitive, Unknown, Value, reveal
from calor.model.resource_type import Work
from calor.resources.base import Type
from calor.schema import (
    AllowedValues,
    Attributes,
    Kind,
    Mismatch,
    Problem,
    ProblemKind,
    Properties,
    attribute,
    coerce,
    prop,
    since,
)


class ValueProperties(Properties):
    value: Any = prop(required=True, update=True, doc="The value to hold.")
    type: Annotated[
        str | None, AllowedValues("string", "number", "comma_delimited_list", "json", "boolean")
    ] = prop(update=True, doc="Type that the value becomes; its own when absent.")

    @classmethod
    def rule(cls, values: Mapping[str, Value]) -> list[Problem]:
        try:
            typed(values.get("value"), values.get("type"))
        except Mismatch as error:
            return [Problem(("value",), ProblemKind.TYPE, str(error), error.hint)]
        return []


def typed(value: Value, type: Value) -> Value:
    """The value as one of a parameter's types. Raises Mismatch."""
    if isinstance(value, Sensitive):
        try:
            return Sensitive(typed(value.value, type))
        except Mismatch:
            raise Mismatch(f"the value is no {type}") from None
    if isinstance(value, Unknown) or not isinstance(type, str):
        return value
    if type == "json":
        return _json(value)
    if type == "string":
        return coerce(Kind.STRING, value, converts=True)
    if type == "number":
        return coerce(Kind.NUMBER, value)
    if type == "boolean":
        return _boolean(value)
    return [str(item) for item in coerce(Kind.LIST, value, converts=True)]


def _json(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    try:
        found = strict_json.parse(value)
    except ValueError:
        raise Mismatch("the text is not JSON") from None
    if not isinstance(found, dict | list):
        raise Mismatch("the text is JSON, but neither a map nor a list")
    return found


def _boolean(value: Value) -> bool:
    words = {"t": True, "true": True, "on": True, "y": True, "yes": True, "1": True}
    words |= {"f": False, "false": False, "off": False, "n": False, "no": False, "0": False}
    word = str(value).lower()
    if word not in words:
        raise Mismatch("the value is not a boolean", "write true or false")
    return words[word]


class ValueAttributes(Attributes):
    value: Any = attribute("The value that it holds.")


class Held(Type):
    """Holds a value, so that it is computed once and used in many places."""

    name = "OS::Heat::Value"
    Properties = ValueProperties
    Attributes = ValueAttributes
    support = since("7.0.0")

    async def read(self, work: Work) -> Mapping[str, Value]:
        properties = work.resource.properties
        try:
            return {"value": typed(properties.get("value"), reveal(properties.get("type")))}
        except Mismatch as error:
            raise ResourceFailed(str(error)) from error


TYPE = Held()

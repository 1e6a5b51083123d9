"""`Fn::ToJsonString`: a map or list as a text of JSON, keys in the order written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import MAX_TEXT, Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnToJsonString(Function):
    names = ("Fn::ToJsonString",)
    example = "Fn::ToJsonString: {key: value}"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if isinstance(node, ScalarNode):
            raise BadArguments("needs a map or a list", node)
        return Parsed((arguments.value(node),))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_json, *call.values(scope))


def _json(value: Value) -> str:
    if not isinstance(value, dict | list):
        raise Misuse(f"writes maps and lists, not {kind_of(value)}")
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if len(text) > MAX_TEXT:
        raise Misuse("the text becomes too long")
    return text


FUNCTIONS = (FnToJsonString(),)

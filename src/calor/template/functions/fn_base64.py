"""`Fn::Base64`: the text as it is.

Heat takes user data as plain text, so it encodes nothing here, and neither do we.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import Arguments, BadArguments, Function, Parsed, is_written_out
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnBase64(Function):
    names = ("Fn::Base64",)
    example = "Fn::Base64: text"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        text = arguments.value(node)
        if is_written_out(text):
            raise BadArguments("needs a text", node)
        if isinstance(node, ScalarNode) and not isinstance(node.value, str):
            raise BadArguments("needs a text", node, "put quotes around it")
        return Parsed((text,))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_text, *call.values(scope))


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise Misuse(f"takes a text, not {kind_of(value)}")
    return value


FUNCTIONS = (FnBase64(),)

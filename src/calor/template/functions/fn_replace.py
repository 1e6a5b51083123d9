"""`Fn::Replace`: `str_replace` with its arguments in a list, the placeholders first."""

from __future__ import annotations

from calor.base.source import Node
from calor.template.function import Arguments, Parsed, items_of
from calor.template.functions.str_replace import StrReplace, template_and_params


class FnReplace(StrReplace):
    names = ("Fn::Replace",)
    example = "Fn::Replace: [{NAME: world}, Hello NAME]"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        params, template = items_of(node, least=2, most=2, what="a map of placeholders and a text")
        return template_and_params(arguments, template, params)


FUNCTIONS = (FnReplace(),)

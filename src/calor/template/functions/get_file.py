"""`get_file`: the text of a file that came with the template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode, SequenceNode
from calor.base.values import Unknown, Value
from calor.template.expressions import Call, Literal, Reference
from calor.template.function import Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class GetFile(Function):
    names = ("get_file",)
    example = "get_file: scripts/install.sh"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if isinstance(node, SequenceNode) or (
            isinstance(node, ScalarNode) and (not isinstance(node.value, str) or not node.value)
        ):
            raise BadArguments("needs the path of a file", node)
        return Parsed((arguments.value(node),))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        path, sensitive = open_top(call.values(scope)[0])
        if isinstance(path, Unknown):
            return seal(path, sensitive)
        if not isinstance(path, str):
            raise Misuse(f"needs the path of a file, not {kind_of(path)}")
        return seal(scope.file(path), sensitive)

    def references(self, call: Call) -> Iterable[Reference]:
        path = call.args[0]
        if isinstance(path, Literal):
            yield Reference("file", path.value, (), path.span)


FUNCTIONS = (GetFile(),)

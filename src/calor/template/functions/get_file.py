"""`get_file`: the text of a file that came with the template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from calor.base.source import Node, SequenceNode
from calor.base.values import Unknown, Value
from calor.template.expressions import Call, Literal, MapExpr, Reference
from calor.template.function import Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, kind_of, open_top, seal

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class GetFile(Function):
    names = ("get_file",)
    example = "get_file: scripts/install.sh"
    points_to = ("file",)
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        path = arguments.value(node)
        if isinstance(node, SequenceNode) or isinstance(path, MapExpr):
            raise BadArguments("needs the path of a file", node)
        if isinstance(path, Literal) and (not isinstance(path.value, str) or not path.value):
            raise BadArguments("needs the path of a file", node)
        return Parsed((path,))

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

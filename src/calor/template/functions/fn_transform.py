"""`Fn::Transform`: a macro's call, which makes nothing here.

That it does not is said where macros are looked for, in `dialects/cfn_transforms.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from calor.base.source import Node
from calor.base.values import Unknown, Value
from calor.template.expressions import Call
from calor.template.function import Arguments, Function, Parsed

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


class FnTransform(Function):
    names = ("Fn::Transform",)
    example = "Fn::Transform: {Name: AWS::LanguageExtensions}"
    pure = False

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        return Parsed(())

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return Unknown("a macro that is not available")


FUNCTIONS = (FnTransform(),)

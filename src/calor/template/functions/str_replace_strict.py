"""`str_replace_strict`: `str_replace` in which every placeholder must be found.

`str_replace_vstrict` also refuses empty values.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from calor.base.values import Value, is_sensitive
from calor.template.expressions import Call
from calor.template.functions.str_replace import StrReplace, as_text, fill_in
from calor.template.marks import Misuse, apply

if TYPE_CHECKING:
    from calor.template.evaluation import Scope


def _not_empty(value: Value) -> str:
    if value is None or value in ("", [], {}):
        raise Misuse("a placeholder has an empty value", "give it a value, or use str_replace")
    return as_text(value, variant=2)


class StrReplaceStrict(StrReplace):
    names = ("str_replace_strict",)
    example = "str_replace_strict: {template: Hello NAME, params: {NAME: world}}"

    as_text = staticmethod(partial(as_text, variant=2))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        template, params = call.values(scope)
        refuse = _refuse if is_sensitive(params) else _refuse_by_name
        return apply(partial(fill_in, as_text=self.as_text, missing=refuse), template, params)


class StrReplaceVstrict(StrReplaceStrict):
    names = ("str_replace_vstrict",)
    example = "str_replace_vstrict: {template: Hello NAME, params: {NAME: world}}"
    as_text = staticmethod(_not_empty)


def _refuse_by_name(unused: list[str]) -> None:
    raise Misuse(f"not in the template: {', '.join(unused)}", "remove what is not used")


def _refuse(unused: list[str]) -> None:
    raise Misuse("not every placeholder is in the template", "remove what is not used")


FUNCTIONS = (StrReplaceStrict(), StrReplaceVstrict())

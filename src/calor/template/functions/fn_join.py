"""`Fn::Join`: CloudFormation's way to write `list_join`, always of one list."""

from __future__ import annotations

from calor.template.functions.list_join import ListJoin


class FnJoin(ListJoin):
    names = ("Fn::Join",)
    example = "Fn::Join: [', ', [first, second]]"


FUNCTIONS = (FnJoin(),)

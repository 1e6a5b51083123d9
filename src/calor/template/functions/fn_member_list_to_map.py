"""`Fn::MemberListToMap`: a map out of a list as AWS' query interface writes it.

`['Name', 'Value', ['.member.0.Name=a', '.member.0.Value=1']]` gives `{a: '1'}`; members that lack
one of the two are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import BadArguments, ListFunction
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope

_MEMBER = re.compile(r"\.member\.([0-9]{1,9})\.(.*)", re.DOTALL)


class FnMemberListToMap(ListFunction):
    names = ("Fn::MemberListToMap",)
    example = "Fn::MemberListToMap: [Name, Value, ['.member.0.Name=a', '.member.0.Value=1']]"
    least = 3
    most = 3
    what = "two names and a list of members"

    def check(self, items: Sequence[Node]) -> None:
        for item in items[:2]:
            if not isinstance(item, ScalarNode) or not isinstance(item.value, str):
                raise BadArguments("needs a text as name of the keys and of the values", item)
        if isinstance(items[2], ScalarNode):
            raise BadArguments("needs a list of members", items[2])

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_map, *call.values(scope))


def _map(key_name: Value, value_name: Value, members: Value) -> dict[str, Value]:
    if not isinstance(members, list):
        raise Misuse(f"needs a list of members, not {kind_of(members)}")
    found: dict[int, dict[str, str]] = {}
    for position, member in enumerate(members, 1):
        if not isinstance(member, str):
            raise Misuse(f"takes texts as members, and item {position} is {kind_of(member)}")
        name, equals, value = member.partition("=")
        if not equals:
            raise Misuse(f"item {position} of the members has no '='")
        match = _MEMBER.match(name)
        if match:
            found.setdefault(int(match[1]), {})[match[2]] = value
    return {
        found[number][key_name]: found[number][value_name]
        for number in sorted(found)
        if key_name in found[number] and value_name in found[number]
    }


FUNCTIONS = (FnMemberListToMap(),)

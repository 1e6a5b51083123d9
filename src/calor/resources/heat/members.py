"""What a stack inside tells: its outputs, and what its resources may be asked for.

What is told of members is kept in the attributes of the row that has the stack. Live attributes are
named there, and read when somebody asks. It reads nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from calor.base.spelling import listed
from calor.base.values import Value
from calor.model.nested import Child
from calor.model.resource_type import LivePart
from calor.schema import SHOW
from calor.template.marks import Misuse, select


def outputs(child: Child) -> dict[str, Value]:
    """The values of a stack's outputs; one that failed is None."""
    return {output.name: output.value for output in child.stack.outputs}


OUTPUT = "Outputs."
"""`Outputs.NAME` asks for an output, as CloudFormation does."""


def of_output(told: Mapping[str, Any], name: str, path: Sequence[Value]) -> Value:
    """The output of `Outputs.NAME`, or what is at a path in it. Raises Misuse for one that is not
    there."""
    output = name.removeprefix(OUTPUT)
    if output not in told:
        raise Misuse(f"finds no output {output!r} of the stack inside", _hint(told))
    return select(told[output], path)


MEMBER = "resource."
"""`resource.NAME` asks for a resource inside, `resource.NAME.ATTRIBUTE` for an attribute of it."""


INSIDE = "OS::resources"
"""Of a template: beside its outputs, what `resource.NAME` asks for; no output has this name."""
GROUP = "members"
"""The same of a group, which answers for all its members."""


LIVE = (SHOW.name,)
"""What most types have that is live; it is not said of each member."""


def told_members(child: Child) -> dict[str, Value]:
    """What `of_member` needs to know of each resource inside, and of all that is inside that."""
    return {
        name: {
            "ref": member.reference,
            "attributes": dict(member.attributes or {}),
            **({} if member.live == LIVE else {"live": list(member.live)}),
            **(_inside(member.resource.attributes) if member.has_inside else {}),
        }
        for name, member in child.members.items()
    }


def _inside(attributes: Mapping[str, Value]) -> Mapping[str, Value]:
    for key in (INSIDE, GROUP):
        if key in attributes:
            return {key: attributes[key]}
    return {}


def members_of(attributes: Mapping[str, Value]) -> Mapping[str, Any]:
    """What is told of each resource inside, out of what is told of the whole."""
    for members in _inside(attributes).values():
        return members or {}
    return {}


def of_member(told: Mapping[str, Any], name: str, path: Sequence[Value]) -> Value:
    """`resource.0`, `resource.0.attribute` or `[resource.0, attribute, ...]`. Raises Misuse for a
    resource or an attribute that is not there."""
    member_name, _, attribute_name = name.removeprefix(MEMBER).partition(".")
    member = told.get(member_name)
    if member is None:
        raise Misuse(f"finds no resource {member_name!r} inside", _hint(told))
    rest = [attribute_name, *path] if attribute_name else list(path)
    return _attribute(member, rest) if rest else member["ref"]


def of_all(told: Mapping[str, Any], path: Sequence[Value]) -> Value:
    """An attribute of all members of a group: `[attributes, NAME, ...]` gives a map, `[NAME, ...]`
    a list, and `resource.0` leads to one. Raises Misuse when there are members, and none has it."""
    name, rest = str(path[0]), path[1:]
    if name.startswith(MEMBER):
        return of_member(told, name, rest)
    if name != "attributes":
        return _attributes(told, path)
    if not rest:
        raise Misuse("needs the name of an attribute after 'attributes'")
    return dict(zip(told, _attributes(told, rest), strict=True))


def _attributes(told: Mapping[str, Any], path: Sequence[Value]) -> list[Value]:
    """None for a member that lacks what others have."""
    found: list[Value] = []
    problems: list[Misuse] = []
    for member in told.values():
        try:
            found.append(_attribute(member, path))
        except Misuse as problem:
            problems.append(problem)
            found.append(None)
    if problems and len(problems) == len(found):
        raise problems[0]
    return found


def _attribute(member: Mapping[str, Any], path: Sequence[Value]) -> Value:
    name, known = str(path[0]), member["attributes"]
    if INSIDE in member and name.startswith(MEMBER) and name not in known:
        return of_member(member[INSIDE], name, path[1:])
    if INSIDE in member and name.startswith(OUTPUT) and name not in known:
        return of_output(known, name, path[1:])
    if GROUP in member and (name == "attributes" or name not in known):
        return of_all(member[GROUP], path)
    if name not in known:
        raise Misuse(f"finds no attribute {name!r} inside")
    return select(known, path)


def asks_member(path: Sequence[Value]) -> tuple[str, Sequence[Value]] | None:
    """The member and the path there of a path as `of_member` understands it; None for another."""
    name = str(path[0])
    if not name.startswith(MEMBER):
        return None
    member, _, attribute = name.removeprefix(MEMBER).partition(".")
    return member, [attribute, *path[1:]] if attribute else path[1:]


def asks_all(path: Sequence[Value]) -> tuple[str | None, Sequence[Value]]:
    """The same of a path as `of_all` understands it; None for every member."""
    if path[0] == "attributes":
        return None, path[1:]
    return asks_member(path) or (None, path)


def live_parts(
    members: Mapping[str, Any], name: str | None, path: Sequence[Value]
) -> list[LivePart]:
    """The live attributes that a path asks for of one member, or of all."""
    names = members if name is None else [name] if name in members else []
    return [(one, *part) for one in names for part in _live_of(members[one], path)]


def _live_of(member: Mapping[str, Any], path: Sequence[Value]) -> list[LivePart]:
    """As `_attribute` goes."""
    if not path:
        return []
    name, known = str(path[0]), member["attributes"]
    if GROUP in member and (name == "attributes" or name not in known):
        return live_parts(member[GROUP], *asks_all(path))
    if name in known:
        return [(name,)] if name in member.get("live", LIVE) else []
    asked = asks_member(path) if INSIDE in member else None
    return [] if asked is None else live_parts(member[INSIDE], *asked)


def with_live(attributes: Mapping[str, Value], found: Mapping[LivePart, Value]) -> dict[str, Value]:
    """What is told of a stack inside, with what live attributes are now."""
    by_member: dict[str, dict[LivePart, Value]] = {}
    for (name, *rest), value in found.items():
        by_member.setdefault(name, {})[tuple(rest)] = value
    told = {
        key: {
            name: _showing(member, by_member[name]) if name in by_member else member
            for name, member in members.items()
        }
        for key, members in _inside(attributes).items()
    }
    return {**attributes, **told}


def _showing(member: Mapping[str, Any], found: Mapping[LivePart, Value]) -> dict[str, Any]:
    own = {part[0]: value for part, value in found.items() if len(part) == 1}
    deeper = {part: value for part, value in found.items() if len(part) > 1}
    shown = {**member, "attributes": {**member["attributes"], **own}}
    return with_live(shown, deeper) if deeper else shown


def _hint(told: Mapping[str, Any]) -> str:
    return listed(told) if told else "there is none"

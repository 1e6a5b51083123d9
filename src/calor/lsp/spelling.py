"""Places in what is written shortly, as places in what it stands for.

`!Ref web` is `{Ref: web}`, `!GetAtt web.name` is `{Fn::GetAtt: [web, name]}`, and each `${name}` of
a text is a call of its own; so that nobody else must know them.
"""

from __future__ import annotations

from dataclasses import replace

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source
from calor.lsp.place import Place, Spot
from calor.template.dialect import Dialect
from calor.template.functions import registry


def written_out(place: Place, dialect: Dialect, source: Source) -> Place:
    """The same place in the long form."""
    place = _without_tags(place, dialect)
    if place.spot is Spot.KEY:
        return place
    name = _function(place, dialect)
    function = registry().get(name) if name else None
    if function is None:
        return place
    if function.text == "filled":
        return _in_placeholder(place, dialect, source)
    if function.text == "dotted" and place.path[-1] == name and "." in place.before:
        return _behind_dot(place, source)
    return place


def _function(place: Place, dialect: Dialect) -> str:
    """The function whose argument is typed: alone, or in a list."""
    for step in reversed(place.path[-2:]):
        if isinstance(step, str):
            return step if _is_function(step, dialect) else ""
    return ""


def _is_function(name: str, dialect: Dialect) -> bool:
    return name in dialect.functions or name in dialect.condition_functions


def _without_tags(place: Place, dialect: Dialect) -> Place:
    if not dialect.tags:
        return place
    path: list[str | int] = []
    nodes: list[Node] = []
    for index, node in enumerate(place.nodes):
        name = dialect.tags.get(node.tag or "")
        if name is not None:
            nodes.append(_call(node.source, node.start, name, node))
            path.append(name)
        nodes.append(node)
        path += place.path[index : index + 1]
    name = dialect.tags.get(place.tag or "")
    if name is not None and not place.before.startswith("!"):
        source = place.nodes[0].source
        argument = ScalarNode(source, place.start, place.end, place.before, place.before)
        nodes.append(_call(source, place.start, name, argument))
        path.append(name)
    return replace(place, path=tuple(path), nodes=tuple(nodes))


def _in_placeholder(place: Place, dialect: Dialect, source: Source) -> Place:
    begin = place.before.rfind("${")
    if begin < 0 or "}" in place.before[begin:]:
        return place
    start = place.start + begin + 2
    before = place.before[begin + 2 :]
    end = start + len(before)
    while end < place.end and (source.text[end].isalnum() or source.text[end] in ".:_-"):
        end += 1
    dotted = "." in before
    name = _pointing_to(("attribute",) if dotted else ("parameter", "resource"), dialect)
    if not name:
        return place
    argument = ScalarNode(source, start, end, before, before)
    inner = replace(
        place,
        path=(*place.path, name),
        nodes=(*place.nodes, _call(source, start, name, argument)),
        start=start,
        end=end,
        before=before,
        quoted=True,
    )
    return _behind_dot(inner, source) if dotted else inner


def _pointing_to(kinds: tuple[str, ...], dialect: Dialect) -> str:
    """The function of a language whose argument names one of these kinds, or ''."""
    known = registry()
    found = (name for name in dialect.functions if name in known and known[name].points_to == kinds)
    return next(found, "")


def _behind_dot(place: Place, source: Source) -> Place:
    """In `resource.attribute`, the attribute: as the second of a list."""
    resource, _, attribute = place.before.partition(".")
    start = place.start + len(resource) + 1
    items: list[Node] = [
        ScalarNode(source, place.start, start - 1, resource, resource),
        ScalarNode(source, start, place.end, attribute, attribute),
    ]
    arguments = SequenceNode(source, place.start, place.end, items, flow=True)
    name = str(place.path[-1])
    nodes = (*place.nodes[:-1], _call(source, place.start, name, arguments), arguments)
    return replace(
        place, path=(*place.path, 1), nodes=nodes, start=start, before=attribute, quoted=True
    )


def _call(source: Source, start: int, name: str, argument: Node) -> MappingNode:
    key = ScalarNode(source, start, start, name, name)
    return MappingNode(source, start, argument.end, [(key, argument)], flow=True)

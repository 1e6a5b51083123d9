"""How HOT writes parameter groups: a section of its own, a list."""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.template.definitions import ParameterGroup
from calor.template.dialect import Grouping
from calor.template.parser import Parser

_KEYS = ("label", "description", "parameters")


def parse_groups(parser: Parser, sections: Mapping[str, Node]) -> Grouping:
    """The section `parameter_groups`. Problems go to the parser's diagnostics."""
    node = sections.get("parameter_groups")
    if node is None or (isinstance(node, ScalarNode) and node.value is None):
        return Grouping()
    if not isinstance(node, SequenceNode):
        parser.wrong(node, "parameter_groups must be a list of groups")
        return Grouping()
    groups: list[ParameterGroup] = []
    for item in node.items:
        if not isinstance(item, MappingNode):
            parser.wrong(item, "a parameter group must be a map with a list of parameters")
            continue
        found = parser.keys(item, _KEYS, "a parameter group")
        names = group_names(parser, item, found.get("parameters"))
        groups.append(
            ParameterGroup(
                label=parser.text(found.get("label"), "label"),
                description=parser.text(found.get("description"), "description"),
                parameters=tuple(name.text for name in names),
                span=item.span,
                parameter_spans=tuple(name.span for name in names),
            )
        )
    return Grouping(tuple(groups))


def group_names(parser: Parser, group: Node, node: Node | None) -> list[ScalarNode]:
    """The names that a group lists."""
    if not isinstance(node, SequenceNode):
        parser.wrong(node or group, "a parameter group needs a list of parameters")
        return []
    names = [item for item in node.items if isinstance(item, ScalarNode)]
    for item in node.items:
        if not isinstance(item, ScalarNode):
            parser.wrong(item, "a parameter group lists the names of parameters")
    return names

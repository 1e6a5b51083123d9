"""How CloudFormation says in which groups and under which labels forms show parameters.

It stands in the section Metadata, under AWS::CloudFormation::Interface; everything else there is
for other programs.
"""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.template.definitions import ParameterGroup
from calor.template.dialect import Grouping
from calor.template.dialects.hot_groups import group_names
from calor.template.parser import Parser

INTERFACE = "AWS::CloudFormation::Interface"
_KEYS = ("ParameterGroups", "ParameterLabels")
_GROUP_KEYS = ("Label", "Parameters")


def parse_groups(parser: Parser, sections: Mapping[str, Node]) -> Grouping:
    """The groups and labels. Problems go to the parser's diagnostics."""
    metadata = sections.get("metadata")
    if metadata is None or (isinstance(metadata, ScalarNode) and metadata.value is None):
        return Grouping()
    if not isinstance(metadata, MappingNode):
        parser.wrong(metadata, "the section Metadata must be a map")
        return Grouping()
    node = metadata.get(INTERFACE)
    if node is None:
        return Grouping()
    if not isinstance(node, MappingNode):
        parser.wrong(node, f"{INTERFACE} must be a map with {' and '.join(_KEYS)}")
        return Grouping()
    found = parser.keys(node, _KEYS, INTERFACE)
    return Grouping(
        _groups(parser, found.get("ParameterGroups")), _labels(parser, found.get("ParameterLabels"))
    )


def _groups(parser: Parser, node: Node | None) -> tuple[ParameterGroup, ...]:
    if node is None:
        return ()
    if not isinstance(node, SequenceNode):
        parser.wrong(node, "ParameterGroups must be a list of groups")
        return ()
    groups: list[ParameterGroup] = []
    for item in node.items:
        if not isinstance(item, MappingNode):
            parser.wrong(item, "a parameter group must be a map with a list of parameters")
            continue
        found = parser.keys(item, _GROUP_KEYS, "a parameter group")
        names = group_names(parser, item, found.get("Parameters"))
        groups.append(
            ParameterGroup(
                label=_label(parser, found.get("Label"), "a group"),
                description="",
                parameters=tuple(name.text for name in names),
                span=item.span,
                parameter_spans=tuple(name.span for name in names),
            )
        )
    return tuple(groups)


def _labels(parser: Parser, node: Node | None) -> dict[str, str]:
    if node is None:
        return {}
    if not isinstance(node, MappingNode):
        parser.wrong(node, "ParameterLabels must be a map of parameters")
        return {}
    return {key.text: _label(parser, value, repr(key.text)) for key, value in node.entries}


def _label(parser: Parser, node: Node | None, what: str) -> str:
    if node is None:
        return ""
    if not isinstance(node, MappingNode):
        parser.wrong(node, f"the label of {what} must be a map with the key default")
        return ""
    return parser.text(parser.keys(node, ("default",), "a label").get("default"), "a label")

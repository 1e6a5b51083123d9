"""How CloudFormation says in which groups and under which labels forms show parameters.

It stands in the section Metadata, under AWS::CloudFormation::Interface; everything else there is
for other programs.
"""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.source import MappingNode, Node, ScalarNode
from calor.template.dialect import Grouping
from calor.template.dialects.groups import group_list
from calor.template.parser import Parser

INTERFACE = "AWS::CloudFormation::Interface"
_KEYS = ("ParameterGroups", "ParameterLabels")
_GROUP_WORDS = {"Label": "label", "Parameters": "parameters"}


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
    groups, labels = found.get("ParameterGroups"), _labels(parser, found.get("ParameterLabels"))
    return Grouping(
        ()
        if groups is None
        else group_list(
            parser,
            groups,
            "ParameterGroups",
            _GROUP_WORDS,
            lambda label: _label(parser, label, "a group"),
        ),
        {key.text: label for key, label in labels},
        {key.text: key.span for key, _ in labels},
    )


def _labels(parser: Parser, node: Node | None) -> list[tuple[ScalarNode, str]]:
    if node is None:
        return []
    if not isinstance(node, MappingNode):
        parser.wrong(node, "ParameterLabels must be a map of parameters")
        return []
    return [(key, _label(parser, value, repr(key.text))) for key, value in node.entries]


def _label(parser: Parser, node: Node | None, what: str) -> str:
    if node is None:
        return ""
    if not isinstance(node, MappingNode):
        parser.wrong(node, f"the label of {what} must be a map with the key default")
        return ""
    return parser.text(parser.keys(node, ("default",), "a label").get("default"), "a label")

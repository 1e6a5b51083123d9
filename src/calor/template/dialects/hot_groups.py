"""How HOT writes parameter groups: a section of its own, a list."""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.source import Node, ScalarNode
from calor.template.dialect import Grouping
from calor.template.dialects.groups import group_list
from calor.template.parser import Parser

_WORDS = {word: word for word in ("label", "description", "parameters")}


def parse_groups(parser: Parser, sections: Mapping[str, Node]) -> Grouping:
    """The section `parameter_groups`. Problems go to the parser's diagnostics."""
    node = sections.get("parameter_groups")
    if node is None or (isinstance(node, ScalarNode) and node.value is None):
        return Grouping()
    return Grouping(
        group_list(
            parser, node, "parameter_groups", _WORDS, lambda label: parser.text(label, "label")
        )
    )

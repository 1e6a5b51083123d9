"""A list of groups of parameters, as forms show them, in the words of any language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.template.definitions import ParameterGroup
from calor.template.parser import Parser


def group_list(
    parser: Parser,
    node: Node,
    where: str,
    words: Mapping[str, str],
    label: Callable[[Node | None], str],
) -> tuple[ParameterGroup, ...]:
    """The groups written at a node. `words` map to label, description and parameters; `label`
    reads what the language writes as one. Problems go to the parser's diagnostics."""
    if not isinstance(node, SequenceNode):
        parser.wrong(node, f"{where} must be a list of groups")
        return ()
    groups: list[ParameterGroup] = []
    for item in node.items:
        if not isinstance(item, MappingNode):
            parser.wrong(item, "a parameter group must be a map with a list of parameters")
            continue
        found = {
            words[word]: part
            for word, part in parser.keys(item, words, "a parameter group").items()
        }
        names = _names(parser, item, found.get("parameters"))
        groups.append(
            ParameterGroup(
                label=label(found.get("label")),
                description=parser.text(found.get("description"), "description"),
                parameters=tuple(name.text for name in names),
                span=item.span,
                parameter_spans=tuple(name.span for name in names),
            )
        )
    return tuple(groups)


def _names(parser: Parser, group: Node, node: Node | None) -> list[ScalarNode]:
    """The names that a group lists."""
    if not isinstance(node, SequenceNode):
        parser.wrong(node or group, "a parameter group needs a list of parameters")
        return []
    names = [item for item in node.items if isinstance(item, ScalarNode)]
    for item in node.items:
        if not isinstance(item, ScalarNode):
            parser.wrong(item, "a parameter group lists the names of parameters")
    return names

"""The sections that only some languages have: mappings, rules, and the exports of outputs.

It looks at what each says by itself, as `parser` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from calor.base.diagnostics import Rule
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Span
from calor.base.values import Value
from calor.template.definitions import Assertion, MappingDef, RuleDef
from calor.template.expressions import Expression
from calor.template.plain import to_plain

if TYPE_CHECKING:
    from calor.template.parser import Parser

BAD_MAPPING = Rule(
    "H610",
    "bad mapping",
    "A mapping is a map of maps: the first key leads to a map, the second to a text, a number, a "
    "boolean or a list of these. It can't use functions.",
)
BAD_RULE = Rule(
    "H611",
    "bad rule",
    "A rule has a list of Assertions, each with an Assert that must be true and maybe an "
    "AssertDescription, and maybe a RuleCondition that says when they count.",
)
BAD_EXPORT = Rule(
    "H612",
    "bad export",
    "The export of an output is a map with one key, Name: the name under which other stacks of the "
    "project find the value.",
)

_RULE_KEYS = ("RuleCondition", "Assertions")
_ASSERTION_KEYS = ("Assert", "AssertDescription")


def parse_mappings(parser: Parser, sections: Mapping[str, Node]) -> dict[str, MappingDef]:
    """The mappings by name. A part that is wrong is reported and left out."""
    found: dict[str, MappingDef] = {}
    for key, node in parser.entries(sections, "mappings"):
        values: dict[str, dict[str, Value]] = {}
        spans: dict[tuple[str, str], Span] = {}
        for top, below in _map_of(parser, node, f"the mapping {key.text!r}"):
            values[top.text] = {}
            for second, value in _map_of(parser, below, f"{top.text!r} of {key.text!r}"):
                if _constant(parser, value):
                    values[top.text][second.text] = to_plain(value)
                    spans[top.text, second.text] = value.span
        found[key.text] = MappingDef(key.text, key.span, values, spans)
    return found


def parse_rules(parser: Parser, sections: Mapping[str, Node]) -> dict[str, RuleDef]:
    """The rules by name."""
    return {
        key.text: RuleDef(key.text, key.span, *_rule(parser, key, node))
        for key, node in parser.entries(sections, "rules")
    }


def parse_export(parser: Parser, node: Node | None) -> Expression | None:
    """The name under which an output is exported."""
    if node is None or (isinstance(node, ScalarNode) and node.value is None):
        return None
    name = node.get("Name") if isinstance(node, MappingNode) else None
    if not isinstance(node, MappingNode) or name is None or len(node.entries) > 1:
        parser.diagnostics.add(
            BAD_EXPORT, "an export has the one key Name", node.span, hint="as in Name: shared-vpc"
        )
        return None
    if isinstance(name, SequenceNode) or (isinstance(name, ScalarNode) and not name.text):
        parser.diagnostics.add(BAD_EXPORT, "the name of an export must be a text", name.span)
        return None
    return parser.values.value(name)


def _map_of(parser: Parser, node: Node, what: str) -> list[tuple[ScalarNode, Node]]:
    if isinstance(node, MappingNode):
        if any(_is_function(key) for key, _ in node.entries):
            parser.diagnostics.add(BAD_MAPPING, f"{what} can't use functions", node.span)
            return []
        return node.entries
    parser.diagnostics.add(BAD_MAPPING, f"{what} must be a map", node.span)
    return []


def _constant(parser: Parser, node: Node) -> bool:
    items = node.items if isinstance(node, SequenceNode) else [node]
    for item in items:
        if not isinstance(item, ScalarNode) or item.value is None:
            calls = isinstance(item, MappingNode) and any(
                _is_function(key) for key, _ in item.entries
            )
            parser.diagnostics.add(
                BAD_MAPPING,
                "a mapping can't use functions"
                if calls
                else "a mapping leads to texts, numbers, booleans and lists of these",
                item.span if item.end > item.start else node.span,
            )
            return False
    return True


def _is_function(key: ScalarNode) -> bool:
    return key.text == "Ref" or key.text.startswith("Fn::")


def _rule(
    parser: Parser, key: ScalarNode, node: Node
) -> tuple[Expression | None, tuple[Assertion, ...]]:
    if not isinstance(node, MappingNode):
        _bad_rule(parser, node, f"the rule {key.text!r} must be a map with Assertions")
        return None, ()
    found = parser.keys(node, _RULE_KEYS, f"rule {key.text!r}")
    condition = found.get("RuleCondition")
    listed = found.get("Assertions")
    assertions: list[Assertion] = []
    if isinstance(listed, SequenceNode) and listed.items:
        for item in listed.items:
            assertion = _assertion(parser, key, item)
            if assertion is not None:
                assertions.append(assertion)
    else:
        _bad_rule(parser, listed or key, f"the rule {key.text!r} needs a list of Assertions")
    return None if condition is None else parser.values.rule(condition), tuple(assertions)


def _assertion(parser: Parser, key: ScalarNode, node: Node) -> Assertion | None:
    if not isinstance(node, MappingNode):
        _bad_rule(parser, node, f"an assertion of {key.text!r} must be a map with Assert")
        return None
    found = parser.keys(node, _ASSERTION_KEYS, f"an assertion of {key.text!r}")
    value = found.get("Assert")
    if value is None:
        _bad_rule(parser, node, f"an assertion of {key.text!r} has no Assert")
        return None
    return Assertion(
        parser.values.rule(value),
        parser.text(found.get("AssertDescription"), "AssertDescription"),
    )


def _bad_rule(parser: Parser, node: Node, message: str) -> None:
    parser.diagnostics.add(BAD_RULE, message, node.span)

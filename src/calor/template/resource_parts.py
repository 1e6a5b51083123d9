"""What a template says of one resource: its type, its parts, and what becomes of it.

It looks at what each says by itself, as `parser` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from calor.base.diagnostics import Rule
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Span
from calor.base.spelling import listed
from calor.template.definitions import ResourceDef
from calor.template.expressions import Broken, Expression, ListExpr, Literal

if TYPE_CHECKING:
    from calor.template.parser import Parser

NO_TYPE = Rule(
    "H207",
    "resource without a type",
    "Every resource says its type, as in `type: OS::Nova::Server`.",
)
BAD_DEPENDS_ON = Rule(
    "H210",
    "bad depends_on",
    "depends_on is the name of a resource of this template, or a list of names.",
)
BAD_POLICY = Rule(
    "H211",
    "unknown deletion policy",
    "deletion_policy is Delete, Retain or Snapshot: what becomes of the thing when "
    "its resource is deleted.",
)
_REPLACE_POLICIES = {policy: policy for policy in ("Delete", "Retain", "Snapshot")}


def parse_resource(parser: Parser, key: ScalarNode, node: Node) -> ResourceDef:
    """One entry of the section `resources`. Problems go to the parser's diagnostics."""
    name = key.text
    if not isinstance(node, MappingNode):
        parser.no_map(key, node, f"resource {name!r} must be a map that says at least its type")
        return ResourceDef(name, "", key.span, key.span, node)
    words = parser.dialect.resource_keys
    found = {
        words[word]: value for word, value in parser.keys(node, words, f"resource {name!r}").items()
    }
    kind, type_span = _type(parser, key, found.get("type"))
    depends_on = _depends_on(parser, found.get("depends_on"))
    return ResourceDef(
        name,
        kind,
        key.span,
        type_span,
        node,
        _map(parser, found.get("properties"), "properties"),
        _map(parser, found.get("metadata"), "metadata"),
        tuple(item.text for item in depends_on),
        tuple(item.span for item in depends_on),
        _map(parser, found.get("update_policy"), "update_policy"),
        _policy(parser, found.get("deletion_policy"), parser.dialect.deletion_policies),
        _external_id(parser, found.get("external_id")),
        parser.condition(found.get("condition")),
        parser.text(found.get("description"), "description"),
        _map(parser, found.get("creation_policy"), "creation_policy"),
        _policy(parser, found.get("update_replace_policy"), _REPLACE_POLICIES),
    )


def _type(parser: Parser, key: ScalarNode, node: Node | None) -> tuple[str, Span]:
    if node is None or (isinstance(node, ScalarNode) and not node.text):
        parser.diagnostics.add(
            NO_TYPE,
            f"resource {key.text!r} has no type",
            key.span,
            hint=f"add {parser.dialect.word('type')}, as in "
            f"{parser.dialect.word('type')}: OS::Nova::Server",
        )
        return "", key.span
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        parser.wrong(node, f"the type of resource {key.text!r} must be a text")
        return "", node.span
    return node.value, node.span


def _map(parser: Parser, node: Node | None, key: str) -> Expression | None:
    if node is None or (isinstance(node, ScalarNode) and node.value is None):
        return None
    if not isinstance(node, MappingNode):
        parser.wrong(node, f"{parser.dialect.word(key)} must be a map")
        return Broken(node)
    return parser.values.value(node)


def _depends_on(parser: Parser, node: Node | None) -> list[ScalarNode]:
    if node is None or (isinstance(node, ScalarNode) and node.value is None):
        return []
    items = node.items if isinstance(node, SequenceNode) else [node]
    names: list[ScalarNode] = []
    for item in items:
        if isinstance(item, ScalarNode) and isinstance(item.value, str) and item.value:
            names.append(item)
        else:
            parser.diagnostics.add(
                BAD_DEPENDS_ON,
                f"{parser.dialect.word('depends_on')} takes the names of resources",
                item.span,
                hint="write a name, or a list of names",
            )
    return names


def _policy(parser: Parser, node: Node | None, policies: Mapping[str, str]) -> Expression | None:
    if node is None or (isinstance(node, ScalarNode) and node.value is None):
        return None
    value = parser.values.value(node)
    if isinstance(value, Literal):
        if isinstance(value.value, str) and value.value in policies:
            return Literal(policies[value.value], node)
        parser.diagnostics.add(
            BAD_POLICY,
            "there is no such policy in this version",
            node.span,
            hint=listed(policies),
        )
        return Broken(node)
    if isinstance(value, ListExpr):
        parser.wrong(node, f"{parser.dialect.word('deletion_policy')} must be a text")
    return value


def _external_id(parser: Parser, node: Node | None) -> Expression | None:
    if node is None or (isinstance(node, ScalarNode) and node.value is None):
        return None
    value = parser.values.value(node)
    if isinstance(value, Literal) and isinstance(value.value, str) and value.value:
        return value
    if isinstance(value, Literal | ListExpr):
        parser.wrong(node, "external_id must be the id of something that exists")
        return Broken(node)
    return value

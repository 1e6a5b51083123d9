"""Macros of CloudFormation: which of them are here, and what is said about the others.

AWS::LanguageExtensions is; it has no effect of its own, for its functions always work. A macro is a
program in somebody's cloud, so of any other only the name is told, and the rest of the file is
checked as if it did nothing.
"""

from __future__ import annotations

from calor.base.diagnostics import Rule, Severity
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.template.dialect import Preparing

NO_MACRO = Rule(
    "H630",
    "transform is not available",
    "A transform or macro rewrites the template by a program that runs in Amazon's cloud. Of these "
    "only AWS::LanguageExtensions is available here. Write the template as the transform would "
    "make it.",
)
BAD_TRANSFORM = Rule(
    "H631",
    "bad transform",
    "The section Transform is the name of a transform or a list of names. Fn::Transform is a map "
    "with the Name of a transform and maybe its Parameters.",
)
NEEDS_EXTENSIONS = Rule(
    "H632",
    "language extensions are not declared",
    "Amazon knows Fn::ForEach, Fn::Length, Fn::ToJsonString and the DefaultValue of Fn::FindInMap "
    "only in templates that say Transform: AWS::LanguageExtensions. Here they always work.",
    Severity.WARNING,
)
NO_HOOKS = Rule(
    "H633",
    "section Hooks is not looked at",
    "Hooks of a template steer Amazon's CodeDeploy, which OpenStack does not have.",
    Severity.WARNING,
)

EXTENSIONS = "AWS::LanguageExtensions"
MACRO = "Fn::Transform"
LOOP = "Fn::ForEach::"
_EXTENDED = ("Fn::Length", "Fn::ToJsonString")
# Levels at which a map is one of sections, names or keys, and not a value.
_STRUCTURE = 3


class Transforms:
    """Looks through one document."""

    def __init__(self, preparing: Preparing) -> None:
        self._preparing = preparing
        self._diagnostics = preparing.diagnostics
        self._declared = False
        self._first: ScalarNode | None = None

    def without_macros(self, node: MappingNode) -> MappingNode:
        """The document without macros where names stand; in values they stay, alone."""
        for key, value in node.entries:
            role = self._preparing.dialect.sections.get(key.text)
            if role == "transform":
                self._section(value)
            elif role == "hooks":
                self._diagnostics.add(NO_HOOKS, "Hooks are not looked at here", key.span)
        new = self._node(node, 0)
        if self._first is not None and not self._declared:
            self._diagnostics.add(
                NEEDS_EXTENSIONS,
                f"{self._first.text} needs a transform that the template does not declare",
                self._first.span,
                hint=f"write Transform: {EXTENSIONS} at the top level",
            )
        assert isinstance(new, MappingNode)
        return new

    def _section(self, node: Node) -> None:
        for item in node.items if isinstance(node, SequenceNode) else [node]:
            if isinstance(item, MappingNode):
                self._macro(item)
            elif isinstance(item, ScalarNode) and isinstance(item.value, str) and item.value:
                self._named(item)
            else:
                self._diagnostics.add(BAD_TRANSFORM, "a transform is a name", item.span)

    def _macro(self, node: Node) -> None:
        name = node.get("Name") if isinstance(node, MappingNode) else None
        if isinstance(name, ScalarNode) and isinstance(name.value, str) and name.value:
            self._named(name)
        else:
            self._diagnostics.add(
                BAD_TRANSFORM, "a transform is a map with a Name", node.span, hint="add Name"
            )

    def _named(self, name: ScalarNode) -> None:
        if name.value == EXTENSIONS:
            self._declared = True
            return
        self._diagnostics.add(
            NO_MACRO,
            f"the transform {name.value} is not available here",
            name.span,
            hint="write what it would make",
        )

    def _node(self, node: Node, level: int) -> Node:
        """Nodes without macros are shared with the original."""
        if isinstance(node, ScalarNode):
            return node
        if isinstance(node, SequenceNode):
            items = [self._node(item, level + 1) for item in node.items]
            if all(one is other for one, other in zip(items, node.items, strict=True)):
                return node
            return SequenceNode(node.source, node.start, node.end, items, flow=node.flow)
        entries = [(key, self._entry(key, value, level)) for key, value in node.entries]
        macros = [entry for entry in entries if entry[0].text == MACRO]
        for _, value in macros:
            self._macro(value)
        if macros:
            entries = (
                [entry for entry in entries if entry[0].text != MACRO]
                if level < _STRUCTURE
                else macros
            )
        elif all(one[1] is other[1] for one, other in zip(entries, node.entries, strict=True)):
            return node
        return MappingNode(node.source, node.start, node.end, entries, flow=node.flow)

    def _entry(self, key: ScalarNode, value: Node, level: int) -> Node:
        if self._first is None and (
            key.text in _EXTENDED or key.text.startswith(LOOP) or _has_default(key, value)
        ):
            self._first = key
        return self._node(value, level + 1)


def _has_default(key: ScalarNode, value: Node) -> bool:
    """Whether it is a look-up in a mapping that says what holds when nothing is found."""
    return key.text == "Fn::FindInMap" and isinstance(value, SequenceNode) and len(value.items) > 3

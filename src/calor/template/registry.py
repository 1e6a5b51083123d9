"""The resource registry of an environment: what stands for what, hooks and restrictions.

It maps names to names; it loads no template and knows no type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.base.spelling import did_you_mean, listed
from calor.template.plain import to_plain

BAD_ENTRY = Rule(
    "H504",
    "bad entry in the resource registry",
    "The registry maps a type to another type, or to the file or URL of a template. Under "
    "`resources` stand the names of resources, each with mappings, hooks and restricted actions.",
)
UNKNOWN_HOOK = Rule(
    "H505",
    "unknown hook or action",
    "Hooks are pre-create, pre-update, pre-delete, post-create, post-update and post-delete. "
    "Actions that can be restricted are update and replace.",
)
CIRCLE = Rule(
    "H506",
    "types are mapped in a circle",
    "The registry maps a type to a second one, and that back to the first, so that there is no "
    "type at the end.",
)

TEMPLATE_SUFFIXES = (".yaml", ".yml", ".json", ".template")
HOOKS = ("pre-create", "pre-update", "pre-delete", "post-create", "post-update", "post-delete")
RESTRICTED_ACTIONS = ("update", "replace")
_LISTS = {"hooks": HOOKS, "restricted_actions": RESTRICTED_ACTIONS}


@dataclass(frozen=True, slots=True)
class TypeMapping:
    """What a type stands for: another type, or the key of a template in `files`.

    `mapped` tells whether the registry said so.
    """

    target: str
    is_template: bool
    mapped: bool


@dataclass(frozen=True, slots=True)
class Registry:
    """`tree` is the section as plain data. All questions are answered from it."""

    tree: Mapping[str, Any] = field(default_factory=dict)

    def resolve(self, type_name: str, path: Sequence[str] = ()) -> TypeMapping:
        """What a type stands for, for the resource at a path (names of its parents, then its own).

        What is said for the resource goes before what is said for all; exact names before
        wildcards, longer wildcards before shorter ones. Mappings are followed to their end.
        """
        scopes = [*self._leaves(path), self.tree]
        name = type_name
        seen = [name]
        while not is_template(name):
            target = next((found for scope in scopes if (found := _mapped(scope, name))), None)
            if target is None or target in seen:
                break
            seen.append(target)
            name = target
        return TypeMapping(name, is_template(name), name != type_name)

    def hooks(self, path: Sequence[str]) -> tuple[str, ...]:
        """The hooks of the resource at a path."""
        return self._words("hooks", path)

    def restricted_actions(self, path: Sequence[str]) -> tuple[str, ...]:
        """The actions that must not be done to the resource at a path."""
        return self._words("restricted_actions", path)

    def templates(self) -> list[str]:
        """Every template that the registry names, in the order written."""
        found: list[str] = []
        _collect(self.tree, found)
        return list(dict.fromkeys(found))

    def _words(self, key: str, path: Sequence[str]) -> tuple[str, ...]:
        words: list[str] = []
        for leaf in self._leaves(path):
            value = leaf.get(key)
            words.extend([value] if isinstance(value, str) else value or [])
        return tuple(dict.fromkeys(words))

    def _leaves(self, path: Sequence[str]) -> list[Mapping[str, Any]]:
        """What is said for the resource at a path: exact names first, then wildcards."""
        below = self.tree.get("resources")
        if not path or not isinstance(below, dict):
            return []
        leaves: list[Mapping[str, Any]] = [below]
        for name in path:
            leaves = [
                child
                for leaf in leaves
                for child in (leaf.get(name), *_wildcards(leaf, name))
                if isinstance(child, dict)
            ]
        return leaves


def is_template(name: str) -> bool:
    """Whether the name of a type is the name of a template."""
    return name.endswith(TEMPLATE_SUFFIXES)


def merge_trees(base: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Both registries as one; where they differ the later one wins."""
    merged = dict(base)
    for key, value in later.items():
        before = merged.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[key] = merge_trees(before, value)
        else:
            merged[key] = value
    return merged


def parse_registry(node: MappingNode, diagnostics: Diagnostics) -> Registry:
    """The section `resource_registry`. Problems go to the diagnostics."""
    tree: dict[str, Any] = {}
    for key, value in node.entries:
        if key.text == "resources":
            tree["resources"] = _resources(value, diagnostics)
        elif key.text in _LISTS:
            diagnostics.add(
                BAD_ENTRY,
                f"{key.text} belongs to a resource",
                key.span,
                hint="write it under resources: NAME:",
            )
        elif isinstance(value, ScalarNode) and (
            value.value is None or isinstance(value.value, str)
        ):
            tree[key.text] = value.value
        else:
            diagnostics.add(
                BAD_ENTRY,
                f"{key.text!r} must be mapped to the name of a type or of a template",
                value.span if value.end > value.start else key.span,
            )
    _check_circles(node, tree, diagnostics)
    return Registry(tree)


def _resources(node: Node, diagnostics: Diagnostics) -> dict[str, Any]:
    if isinstance(node, ScalarNode) and node.value is None:
        return {}
    if not isinstance(node, MappingNode):
        diagnostics.add(BAD_ENTRY, "resources must be a map of names", node.span)
        return {}
    tree: dict[str, Any] = {}
    for key, value in node.entries:
        if key.text in _LISTS:
            tree[key.text] = _words(key, value, diagnostics)
        elif isinstance(value, MappingNode):
            tree[key.text] = _resources(value, diagnostics)
        elif isinstance(value, ScalarNode) and (
            value.value is None or isinstance(value.value, str)
        ):
            tree[key.text] = value.value
        else:
            diagnostics.add(
                BAD_ENTRY, f"{key.text!r} must be a map, or mapped to a name", value.span
            )
    return tree


def _words(key: ScalarNode, node: Node, diagnostics: Diagnostics) -> list[str]:
    allowed = _LISTS[key.text]
    items = node.items if isinstance(node, SequenceNode) else [node]
    words: list[str] = []
    for item in items:
        word = to_plain(item)
        if word in allowed:
            words.append(word)
            continue
        diagnostics.add(
            UNKNOWN_HOOK,
            f"{key.text} can't have this",
            item.span if item.end > item.start else key.span,
            hint=did_you_mean(str(word), allowed) or listed(allowed),
        )
    return words


def _check_circles(node: MappingNode, tree: Mapping[str, Any], diagnostics: Diagnostics) -> None:
    reported: set[str] = set()
    for key, _ in node.entries:
        seen = [key.text]
        target = tree.get(key.text)
        while isinstance(target, str) and target not in seen:
            seen.append(target)
            target = tree.get(target)
        if isinstance(target, str) and target == key.text and len(seen) > 1:
            if reported.isdisjoint(seen):
                diagnostics.add(
                    CIRCLE,
                    f"types are mapped in a circle: {' -> '.join([*seen, target])}",
                    key.span,
                    hint="remove one of the mappings",
                )
            reported.update(seen)


def _mapped(scope: Mapping[str, Any], name: str) -> str | None:
    direct = scope.get(name)
    if isinstance(direct, str) and name not in _LISTS:
        return direct
    for pattern in sorted((key for key in scope if key.endswith("*")), key=len, reverse=True):
        target = scope[pattern]
        if isinstance(target, str) and name.startswith(pattern[:-1]):
            if target.endswith("*"):
                return target[:-1] + name[len(pattern) - 1 :]
            return target
    return None


def _wildcards(leaf: Mapping[str, Any], name: str) -> list[Any]:
    return [
        value
        for pattern, value in leaf.items()
        if pattern != name and "*" in pattern and fnmatchcase(name, pattern)
    ]


def _collect(tree: Mapping[str, Any], found: list[str]) -> None:
    for key, value in tree.items():
        if isinstance(value, dict):
            _collect(value, found)
        elif isinstance(value, str) and key not in ("base_url", *_LISTS) and is_template(value):
            found.append(value)

"""Nodes as plain values, and the place of a value inside a node; no meaning is added."""

from __future__ import annotations

from collections.abc import Sequence

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Span
from calor.base.values import Value


def to_plain(node: Node) -> Value:
    """The node as `None`, bool, int, float, str, list and dict."""
    if node.__class__ is ScalarNode:
        return node.value
    if isinstance(node, MappingNode):
        return {key.text: to_plain(item) for key, item in node.entries}
    if isinstance(node, SequenceNode):
        return [to_plain(item) for item in node.items]
    return node.value


def descend(node: Node, path: Sequence[str | int]) -> Node:
    """The node at a path, or the deepest one on the way that exists."""
    for step in path:
        below: Node | None = None
        if isinstance(node, MappingNode):
            below = node.get(str(step))
        elif isinstance(node, SequenceNode) and str(step).isdecimal():
            index = int(step)
            below = node.items[index] if index < len(node.items) else None
        if below is None:
            return node
        node = below
    return node


def locate_key(node: Node, path: Sequence[str | int]) -> Span:
    """Where the last key of a path was written; where there is no such key, as `locate`."""
    parent = descend(node, path[:-1])
    key = parent.key(str(path[-1])) if path and isinstance(parent, MappingNode) else None
    return locate(node, path) if key is None else key.span


def locate(node: Node, path: Sequence[str | int]) -> Span:
    """Where the value at a path was written; of a path that leads on, the last place there is."""
    return descend(node, path).span

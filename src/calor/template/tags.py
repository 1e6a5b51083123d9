"""YAML tags written out as the functions that they stand for: `!Ref web` as `{Ref: web}`.

Places stay: the tag becomes the function's name, and what follows it the argument. A scalar behind
a tag is a text, whatever it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source
from calor.template.reading import Limits, too_deep

_HEAD = re.compile(r"(?:&\S+\s+)?(!\S*)\s*(?:&\S+\s+)?")


class Spelling:
    """Writes out one document. `left` are the tagged nodes whose tags mean nothing."""

    def __init__(self, tags: Mapping[str, str], limits: Limits) -> None:
        self._tags = tags
        self._limits = limits
        self._done: dict[int, tuple[Node, int]] = {}
        self._met: set[int] = set()
        self.left: list[Node] = []

    def written_out(self, node: Node, tagged: tuple[Node, ...]) -> Node:
        """The same document without tags; nodes that hold none are shared with it.

        Raises ReadFailure where it becomes too deep.
        """
        if not tagged:
            return node
        self._met = {id(item) for item in tagged}
        written, height = self._node(node)
        # Keys have no functions, so tags before them are left as well.
        self.left = [
            item for item in tagged if item.tag not in self._tags or id(item) not in self._done
        ]
        if height > self._limits.max_depth:
            raise too_deep(node.source, node.start, self._limits)
        return written

    def _node(self, node: Node) -> tuple[Node, int]:
        """The node without tags, and how deep it is."""
        known = self._done.get(id(node))
        if known is None:
            known = self._done[id(node)] = self._below(node)
        return known

    def _below(self, node: Node) -> tuple[Node, int]:
        if isinstance(node, ScalarNode):
            return (self._call(node, node), 1) if id(node) in self._met else (node, 0)
        if isinstance(node, SequenceNode):
            items = [self._node(item) for item in node.items]
            height = 1 + max((high for _, high in items), default=0)
            below = [item for item, _ in items]
            new: Node = node
            if any(map(_differ, below, node.items)):
                new = SequenceNode(
                    node.source,
                    node.start,
                    node.end,
                    below,
                    flow=node.flow,
                    tag=self._left(node),
                    anchor=node.anchor,
                )
        else:
            values = [self._node(value) for _, value in node.entries]
            height = 1 + max((high for _, high in values), default=0)
            entries = [(key, new) for (key, _), (new, _) in zip(node.entries, values, strict=True)]
            new = node
            if any(
                _differ(one, two) for (_, one), (_, two) in zip(entries, node.entries, strict=True)
            ):
                new = MappingNode(
                    node.source,
                    node.start,
                    node.end,
                    entries,
                    flow=node.flow,
                    tag=self._left(node),
                    anchor=node.anchor,
                )
        if id(node) in self._met and node.tag in self._tags:
            return self._call(node, new), height + 1
        return new, height

    def _left(self, node: Node) -> str | None:
        """The node's tag, where it means nothing and stays."""
        return None if node.tag in self._tags else node.tag

    def _call(self, node: Node, argument: Node) -> Node:
        """The function's call; an argument without its tag begins behind it."""
        name = self._tags.get(node.tag or "")
        if name is None:
            return node
        head = _HEAD.match(node.source.text, node.start, node.end)
        begin, end = head.span(1) if head else (node.start, node.start)
        key = ScalarNode(node.source, begin, end, name, name)
        rest = _without_tag(argument, min(head.end(), node.end) if head else node.start)
        return MappingNode(node.source, node.start, node.end, [(key, rest)], anchor=node.anchor)


def _differ(one: object, other: object) -> bool:
    return one is not other


def _without_tag(node: Node, start: int) -> Node:
    source: Source = node.source
    if isinstance(node, ScalarNode):
        return ScalarNode(source, start, node.end, node.text, node.text, style=node.style)
    if isinstance(node, SequenceNode):
        return SequenceNode(source, start, node.end, node.items, flow=node.flow)
    return MappingNode(source, start, node.end, node.entries, flow=node.flow)

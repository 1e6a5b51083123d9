"""Writes JSON in one layout: two spaces a level, and in one line what is short and flat.

Words stay as they were written: no number is rounded, no escape is changed.
"""

from __future__ import annotations

from calor.base.source import MappingNode, Node, ScalarNode

STEP = 2
WIDTH = 100


def write(node: Node) -> str:
    """The text of a document."""
    return "\n".join(_lines(node, 0, "", "")) + "\n"


def _lines(node: Node, indent: int, before: str, after: str) -> list[str]:
    """`before` is what stands in the line already, `after` what ends the last one."""
    flat = _flat(node)
    if flat is not None and indent + len(before) + len(flat) + len(after) <= WIDTH:
        return [f"{' ' * indent}{before}{flat}{after}"]
    if isinstance(node, ScalarNode):
        return [f"{' ' * indent}{before}{node.span.text}{after}"]
    opening, closing = ("{", "}") if isinstance(node, MappingNode) else ("[", "]")
    inside: list[tuple[str, Node]] = []
    if isinstance(node, MappingNode):
        inside = [(f"{key.span.text}: ", value) for key, value in node.entries]
    else:
        inside = [("", item) for item in node.items]
    lines = [f"{' ' * indent}{before}{opening}"]
    for number, (key, value) in enumerate(inside, 1):
        lines += _lines(value, indent + STEP, key, "," if number < len(inside) else "")
    return [*lines, f"{' ' * indent}{closing}{after}"]


def _flat(node: Node) -> str | None:
    """A value in one line: a scalar, a list of scalars, a map of one scalar, an empty one."""
    if isinstance(node, ScalarNode):
        return node.span.text
    if isinstance(node, MappingNode):
        if not node.entries:
            return "{}"
        key, value = node.entries[0]
        if len(node.entries) > 1 or not isinstance(value, ScalarNode):
            return None
        return f"{{ {key.span.text}: {value.span.text} }}"
    if not all(isinstance(item, ScalarNode) for item in node.items):
        return None
    return f"[{', '.join(item.span.text for item in node.items)}]"

"""Whether two texts say the same: the same events in the same order, and the same comments.

Only how lists and maps are written, with brackets or in lines, may differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs lack the C parser
from yaml.events import AliasEvent, ScalarEvent, StreamEndEvent

from calor.template.layout.tree import Tree


def same(first: Tree, second: Tree) -> bool:
    """Whether nothing but the layout differs."""
    comments = [[words for _, words in tree.comments] for tree in (first, second)]
    if sorted(comments[0]) != sorted(comments[1]):
        return False
    return list(_events(first.text)) == list(_events(second.text))


def _events(text: str) -> Iterator[tuple[Any, ...]]:
    next_event = CParser(text).get_event
    while True:
        event: Any = next_event()
        kind = event.__class__
        if kind is StreamEndEvent:
            return
        if kind is ScalarEvent:
            yield kind, event.anchor, event.tag, event.implicit, event.style or "", event.value
        elif kind is AliasEvent:
            yield kind, event.anchor
        else:
            yield kind, getattr(event, "anchor", None), getattr(event, "tag", None)

"""Lists and maps in brackets, in one line."""

from __future__ import annotations

from calor.template.layout.scalars import words
from calor.template.layout.tree import Entry, Item, Leaf


def in_one_line(item: Item) -> str | None:
    """The item as it stands in one line; None where that can't be."""
    if isinstance(item, Leaf):
        if item.is_block or not item.is_one_line:
            return None
        # What has no words but a tag or an anchor needs a space, or a comma becomes part of that.
        return words(item) if item.raw or not item.properties else f"{item.properties} "
    if not item.flow and item.entries:
        return None
    parts = []
    for entry in item.entries:
        part = _entry(entry)
        if part is None:
            return None
        parts.append(part)
    inside = ", ".join(parts)
    made = f"[{inside}]"
    if item.is_map:
        made = f"{{ {inside} }}" if inside else "{}"
    return " ".join(filter(None, (item.properties, made)))


def _entry(entry: Entry) -> str | None:
    value = in_one_line(entry.value)
    if entry.key is None or value is None:
        return value
    return f"{key_text(entry.key)} {value}" if value else words(entry.key)


def key_text(key: Leaf) -> str:
    """A key with its colon."""
    # The colon would become part of the name of an alias, or of an anchor or a tag.
    space = " " if key.raw.startswith("*") or not key.raw else ""
    return f"{words(key)}{space}:"

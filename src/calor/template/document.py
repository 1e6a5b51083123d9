"""A text as plain data, as those see it who ask for a template as an object.

Nothing is checked. Tags are written out as the functions that they stand for, since JSON has none.
"""

from __future__ import annotations

from calor.base.values import Value
from calor.template.dialects import versions
from calor.template.plain import to_plain
from calor.template.reader import Limits, read
from calor.template.reading import ReadFailure
from calor.template.tags import Spelling


def document(text: str) -> Value:
    """The data; None for a text that is none."""
    reading = read(text, name="document")
    node = reading.node
    if node is None:
        return None
    tags = {tag: name for dialect in versions() for tag, name in dialect.tags.items()}
    try:
        return to_plain(Spelling(tags, Limits()).written_out(node, reading.tagged))
    except ReadFailure:
        return to_plain(node)

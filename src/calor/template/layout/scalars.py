"""The words of a scalar that takes several lines, moved to another indentation. The value stays."""

from __future__ import annotations

from calor.template.layout.tree import HEADER, CantLayOut, Leaf, block_indent

STEP = 2
"""How far what is inside a value is indented."""


def words(leaf: Leaf) -> str:
    """Tag, anchor and first line."""
    first = leaf.raw.split("\n", 1)[0].rstrip()
    return " ".join(filter(None, (leaf.properties, first)))


def following(leaf: Leaf, indent: int) -> list[str]:
    """The lines after the first one of a text that is plain or in quotes. White space at the start
    of a line means nothing there."""
    return [_line(line, indent) for line in leaf.raw.split("\n")[1:]]


def header(leaf: Leaf) -> str:
    """Tag, anchor and header of a block; its lines are always indented by STEP."""
    match = HEADER.match(leaf.raw)
    assert match is not None
    signs = "".join(str(STEP) if sign.isdigit() else sign for sign in match.group())
    return " ".join(filter(None, (leaf.properties, signs)))


def block_lines(leaf: Leaf, indent: int) -> list[str]:
    """The lines of a block, indented anew. Empty lines at its end stay where they count."""
    match = HEADER.match(leaf.raw)
    assert match is not None
    lines = leaf.raw.split("\n")[1:]
    before = block_indent(lines, match.group(), leaf.value)
    made = []
    for line in lines:
        if line[:before].strip(" "):
            raise CantLayOut("a line of a block is indented less than its first one")
        rest = line[before:]
        made.append(" " * indent + rest if rest else "")
    if "+" not in match.group():
        # A line of nothing but spaces, more than the others are indented by, is words.
        while made and not made[-1]:
            made.pop()
    return made


def _line(line: str, indent: int) -> str:
    line = line.lstrip(" \t")
    # A backslash may keep the white space after it, or the line break.
    line = line if line.rstrip(" \t").endswith("\\") else line.rstrip(" \t")
    return " " * indent + line if line else ""

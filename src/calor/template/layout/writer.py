"""Writes a tree in the one layout: two spaces a level, lists below their keys too, brackets where
all fits into a line, one empty line at most, and one before each section.

Comments stay beside what they stand beside. What a value says is not touched.
"""

from __future__ import annotations

from bisect import bisect_left

from calor.template.layout.flow import in_one_line, key_text
from calor.template.layout.scalars import STEP, block_lines, following, header, words
from calor.template.layout.tree import Collection, Entry, Item, Leaf, Tree

WIDTH = 100


def write(tree: Tree) -> str:
    """The text, laid out."""
    return _Writer(tree).write()


class _Writer:
    """`_next` is the index of the first comment that is not written yet; `_sealed` says that no
    empty line may be here, as where a collection has just begun."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._text = tree.text
        self._comments = tree.comments
        self._offsets = [at for at, _ in tree.comments]
        self._next = 0
        self._lines: list[str] = []
        self._sealed = True

    def write(self) -> str:
        root = self._tree.root
        mark = self._tree.mark
        if mark >= 0:
            self._leading(mark, 0)
            line = " ".join(filter(None, ("---", root.properties)))
            self._add(self._with_trailing(line, mark + 3))
            self._sealed = True
        elif root.properties:
            self._leading(root.start, 0)
            self._add(self._with_trailing(root.properties, root.start + len(root.properties)))
        if root.entries:
            self._entries(root, 0, len(self._text), column=-1)
        else:
            self._leading(root.start, 0)
            self._add(self._with_trailing("{}" if root.is_map else "[]", root.end))
        self._leading(len(self._text), 0)
        return "\n".join(self._lines) + "\n"

    # --- entries --------------------------------------------------------------------------------

    def _entries(
        self, made: Collection, indent: int, limit: int, *, column: int, lead: str | None = None
    ) -> None:
        """All of a collection, each in a line of its own or more; `lead` is what the first one
        has in place of its indentation. It ends before `limit`, and stands in something that
        begins at `column`."""
        section_before = False
        for number, entry in enumerate(made.entries):
            is_last = number + 1 == len(made.entries)
            after = limit if is_last else made.entries[number + 1].start
            section = _is_large(entry.value)
            if indent == 0 and made.is_map and number and (section or section_before):
                self._blank()
            section_before = section
            self._leading(entry.start, indent)
            if self._has_blank_above(entry.start):
                self._blank()
            prefix = lead if lead is not None else " " * indent
            lead = None
            if made.is_map:
                assert entry.key is not None
                self._value(prefix + key_text(entry.key), entry, indent, after)
            else:
                self._value(f"{prefix}-", entry, indent, after)
        self._dangling(made, indent, limit, column)

    def _value(self, prefix: str, entry: Entry, indent: int, limit: int) -> None:
        """Writes an entry whose key or dash is in `prefix`."""
        value = entry.value
        if isinstance(value, Collection):
            line = self._short(value, prefix)
            if line is None:
                self._collection(prefix, entry, value, indent, limit)
                return
            self._one_line(f"{prefix} {line}", value, indent)
        elif value.is_block:
            self._close(f"{prefix} {header(value)}", value.start, value.start, indent)
            self._lines += block_lines(value, indent + STEP)
            # Empty lines after a block that keeps its end are part of it.
            self._sealed = "+" in header(value)
        elif value.is_one_line:
            self._one_line(f"{prefix} {words(value)}".rstrip(), value, indent)
        else:
            *rest, last = following(value, indent + STEP)
            self._between(value.start, indent)
            self._lines += [f"{prefix} {words(value)}", *rest]
            self._close(last, value.end, value.end, indent)

    def _one_line(self, line: str, value: Item, indent: int) -> None:
        self._close(line, value.start, value.end, indent)

    def _collection(
        self, prefix: str, entry: Entry, made: Collection, indent: int, limit: int
    ) -> None:
        first = made.entries[0]
        column = self._column(entry.start)
        is_item = entry.key is None
        told = self._comments_before(_first_words(first) if is_item else first.start)
        if is_item and not made.properties and not told:
            self._entries(made, indent + STEP, limit, column=column, lead=f"{prefix} ")
            return
        line = " ".join(filter(None, (prefix, made.properties)))
        if told and not self._stands_alone(self._comments[self._next][0]):
            line += f"  {self._take()}"
        self._add(line)
        self._sealed = True
        self._entries(made, indent + STEP, limit, column=column)

    # --- what fits into a line ------------------------------------------------------------------

    def _short(self, made: Collection, prefix: str) -> str | None:
        """A collection in one line, where it can be: it is in brackets, holds no comments, and
        the line does not become too long."""
        if made.entries and self._has_comments(made):
            return None
        line = in_one_line(made)
        if line is None or (made.entries and len(prefix) + 1 + len(line) > WIDTH):
            return None
        return line.rstrip()

    # --- comments and empty lines ---------------------------------------------------------------

    def _leading(self, before: int, indent: int) -> None:
        """Comments before an offset, each in a line of its own."""
        while self._comments_before(before):
            if self._has_blank_above(self._comments[self._next][0]):
                self._blank()
            self._add(" " * indent + self._take())

    def _close(self, line: str, start: int, end: int, indent: int) -> None:
        """Writes a line whose value stands from `start` to `end`, with its comment."""
        beside = self._between(start, indent)
        after = self._trailing(end)
        if beside and after:
            self._add(" " * indent + beside)
        told = after or beside
        self._add(f"{line}  {told}" if told else line)

    def _between(self, before: int, indent: int) -> str:
        """Comments between a key and its value go above the key. The last one, where it stands
        beside something, is returned."""
        while self._comments_before(before):
            alone = self._stands_alone(self._comments[self._next][0])
            words = self._take()
            if not alone and not self._comments_before(before):
                return words
            self._add(" " * indent + words)
        return ""

    def _dangling(self, made: Collection, indent: int, limit: int, column: int) -> None:
        """Comments after the last entry that belong to the collection: because they stand within
        its brackets, or by their own column. They are deeper than what it stands in at `column`."""
        own = self._column(made.entries[0].start)
        while self._comments_before(limit):
            at = self._comments[self._next][0]
            if made.flow:
                belongs = at < made.end
            else:
                belongs = self._stands_alone(at) and self._column(at) >= max(own, column + 1)
            if not belongs:
                return
            if self._has_blank_above(at):
                self._blank()
            self._add(" " * indent + self._take())

    def _with_trailing(self, line: str, end: int) -> str:
        told = self._trailing(end)
        return f"{line}  {told}" if told else line

    def _trailing(self, end: int) -> str:
        """The comment in the line in which a value ends, or ''."""
        if self._next < len(self._comments):
            at, _ = self._comments[self._next]
            if at >= end and not self._stands_alone(at) and "\n" not in self._text[end:at]:
                return self._take()
        return ""

    def _has_comments(self, made: Collection) -> bool:
        return bisect_left(self._offsets, made.start) < bisect_left(self._offsets, made.end)

    def _comments_before(self, offset: int) -> bool:
        return self._next < len(self._comments) and self._comments[self._next][0] < offset

    def _take(self) -> str:
        self._next += 1
        return self._comments[self._next - 1][1]

    def _stands_alone(self, at: int) -> bool:
        return not self._text[self._text.rfind("\n", 0, at) + 1 : at].strip()

    def _column(self, at: int) -> int:
        return at - (self._text.rfind("\n", 0, at) + 1)

    def _has_blank_above(self, at: int) -> bool:
        """Whether the line above that of an offset is empty."""
        start = self._text.rfind("\n", 0, at)
        if start < 0:
            return False
        above = self._text.rfind("\n", 0, start)
        return not self._text[above + 1 : start].strip()

    def _blank(self) -> None:
        if not self._sealed and self._lines and self._lines[-1]:
            self._lines.append("")

    def _add(self, line: str) -> None:
        self._lines.append(line)
        self._sealed = False


def _is_large(value: Item) -> bool:
    """Whether a value is a section of a text: it may take several lines."""
    if isinstance(value, Leaf):
        return value.is_block or not value.is_one_line
    return bool(value.entries)


def _first_words(entry: Entry) -> int:
    """Where the first words of an entry stand, after its dashes."""
    while entry.key is None and isinstance(entry.value, Collection) and entry.value.entries:
        if entry.value.properties or entry.value.flow:
            return entry.value.start
        entry = entry.value.entries[0]
    return entry.start if entry.key is not None else max(entry.start, entry.value.start)

"""Comments of a template, each with what it stands beside, above or below; and put into a text.

What they stand at is told by the keys that lead there. It knows no language.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from calor.base.source import Source
from calor.template.layout.tree import Collection, Entry, Leaf, Tree, parse

Path = tuple[str | int, ...]


class Where(Enum):
    """Where a comment is, as seen from what it stands at."""

    ABOVE = "above"
    BESIDE = "beside"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Note:
    """A comment. `beside` are the paths next to its own, which is at `number` among them: a later
    one takes the comment whose own is nowhere in the new text."""

    path: Path
    where: Where
    words: str
    beside: Sequence[Path] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry of a tree; `line` and `column` are where it begins."""

    path: Path
    entry: Entry
    line: int
    column: int
    in_line: bool


def notes(text: str) -> list[Note]:
    """All comments in their order. Raises CantLayOut, YAMLError where they can't be told."""
    tree = parse(text)
    places = list(_places(tree))
    starts = [place.entry.start for place in places]
    siblings: dict[Path, list[Path]] = {}
    numbers: dict[Path, int] = {}
    for place in places:
        beside = siblings.setdefault(place.path[:-1], [])
        numbers[place.path] = len(beside)
        beside.append(place.path)
    found = []
    for at, words in tree.comments:
        index = bisect_right(starts, at)
        path, where = _stands_at(text, at, places[:index], places[index : index + 1])
        beside = siblings[path[:-1]] if path else []
        found.append(Note(path, where, words, beside, numbers.get(path, 0)))
    return found


def _stands_at(
    text: str, at: int, before: Sequence[_Place], after: Sequence[_Place]
) -> tuple[Path, Where]:
    line = text.rfind("\n", 0, at) + 1
    if text[line:at].strip():
        return (before[-1].path, Where.BESIDE) if before else ((), Where.ABOVE)
    column = at - line
    if after and after[0].column >= column:
        return after[0].path, Where.ABOVE
    for place in reversed(before):
        if place.column <= column:
            return place.path, Where.BELOW
    return (after[0].path if after else ()), Where.ABOVE


def placed(text: str, comments: Iterable[Note], translate: Callable[[Path], Path]) -> str:
    """The text with the comments in it; `translate` tells how a path is called there. What stands
    at nothing that is in it goes to the next one that is, or above what it would be part of."""
    tree, source = parse(text), Source("", text)
    there = {place.path: place for place in _places(tree) if not place.in_line}
    lines = text.split("\n")
    above: dict[int, list[str]] = {}
    taken: dict[int, str] = {}
    for note in comments:
        path, where = _target(note, there, translate)
        place = there.get(path)
        if place is None:
            above.setdefault(0, []).append(note.words)
            continue
        indent = " " * place.column
        last = _last_line(source, place)
        if where is Where.BELOW:
            above.setdefault(last + 1, []).append(indent + note.words)
        elif where is Where.BESIDE and _ends_its_line(place, last) and place.line not in taken:
            taken[place.line] = note.words
            lines[place.line] += f"  {note.words}"
        else:
            above.setdefault(place.line, []).append(indent + note.words)
    made: list[str] = []
    for number, words in enumerate(lines):
        made += [*above.get(number, ()), words]
    return "\n".join(made)


def _target(
    note: Note, there: dict[Path, _Place], translate: Callable[[Path], Path]
) -> tuple[Path, Where]:
    path = translate(note.path)
    if path in there:
        return path, note.where
    for number in range(note.number + 1, len(note.beside)):
        other = translate(note.beside[number])
        if other in there:
            return other, Where.ABOVE
    while path and path not in there:
        path = path[:-1]
    return path, Where.ABOVE


def _places(tree: Tree) -> Iterator[_Place]:
    """Every entry, in the order of the text."""
    source = Source("", tree.text)
    left: list[tuple[Collection, Path, bool]] = [(tree.root, (), False)]
    found: list[_Place] = []
    while left:
        made, above, in_line = left.pop()
        for number, entry in enumerate(made.entries):
            path = (*above, number if entry.key is None else entry.key.value)
            line, column = source.position(entry.start)
            inside = in_line or made.flow
            found.append(_Place(path, entry, line - 1, column - 1, inside))
            if isinstance(entry.value, Collection):
                left.append((entry.value, path, inside))
    found.sort(key=lambda place: (place.entry.start, len(place.path)))
    yield from found


def _last_line(source: Source, place: _Place) -> int:
    """The line in which an entry ends."""
    start, key, value = place.entry.start, place.entry.key, place.entry.value
    end = max(value.end, key.end if key else 0)
    return source.position(start + len(source.text[start:end].rstrip()))[0] - 1


def _ends_its_line(place: _Place, last: int) -> bool:
    """Whether nothing else of the line in which an entry begins stands behind it."""
    value = place.entry.value
    if isinstance(value, Leaf):
        return value.is_block or last == place.line
    return last == place.line or (not value.flow and place.entry.key is not None)

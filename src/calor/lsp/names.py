"""Going to where a name is declared, finding all its uses, and giving it another name."""

from __future__ import annotations

import re
from pathlib import Path

from lsprotocol.types import Location, Position, Range, TextEdit

from calor.base.errors import InvalidInput
from calor.lsp.catalog import path_of
from calor.lsp.completion import place_in
from calor.lsp.language import Document
from calor.lsp.positions import Positions
from calor.lsp.uses import Use, use_at, uses_of

_GOOD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
LONGEST = 1000
"""Characters of the name of a file."""
_START = Range(Position(0, 0), Position(0, 0))


def definition(document: Document, offset: int, positions: Positions) -> Location | None:
    """Where what stands at an offset is declared: a name, or a file."""
    uses = uses_of(document)
    use = use_at(uses, offset)
    if use is not None:
        found = next((one for one in uses if one.declares and _same(one, use)), None)
        return None if found is None else _location(document, found, positions)
    path = _file_at(document, offset)
    return None if path is None else Location(path.as_uri(), _START)


def references(
    document: Document, offset: int, positions: Positions, *, declaration: bool
) -> list[Location]:
    """Every place where the name at an offset stands."""
    return [
        _location(document, one, positions)
        for one in _alike(document, offset)
        if declaration or not one.declares
    ]


def renamable(document: Document, offset: int, positions: Positions) -> Range | None:
    """The name at an offset, if it is one that the document declares."""
    found = _alike(document, offset)
    use = use_at(found, offset)
    if use is None or not any(one.declares for one in found):
        return None
    return positions.range(document.source, use.start, use.end)


def renamed(document: Document, offset: int, name: str, positions: Positions) -> list[TextEdit]:
    """What changes when the name at an offset becomes another one.

    Raises `InvalidInput` for a name that can't be had.
    """
    found = _alike(document, offset)
    if not any(one.declares for one in found):
        raise InvalidInput("There is no name here that this file declares.")
    if not _GOOD.fullmatch(name):
        raise InvalidInput(f"{name!r} is no good name.", hint="use letters, digits, '_' and '-'")
    kind = found[0].kind
    taken = (one for one in uses_of(document) if one.declares and one.name == name)
    if name != found[0].name and any(one.kind == kind for one in taken):
        raise InvalidInput(f"There is a {kind} {name!r} already.")
    return [TextEdit(positions.range(document.source, one.start, one.end), name) for one in found]


def _alike(document: Document, offset: int) -> list[Use]:
    uses = uses_of(document)
    use = use_at(uses, offset)
    return [] if use is None else [one for one in uses if _same(one, use)]


def _same(one: Use, other: Use) -> bool:
    return (one.kind, one.name) == (other.kind, other.name)


def _location(document: Document, use: Use, positions: Positions) -> Location:
    return Location(document.uri, positions.range(document.source, use.start, use.end))


def _file_at(document: Document, offset: int) -> Path | None:
    """The file that a value names: a nested template's, or one of `get_file`."""
    own = path_of(document.uri)
    place = place_in(document, offset)
    if own is None or place.end == place.start:
        return None
    written = document.source.text[place.start : place.end]
    path = own.parent / written.removeprefix("file://")
    return path.resolve() if len(written) < LONGEST and path.is_file() else None

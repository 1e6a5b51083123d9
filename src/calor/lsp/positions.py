"""Places as editors count them: lines from 0, characters in the units that were agreed on.

Everywhere else a place is an offset in code points; this is the only module that knows UTF-16.
"""

from __future__ import annotations

from lsprotocol.types import Position, PositionEncodingKind, Range

from calor.base.source import Source

UTF8, UTF16, UTF32 = "utf-8", "utf-16", "utf-32"
_CODECS = {UTF8: ("utf-8", 1), UTF16: ("utf-16-le", 2), UTF32: ("utf-32-le", 4)}


class Positions:
    """Turns offsets into places and back. `encoding` is one of the protocol's names."""

    def __init__(self, encoding: PositionEncodingKind | str | None = UTF16) -> None:
        name = encoding.value if isinstance(encoding, PositionEncodingKind) else encoding
        self._codec, self._size = _CODECS[name or UTF16]

    def offset(self, source: Source, position: Position) -> int:
        """The offset of a place; the nearest one in the text for a place that is not there."""
        start = source.offset(position.line + 1, 1)
        line = source.line(position.line + 1)
        if line.isascii():
            return start + min(position.character, len(line))
        units = line.encode(self._codec, "surrogatepass")[: position.character * self._size]
        return start + len(units.decode(self._codec, "ignore"))

    def position(self, source: Source, offset: int) -> Position:
        line, column = source.position(offset)
        before = source.text[offset - column + 1 : offset]
        if before.isascii():
            return Position(line - 1, column - 1)
        return Position(line - 1, len(before.encode(self._codec, "surrogatepass")) // self._size)

    def range(self, source: Source, start: int, end: int) -> Range:
        return Range(self.position(source, start), self.position(source, end))

"""What `calor lint` finds, shown in the documents that are open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from lsprotocol.types import (
    Diagnostic,
    DiagnosticRelatedInformation,
    DiagnosticSeverity,
    Location,
    Position,
    Range,
)

from calor.base import diagnostics as found
from calor.base.source import Source, Span
from calor.client.files import ReadFile
from calor.lsp.catalog import path_of
from calor.lsp.language import Document
from calor.lsp.positions import Positions

Check = Callable[[Path, ReadFile], Sequence[found.Diagnostic]]
"""All that is wrong with a file and with those that it names. Raises `InvalidInput`."""

SOURCE = "calor"
_SEVERITIES = {
    found.Severity.ERROR: DiagnosticSeverity.Error,
    found.Severity.WARNING: DiagnosticSeverity.Warning,
}
_START = Range(Position(0, 0), Position(0, 1))


def shown(
    items: Sequence[found.Diagnostic], document: Document, positions: Positions
) -> list[Diagnostic]:
    """The problems of a document. One in another file is shown where this document leads there,
    and not here if it does not."""
    own = path_of(document.uri)
    made = (_Shown(item, document.source, own, positions).diagnostic() for item in items)
    return [item for item in made if item is not None]


class _Shown:
    def __init__(
        self, item: found.Diagnostic, source: Source, own: Path | None, positions: Positions
    ) -> None:
        self.item = item
        self.source = source
        self.own = own
        self.positions = positions

    def diagnostic(self) -> Diagnostic | None:
        item = self.item
        here = item.span is None or self._is_here(item.span)
        place = item.span if here else self._leading()
        if place is None and not here:
            return None
        message = item.message if here else f"{item.message} (in {item.span})"
        related = [(span, text) for span, text in item.related if span is not place]
        if item.span is not None and not here:
            related = [(item.span, item.message), *related]
        return Diagnostic(
            range=self._range(place),
            message=f"{message}\n{item.hint}" if item.hint else message,
            severity=_SEVERITIES[item.severity],
            code=item.code,
            source=SOURCE,
            related_information=[
                DiagnosticRelatedInformation(self._location(span), text) for span, text in related
            ]
            or None,
        )

    def _leading(self) -> Span | None:
        return next((span for span, _ in self.item.related if self._is_here(span)), None)

    def _is_here(self, span: Span) -> bool:
        return self.own is None or Path(span.source.name).resolve() == self.own.resolve()

    def _range(self, span: Span | None) -> Range:
        if span is None:
            return _START
        return self.positions.range(self.source, span.start, max(span.end, span.start))

    def _location(self, span: Span) -> Location:
        uri = Path(span.source.name).resolve().as_uri()
        return Location(uri, self.positions.range(span.source, span.start, span.end))

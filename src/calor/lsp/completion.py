"""Offers as an editor takes them in: what is inserted, and where."""

from __future__ import annotations

import json

from lsprotocol.types import (
    CompletionItem,
    CompletionItemKind,
    CompletionItemTag,
    InsertTextFormat,
    MarkupContent,
    MarkupKind,
    TextEdit,
)

from calor.base.source import Source
from calor.lsp.catalog import Catalog
from calor.lsp.language import Document
from calor.lsp.menu import offers_at
from calor.lsp.offers import Offer, Shape, Sort
from calor.lsp.place import Place, Spot, place_at
from calor.lsp.positions import Positions
from calor.lsp.spelling import written_out

_KINDS = {
    Sort.WORD: CompletionItemKind.Keyword,
    Sort.TYPE: CompletionItemKind.Class,
    Sort.PROPERTY: CompletionItemKind.Property,
    Sort.FUNCTION: CompletionItemKind.Function,
    Sort.PARAMETER: CompletionItemKind.Variable,
    Sort.RESOURCE: CompletionItemKind.Reference,
    Sort.CONDITION: CompletionItemKind.Event,
    Sort.ATTRIBUTE: CompletionItemKind.Field,
    Sort.VALUE: CompletionItemKind.Value,
    Sort.FILE: CompletionItemKind.File,
}
_LATE = {Sort.FUNCTION: 1, Sort.FILE: 2}


def place_in(document: Document, offset: int) -> Place:
    """The place of an offset, in the long form of what is written shortly."""
    place = place_at(document.source, document.sketch.around(offset), offset)
    if document.dialect is None:
        return place
    return written_out(place, document.dialect, document.source)


def completions(
    document: Document,
    offset: int,
    catalog: Catalog,
    positions: Positions,
    *,
    snippets: bool,
) -> list[CompletionItem]:
    """Everything that may be written at an offset. Editors filter by what is typed."""
    place = place_in(document, offset)
    there = place.siblings
    written = _Written(document, place, offset, positions, snippets)
    found: dict[str, CompletionItem] = {}
    for offer in offers_at(document, place, catalog):
        tag_in_json = offer.shape is Shape.TAG and document.sketch.in_braces
        if offer.label not in there and offer.label not in found and not tag_in_json:
            found[offer.label] = written.item(offer)
    return list(found.values())


def markdown(text: str) -> MarkupContent:
    return MarkupContent(MarkupKind.Markdown, text)


class _Written:
    """How offers are written at one place."""

    def __init__(
        self,
        document: Document,
        place: Place,
        offset: int,
        positions: Positions,
        snippets: bool,
    ) -> None:
        source: Source = document.source
        self.uri = document.uri
        self.place = place
        self.offset = offset
        self.range = positions.range(source, place.start, offset)
        self.json = document.sketch.in_braces and not place.quoted
        self.quoted = place.quoted
        self.snippets = snippets
        before = source.text[place.start - 1 : place.start]
        self.lead = " " if before in (":", ",") and not place.quoted and not place.tag else ""

    def item(self, offer: Offer) -> CompletionItem:
        text, is_snippet = self._text(offer)
        rank = 0 if offer.needed else 1 + _LATE.get(offer.sort, 0)
        return CompletionItem(
            offer.label,
            kind=_KINDS[offer.sort],
            detail=offer.detail or None,
            # what a type says of itself must be imported first: `resolve` does it for one
            documentation=None if offer.sort is Sort.TYPE else _markdown(offer),
            tags=[CompletionItemTag.Deprecated] if offer.deprecated else None,
            sort_text=f"{rank}{offer.label}",
            filter_text=offer.label,
            insert_text_format=InsertTextFormat.Snippet if is_snippet else None,
            text_edit=TextEdit(self.range, self.lead + text),
            data={"uri": self.uri, "type": offer.label} if offer.sort is Sort.TYPE else None,
        )

    def _text(self, offer: Offer) -> tuple[str, bool]:
        """What is inserted, and whether it is a snippet."""
        label = offer.label
        if offer.shape is Shape.CALL:
            name = json.dumps(label) if self.json else label
            if self.snippets:
                return f"{{ {name}: $0 }}", True
            return f"{{ {name}: }}", False
        if offer.shape is Shape.TAG:
            return f"{label} ", False
        if offer.shape is Shape.PLAIN or self.place.colon:
            return self._scalar(label), False
        if self.quoted:
            return label, False
        key = json.dumps(label) if self.json else label
        parent = offer.shape is Shape.PARENT and not self.place.flow and not self.json
        return f"{key}:" if parent else f"{key}: ", False

    def _scalar(self, label: str) -> str:
        if not self.json or self.place.spot is Spot.KEY:
            return label
        try:
            json.loads(label)
        except ValueError:
            return json.dumps(label)
        return label


def _markdown(offer: Offer) -> MarkupContent | None:
    text = offer.documentation()
    return markdown(text) if text else None

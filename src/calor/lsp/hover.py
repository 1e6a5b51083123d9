"""What the word under the cursor means: what completion would say of it there."""

from __future__ import annotations

from lsprotocol.types import Hover

from calor.lsp.catalog import Catalog
from calor.lsp.completion import markdown, place_in
from calor.lsp.language import Document
from calor.lsp.menu import offers_at
from calor.lsp.positions import Positions
from calor.lsp.uses import use_at, uses_of
from calor.lsp.values import Values


def hover(document: Document, offset: int, catalog: Catalog, positions: Positions) -> Hover | None:
    """What is shown at an offset; None where nothing is known."""
    place = place_in(document, offset)
    word = document.source.text[place.start : place.end]
    range = positions.range(document.source, place.start, place.end)
    for offer in offers_at(document, place, catalog):
        if offer.label == word and (text := offer.documentation()):
            return Hover(markdown(text), range)
    use = use_at(uses_of(document), offset)
    if use is None or document.dialect is None:
        return None
    values = Values(document, document.dialect, place, catalog)
    told = {"resource": values.resources, "parameter": values.parameters}
    for offer in told[use.kind]() if use.kind in told else ():
        if offer.label == use.name:
            found = positions.range(document.source, use.start, use.end)
            return Hover(markdown(offer.documentation()), found)
    return None

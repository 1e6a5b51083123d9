"""The outline of a document: its sections, and what stands in them."""

from __future__ import annotations

from lsprotocol.types import DocumentSymbol, SymbolKind

from calor.base.source import MappingNode, Node, ScalarNode
from calor.lsp.language import Document, said
from calor.lsp.positions import Positions

_KINDS = {
    "parameters": SymbolKind.Variable,
    "resources": SymbolKind.Object,
    "outputs": SymbolKind.Field,
    "conditions": SymbolKind.Boolean,
    "mappings": SymbolKind.Array,
    "rules": SymbolKind.Event,
}


def symbols(document: Document, positions: Positions) -> list[DocumentSymbol]:
    """Sections, with the names in each and what kind of thing each name is."""
    root = document.sketch.whole
    if not isinstance(root, MappingNode):
        return []
    roles = document.dialect.sections if document.dialect is not None else {}
    found = []
    for key, value in root.entries:
        section = _symbol(document, key, value, positions, SymbolKind.Module)
        kind = _KINDS.get(roles.get(key.text, key.text), SymbolKind.Property)
        if isinstance(value, MappingNode):
            section.children = [
                _symbol(document, name, below, positions, kind) for name, below in value.entries
            ]
        found.append(section)
    return found


def _symbol(
    document: Document, key: ScalarNode, value: Node, positions: Positions, kind: SymbolKind
) -> DocumentSymbol:
    detail = said(value, "type") or said(value, "Type")
    if isinstance(value, ScalarNode) and value.end > value.start and "\n" not in value.text:
        detail = value.text
    return DocumentSymbol(
        # the protocol wants a name in any case
        key.text or "?",
        kind,
        positions.range(document.source, key.start, max(key.end, value.end)),
        positions.range(document.source, key.start, key.end),
        detail or None,
    )

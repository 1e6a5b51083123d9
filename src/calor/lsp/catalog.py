"""The types and files that a document can name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlparse

from calor.base.errors import InvalidInput
from calor.lsp.language import Document
from calor.model.ports import Types
from calor.model.resource_type import ResourceType
from calor.template.registry import TEMPLATE_SUFFIXES

ReadText = Callable[[Path], str | None]
"""A file's text as it is open in the editor, or on disk; None for what can't be read."""

MOST_FILES = 500


class Catalog:
    """What is known beside the document itself."""

    def __init__(self, types: Types, read_text: ReadText) -> None:
        self.types = types
        self._read_text = read_text

    def names(self) -> dict[str, bool]:
        """All types by name, and whether each can be carried out."""
        ours = dict.fromkeys(self.types.names(), True)
        return {**dict.fromkeys(self.types.foreseen_names(), False), **ours}

    def type(self, name: str, document: Document) -> ResourceType | None:
        """A type by name; of a template's file, what the file declares."""
        if name.endswith(TEMPLATE_SUFFIXES):
            path = path_of(document.uri)
            text = self._read_text(path.parent / name) if path is not None else None
            try:
                return None if text is None else self.types.from_template(name, text)
            except InvalidInput:
                return None
        return self.types.get(name) or self.types.foreseen(name) if name else None

    def files(self, document: Document, before: str, *, templates: bool = False) -> list[str]:
        """The files in the folder that the beginning of a name leads to, folders with a slash."""
        path = path_of(document.uri)
        if path is None:
            return []
        above = before[: before.rfind("/") + 1]
        try:
            there = sorted((path.parent / above).iterdir())
        except OSError:
            return []
        return [
            f"{above}{item.name}/" if item.is_dir() else f"{above}{item.name}"
            for item in there[:MOST_FILES]
            if not item.name.startswith(".")
            and item != path
            and (item.is_dir() or not templates or item.name.endswith(TEMPLATE_SUFFIXES))
        ]


def path_of(uri: str) -> Path | None:
    """The file that a URI stands for; None for anything else, as an unsaved buffer."""
    parts = urlparse(uri)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None

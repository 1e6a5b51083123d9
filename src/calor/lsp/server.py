"""The server: which request of the protocol is answered by what. It decides nothing itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from calor import __version__
from calor.base.clock import Clock
from calor.base.diagnostics import Diagnostic
from calor.base.errors import InvalidInput
from calor.base.executor import Executor
from calor.base.source import Source
from calor.client.recognise import kind_of
from calor.lsp import names
from calor.lsp.catalog import Catalog, path_of
from calor.lsp.checking import Check, shown
from calor.lsp.completion import completions, markdown
from calor.lsp.documentation import of_type
from calor.lsp.hover import hover
from calor.lsp.language import Document
from calor.lsp.positions import Positions
from calor.lsp.symbols import symbols
from calor.model.ports import Types

PAUSE = 0.2
"""Seconds without a key press after which a document is checked."""
TRIGGERS = [":", " ", "[", "{", ",", ".", "/", '"', "'"]


class AtPlace(Protocol):
    """The parameters of a request about a place."""

    text_document: lsp.TextDocumentIdentifier
    position: lsp.Position


class Refused(JsonRpcException):
    """A request that is in order and can't be fulfilled; editors show the message."""

    CODE = lsp.LSPErrorCodes.RequestFailed
    MESSAGE = "Request failed"


class Desk:
    """The documents that are open, and what is known beside them."""

    def __init__(self, types: Types, check: Check, clock: Clock, executor: Executor) -> None:
        self.positions = Positions()
        self.catalog = Catalog(types, self.read_text)
        self.snippets = False
        self._check = check
        self._clock = clock
        self._executor = executor
        self._documents: dict[str, tuple[Document, int | None]] = {}
        self._checks: dict[str, asyncio.Task[None]] = {}

    def document(self, uri: str) -> Document:
        """The document as it is open, or on disk; empty when it is neither."""
        if uri in self._documents:
            return self._documents[uri][0]
        path = path_of(uri)
        text = self.read_text(path) if path is not None else None
        return Document(uri, Source(_name(uri), text or ""))

    def put(self, uri: str, version: int | None, text: str) -> None:
        self._documents[uri] = (Document(uri, Source(_name(uri), text)), version)

    def change(self, params: lsp.DidChangeTextDocumentParams) -> None:
        """Takes changes in, in their order."""
        uri = params.text_document.uri
        source = self.document(uri).source
        for change in params.content_changes:
            text = change.text
            if isinstance(change, lsp.TextDocumentContentChangePartial):
                start = self.positions.offset(source, change.range.start)
                end = self.positions.offset(source, change.range.end)
                text = source.text[:start] + text + source.text[end:]
            source = Source(source.name, text)
        self.put(uri, params.text_document.version, source.text)

    def close(self, uri: str) -> None:
        self._documents.pop(uri, None)
        if uri in self._checks:
            self._checks.pop(uri).cancel()

    def read_text(self, path: Path) -> str | None:
        try:
            return self.read_file(path).decode("utf-8")
        except (OSError, ValueError):
            return None

    def read_file(self, path: Path) -> bytes:
        """A file as it is open in the editor, or on disk. Raises OSError."""
        document = self._documents.get(path.resolve().as_uri())
        if document is None:
            document = next(
                (one for uri, one in self._documents.items() if _name(uri) == str(path)), None
            )
        if document is not None:
            return document[0].source.text.encode("utf-8", "surrogatepass")
        return path.read_bytes()

    # --- checks ---------------------------------------------------------------------------------

    def check_soon(self, server: LanguageServer, uri: str, pause: float = PAUSE) -> None:
        """Checks a document, and all others that are open, once nothing has changed for a while."""
        for other in (uri, *(one for one in self._documents if one != uri)):
            if other in self._checks:
                self._checks[other].cancel()
            self._checks[other] = asyncio.create_task(self._checked(server, other, pause))

    async def _checked(self, server: LanguageServer, uri: str, pause: float) -> None:
        await self._clock.sleep(pause)
        document, version = self._documents[uri]
        found = await self._executor.run(lambda: self._found(document))
        server.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri, shown(found, document, self.positions), version)
        )

    def _found(self, document: Document) -> Sequence[Diagnostic]:
        """What is wrong with a document; nothing, where it is neither template nor environment:
        editors show every file of a language to the server."""
        if kind_of(document.source.text) is None:
            return ()
        try:
            return self._check(Path(document.source.name), self.read_file)
        except InvalidInput as error:
            return error.diagnostics


def _name(uri: str) -> str:
    """What diagnostics call a document."""
    path = path_of(uri)
    return str(path) if path is not None else uri


def make_server(types: Types, check: Check, clock: Clock, executor: Executor) -> LanguageServer:
    """The server, ready to be started."""
    server = LanguageServer("calor", __version__)
    desk = Desk(types, check, clock, executor)

    @server.feature(lsp.INITIALIZED)
    def initialized(params: lsp.InitializedParams) -> None:
        desk.positions = Positions(server.server_capabilities.position_encoding)
        text = server.client_capabilities.text_document
        item = text.completion.completion_item if text and text.completion else None
        desk.snippets = bool(item and item.snippet_support)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        desk.put(document.uri, document.version, document.text)
        desk.check_soon(server, document.uri, 0)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        desk.change(params)
        desk.check_soon(server, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        desk.check_soon(server, params.text_document.uri, 0)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        desk.close(uri)
        server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=TRIGGERS, resolve_provider=True),
    )
    def complete(params: lsp.CompletionParams) -> lsp.CompletionList:
        document = desk.document(params.text_document.uri)
        offset = desk.positions.offset(document.source, params.position)
        items = completions(document, offset, desk.catalog, desk.positions, snippets=desk.snippets)
        return lsp.CompletionList(is_incomplete=False, items=items)

    @server.feature(lsp.COMPLETION_ITEM_RESOLVE)
    def resolve(item: lsp.CompletionItem) -> lsp.CompletionItem:
        data = item.data if isinstance(item.data, dict) else {}
        type = desk.catalog.type(str(data.get("type", "")), desk.document(str(data.get("uri", ""))))
        if type is not None:
            item.documentation = markdown(of_type(type))
        return item

    add_questions(server, desk)
    return server


def add_questions(server: LanguageServer, desk: Desk) -> None:
    """Questions about a place or a document."""

    def asked(params: AtPlace) -> tuple[Document, int]:
        document = desk.document(params.text_document.uri)
        return document, desk.positions.offset(document.source, params.position)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def on_hover(params: lsp.HoverParams) -> lsp.Hover | None:
        return hover(*asked(params), desk.catalog, desk.positions)

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def on_definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        return names.definition(*asked(params), desk.positions)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def on_references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        declaration = params.context.include_declaration
        return names.references(*asked(params), desk.positions, declaration=declaration)

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def on_prepare_rename(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        return names.renamable(*asked(params), desk.positions)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def on_rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit:
        try:
            edits = names.renamed(*asked(params), params.new_name, desk.positions)
        except InvalidInput as error:
            raise Refused(f"{error.message} {error.hint}".strip()) from None
        return lsp.WorkspaceEdit(changes={params.text_document.uri: edits})

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def on_symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        return symbols(desk.document(params.text_document.uri), desk.positions)

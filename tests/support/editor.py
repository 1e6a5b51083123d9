"""An editor for tests: it starts `calor lsp` and speaks the Language Server Protocol with it.

It shares no code with the server: messages are written and read by hand.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = (sys.executable, "-m", "calor.main.calor")


class Editor:
    """One conversation. Every answer and notification is waited for, and none is dropped."""

    def __init__(self, process: subprocess.Popen[bytes], root: Path) -> None:
        self.root = root
        self.texts: dict[str, str] = {}
        self.capabilities: dict[str, Any] = {}
        self._process = process
        self._versions: dict[str, int] = {}
        self._number = 0
        self._notifications: list[dict[str, Any]] = []

    # --- the wire -------------------------------------------------------------------------------

    def notify(self, method: str, params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        """The result of a request. Raises AssertionError with what the server says against it."""
        answer = self.answer(method, params)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def answer(self, method: str, params: Any) -> dict[str, Any]:
        """The whole answer to a request."""
        self._number += 1
        number = self._number
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == number and "method" not in message:
                return message
            self._notifications.append(message)

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        stream = self._process.stdout
        assert stream is not None
        length = 0
        while line := stream.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the server has gone"
        message: dict[str, Any] = json.loads(stream.read(length))
        return message

    # --- what a user does -----------------------------------------------------------------------

    def open(self, name: str, text: str) -> str:
        """Opens a file of that name, which may be on disk or not. Returns its URI."""
        uri = (self.root / name).as_uri()
        self.texts[uri] = text
        self._versions[uri] = 1
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def change(self, uri: str, start: Mapping[str, int], end: Mapping[str, int], text: str) -> None:
        """Replaces what stands between two places."""
        self._versions[uri] += 1
        self.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": self._versions[uri]},
                "contentChanges": [{"range": {"start": start, "end": end}, "text": text}],
            },
        )

    def rewrite(self, uri: str, text: str) -> None:
        """Replaces the whole text."""
        self._versions[uri] += 1
        self.texts[uri] = text
        self.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": self._versions[uri]},
                "contentChanges": [{"text": text}],
            },
        )

    def problems(self, uri: str) -> list[dict[str, Any]]:
        """What the server finds wrong with the present version of a document."""
        while True:
            for message in self._notifications:
                params = message.get("params") or {}
                if (
                    message.get("method") == "textDocument/publishDiagnostics"
                    and params["uri"] == uri
                    and params.get("version") == self._versions[uri]
                ):
                    self._notifications.remove(message)
                    found: list[dict[str, Any]] = params["diagnostics"]
                    return found
            self._notifications.append(self._receive())

    def close(self, uri: str) -> None:
        self._notifications.clear()
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def last_problems(self, uri: str) -> list[dict[str, Any]]:
        """What the server tells next about a document that is closed."""
        while True:
            message = self._receive()
            params = message.get("params") or {}
            if "diagnostics" in params and params["uri"] == uri:
                found: list[dict[str, Any]] = params["diagnostics"]
                return found

    def at(self, uri: str, line: int, character: int) -> dict[str, Any]:
        """The parameters of a request about a place."""
        return {
            "textDocument": {"uri": uri},
            "position": {"line": line, "character": character},
        }


@contextmanager
def editor(
    root: Path, arguments: Sequence[str] = (), capabilities: Mapping[str, Any] | None = None
) -> Iterator[Editor]:
    """An editor with a server that is ready; both end with it."""
    command = [*PROGRAM, "lsp", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
    try:
        found = Editor(process, root)
        params = {
            "processId": None,
            "rootUri": root.as_uri(),
            "capabilities": dict(capabilities or {}),
        }
        found.capabilities = found.ask("initialize", params)["capabilities"]
        found.notify("initialized", {})
        yield found
        found.ask("shutdown", None)
        found.notify("exit", None)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()

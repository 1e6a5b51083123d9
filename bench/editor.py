"""How soon `calor lsp` answers while somebody types in a template that is not well-formed.

It starts the server, opens the template, and types a name letter by letter in its middle; every
letter is followed by a question for completion. Prints JSON. Arguments: resources, yaml or json.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from typing import Any

import templates
from processes import CALOR

WORD = "port_security_enabled"
ROUNDS = 10


class Talk:
    """The server's end of a conversation."""

    def __init__(self) -> None:
        self.server = subprocess.Popen(
            [CALOR, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.number = 0

    def tell(self, method: str, params: Any, **more: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        assert self.server.stdin is not None
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.server.stdin.flush()

    def ask(self, method: str, params: Any) -> Any:
        self.number += 1
        self.tell(method, params, id=self.number)
        while (answer := self._message()).get("id") != self.number:
            pass
        return answer["result"]

    def _message(self) -> dict[str, Any]:
        stream = self.server.stdout
        assert stream is not None
        length = 0
        while line := stream.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(stream.read(length))
        return message


def opened(count: int, language: str) -> tuple[str, int, int]:
    """A text that is not well-formed, and line and column of the place to type at."""
    if language == "json":
        lines = templates.ports(count).split("\n")
        middle = next(at for at in range(len(lines) // 2, len(lines)) if "properties" in lines[at])
        # a quote and a comma that are missing, and no end
        lines[middle + 1 : middle + 1] = ['    "']
        return "\n".join(lines[:-2]), middle + 1, 5
    lines = templates.written(count).split("\n")
    middle = lines.index("    properties:", len(lines) // 2) + 1
    # a bracket that nobody closes, and an empty line to type in
    lines[middle:middle] = ["      "]
    return "\n".join([*lines, "outputs: {a: ["]), middle, 6


def main() -> None:
    language = sys.argv[2]
    text, line, column = opened(int(sys.argv[1]), language)
    document = {"uri": f"file:///nowhere/app.{language}", "version": 1}
    talk = Talk()
    talk.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    talk.tell("initialized", {})
    talk.tell(
        "textDocument/didOpen", {"textDocument": {**document, "languageId": language, "text": text}}
    )
    taken = []
    for number in range(ROUNDS * len(WORD)):
        at = number % len(WORD)
        place = {"line": line, "character": column + at}
        end = {"line": line, "character": column + (len(WORD) if at == 0 and number else at)}
        document["version"] = number + 2
        change = {"range": {"start": place, "end": end}, "text": WORD[at]}
        started = time.monotonic()
        talk.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        place = {"line": line, "character": column + at + 1}
        answer = talk.ask("textDocument/completion", {"textDocument": document, "position": place})
        taken.append(time.monotonic() - started)
        assert any(item["label"] == WORD for item in answer["items"]), (number, answer)
    talk.server.kill()
    p95 = statistics.quantiles(taken, n=20)[-1]
    print(json.dumps({"median": statistics.median(taken), "p95": p95, "asked": len(taken)}))


if __name__ == "__main__":
    main()

"""The sandbox and the server that are measured, as processes of their own, and what they tell."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

CALOR = str(Path(sys.executable).with_name("calor"))
LIMITS = {
    "CALOR_STATISTICS": "1",
    "CALOR_MAX_RESOURCES_PER_STACK": "-1",
    "CALOR_MAX_TEMPLATE_SIZE": "-1",
    "CALOR_MAX_JSON_BODY_SIZE": "-1",
    "CALOR_LOG_LEVEL": "error",
}
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where both are."""

    server: str
    sandbox: str

    def statistics(self) -> dict[str, float]:
        """What the server counted since the last time."""
        found: dict[str, float] = ask(f"{self.server}/statistics")
        return found

    def set_latency(self, seconds: float) -> None:
        ask(f"{self.sandbox}/sandbox/settings", "PUT", {"latency": seconds})

    def forget_calls(self) -> None:
        ask(f"{self.sandbox}/sandbox/calls", "DELETE")

    def calls(self, method: str, service: str) -> int:
        """Calls to a service since they were forgotten last."""
        return sum(
            item["count"]
            for item in ask(f"{self.sandbox}/sandbox/calls")["calls"]
            if item["method"] == method and item["service"] == service
        )


def ask(url: str, method: str = "GET", body: Any = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, content, method=method)) as answer:
        read = answer.read()
        return json.loads(read) if read else None


@contextlib.contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A sandbox where nothing takes time, and a server for it with its limits off."""
    with contextlib.ExitStack() as stack:
        sandbox = _start(
            stack, folder / "sandbox.log", [CALOR, "sandbox", "--instant", "--dir", str(folder)]
        )
        os.environ.update(OS_CLIENT_CONFIG_FILE=str(folder / "clouds.yaml"), OS_CLOUD="sandbox")
        serve = [CALOR, "serve", "--cloud", "sandbox-calor", "--port", "0", "--dir", str(folder)]
        server = _start(stack, folder / "serve.log", serve)
        unlimited = {"instances": -1, "cores": -1, "ram": -1}
        ask(f"{sandbox}/sandbox/settings", "PUT", {"quotas": {"compute": unlimited}})
        yield Stage(server, sandbox)


def _start(stack: contextlib.ExitStack, log: Path, command: list[str]) -> str:
    """Starts a program that ends with the context; its URL, once it says so."""
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **LIMITS}
        )

    def stop() -> None:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)

    stack.callback(stop)
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        if found := re.search(r"is at (http://[\d.:]+\d)", log.read_text()):
            return found[1]
        time.sleep(0.05)
    raise SystemExit(f"{command[1]} did not start:\n{log.read_text()}")

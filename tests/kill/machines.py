"""The processes: a sandbox that lives through it all, and a server that is killed and restarted.

They are started as people start them; nothing is imported from Calor.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

PROGRAM = str(Path(sys.executable).parent / "calor")
DELAYS = {
    "server_build": 0.4,
    "server_delete": 0.3,
    "volume_create": 0.3,
    "volume_delete": 0.2,
    "volume_attach": 0.2,
    "volume_detach": 0.2,
    "port_bind": 0.05,
}
SETTINGS = {"CALOR_CALL_TIMEOUT": "10", "CALOR_LEASE_DURATION": "40"}


class Gone(Exception):
    """Nobody answered."""


def ask(
    method: str, url: str, body: Any = None, *, token: str = ""
) -> tuple[int, Any, dict[str, str]]:
    """Status, parsed body and headers. Raises Gone when the connection breaks."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if token:
        headers["X-Auth-Token"] = token
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with _answered(request) as answer:
            return answer.status, _parsed(answer.read()), dict(answer.headers)
    except (OSError, http.client.HTTPException) as error:
        # A server can die within its answer, too.
        raise Gone(str(error)) from error


def _answered(request: urllib.request.Request) -> Any:
    """The answer, whatever its status, still to be read."""
    try:
        return urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as error:
        return error


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return data.decode(errors="replace")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Machine:
    """A process that serves at a URL, with a log beside it."""

    def __init__(self, folder: Path, name: str, arguments: list[str], port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._name = name
        self._arguments = [*arguments, "--port", str(port)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Starts it and waits until it answers; returns how long that took, in seconds."""
        began = time.monotonic()
        environment = {
            **os.environ,
            **SETTINGS,
            "OS_CLIENT_CONFIG_FILE": str(self._folder / "clouds.yaml"),
        }
        with (self._folder / f"{self._name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, *self._arguments], stdout=log, stderr=log, env=environment
            )
        while time.monotonic() - began < 60:
            if self._process.poll() is not None:
                raise RuntimeError(f"{self._name} ended at once:\n{self.log()}")
            try:
                ask("GET", f"{self.url}/")
                return time.monotonic() - began
            except Gone:
                time.sleep(0.02)
        raise RuntimeError(f"{self._name} does not answer:\n{self.log()}")

    def kill(self) -> None:
        """`kill -9`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def log(self) -> str:
        return (self._folder / f"{self._name}.log").read_text()[-3000:]


def sandbox(folder: Path) -> Machine:
    return Machine(folder, "sandbox", ["sandbox", "--dir", str(folder)], free_port())


def server(folder: Path) -> Machine:
    state = folder / "state"
    arguments = ["serve", "--dir", str(state), "--cloud", "sandbox-calor"]
    return Machine(folder, "server", arguments, free_port())

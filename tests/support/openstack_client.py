"""The unmodified `openstack` program, loaded once and run for each command. It knows no test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DRIVER = Path(__file__).parents[1] / "http" / "openstack_driver.py"


class Client:
    """The `openstack` command in a folder."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self.folder = folder

    def __call__(self, command: str, *, code: int = 0) -> str:
        """What the command printed; its error output when it was to fail."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command.split()) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert answer["code"] == code, (command, answer)
        assert "Traceback" not in answer["err"]
        return str(answer["err"] if code else answer["out"])

    def json(self, command: str) -> Any:
        return json.loads(self(f"{command} -f json"))


@contextmanager
def openstack_client(folder: Path, environment: Mapping[str, str]) -> Iterator[Client]:
    """A client that works in a folder; `environment` says which cloud."""
    process = subprocess.Popen(
        [sys.executable, str(DRIVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, **environment},
    )
    try:
        yield Client(process, folder)
    finally:
        process.communicate(timeout=30)

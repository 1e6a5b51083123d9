"""On a terminal there are colours, and none for who wants none."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from scenarios.cli.conftest import CALOR, EXAMPLES, environment


def shown(folder: Path, *arguments: str, **variables: str) -> str:
    """What the program writes to a terminal that it is given, to both of its outputs."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [CALOR, "--dir", str(folder / "state"), *arguments],
        cwd=folder,
        env=environment(TERM="xterm", **variables),
        stdin=subprocess.DEVNULL,
        stdout=its,
        stderr=its,
    ):
        os.close(its)
        parts = []
        while part := _read(ours):
            parts.append(part)
    os.close(ours)
    return b"".join(parts).decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # nobody has the other end any more
        return b""


@pytest.mark.parametrize(
    "arguments", [["plan", str(EXAMPLES / "hello.yaml")], ["stack", "show", "nothing"]]
)
def test_colours_and_none_for_who_wants_none(tmp_path: Path, arguments: list[str]) -> None:
    assert "\033[" in shown(tmp_path, *arguments, NO_COLOR="")
    assert "\033[" not in shown(tmp_path, *arguments, NO_COLOR="1")

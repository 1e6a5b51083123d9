"""The program as people run it: a process, a folder of its own, no cloud."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

CALOR = str(Path(sys.executable).with_name("calor"))
EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
Calor = Callable[..., subprocess.CompletedProcess[str]]


def environment(**more: str) -> dict[str, str]:
    """The environment of a user who chose no cloud."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("OS_", "CALOR_"))
    }
    return {**kept, "NO_COLOR": "1", "COLUMNS": "100", **more}


@pytest.fixture
def calor(tmp_path: Path) -> Calor:
    """Runs `calor` in local mode, in a folder of the test's own."""

    def run(*arguments: str, input: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [CALOR, "--dir", str(tmp_path / "state"), *arguments],
            cwd=tmp_path,
            env=environment(),
            input=input,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run

"""Servers as processes of their own, started within a context and told to end after it."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scenarios.cli.conftest import environment

PROGRAMS = Path(sys.executable).parent
PATIENCE = 30.0


@contextlib.contextmanager
def running(program: str, *arguments: str, folder: Path, **more: str) -> Iterator[str]:
    """The first URL that the program says, or its first line; it must end well when told to."""
    with subprocess.Popen(
        [PROGRAMS / program, *arguments],
        cwd=folder,
        env=environment(**more, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            if not first:
                raise AssertionError(process.communicate(timeout=PATIENCE)[1])
            found = re.search(r"http://[\d.:]+\d", first)
            yield found[0] if found else first
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, errors
        assert "Traceback" not in errors


def cloud_of(folder: Path, cloud: str = "sandbox") -> dict[str, str]:
    """The variables that lead to a cloud of the folder's clouds.yaml."""
    return {"OS_CLIENT_CONFIG_FILE": str(folder / "clouds.yaml"), "OS_CLOUD": cloud}


def calor(*arguments: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAMS / "calor", *arguments],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=PATIENCE * 2,
        check=False,
    )

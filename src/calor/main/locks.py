"""One engine a name: a lock on a file that ends with the process, however that ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from calor.base.clock import Clock


class Lock:
    """A file's lock. `held` tells whether it is ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self.held = False

    def take(self) -> bool:
        """Whether it is ours now."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self.held = True
        return True

    async def wait(self, clock: Clock, *, pause: float = 0.5) -> None:
        """Waits until it is ours."""
        while not self.take():
            await clock.sleep(pause)

    def give(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
            self.held = False

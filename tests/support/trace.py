"""What happened, in order, with virtual times: the proof that a run can be repeated exactly.

It judges nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable


class Trace:
    """Lines of text, each stamped with the time that `time()` gives."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self.lines: list[str] = []

    def add(self, kind: str, *what: object) -> None:
        words = " ".join(str(word) for word in what)
        self.lines.append(f"{self._time():.6f} {kind} {words}")

    def digest(self) -> str:
        """A hash over all lines."""
        whole = hashlib.sha256()
        for line in self.lines:
            whole.update(line.encode())
            whole.update(b"\n")
        return whole.hexdigest()


def short(data: bytes | str) -> str:
    """A few characters that stand for some data."""
    raw = data.encode() if isinstance(data, str) else data
    return hashlib.sha256(raw).hexdigest()[:8]

"""Counts how often an event loop comes round, and what was done in each turn. It knows no test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Turns:
    """While it is open, `most` is how much `done()` grew in one turn of the loop at most."""

    def __init__(self, done: Callable[[], int]) -> None:
        self._done = done
        self._open = False
        self._before = 0
        self.most = 0

    def __enter__(self) -> Turns:
        self._open = True
        self._before = self._done()
        asyncio.get_running_loop().call_soon(self._turn)
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False

    def _turn(self) -> None:
        done = self._done()
        self.most = max(self.most, done - self._before)
        self._before = done
        if self._open:
            asyncio.get_running_loop().call_soon(self._turn)

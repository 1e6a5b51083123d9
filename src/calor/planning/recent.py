"""A memory of what was asked for last. It knows nothing of what it keeps."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Keeps the values used last whose sizes add up to about `room`; the rest is made again.
    Threads may share it: each step is one operation of a dict, and what another thread spoils is
    only made twice."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._used = 0
        self._values: dict[Hashable, tuple[T, int]] = {}

    def get(self, key: Hashable, make: Callable[[], T], *, size: int) -> T:
        """The value of a key, made when it is not there. `size` is in the units of `room`."""
        known = self.known(key)
        if known is None:
            known = make()
            self.keep(key, known, size=size)
        return known

    def known(self, key: Hashable) -> T | None:
        """The value of a key, if it is there."""
        known = self._values.pop(key, None)
        if known is None:
            return None
        self._values[key] = known
        return known[0]

    def keep(self, key: Hashable, value: T, *, size: int) -> None:
        """Keeps a value, instead of the one that the key had; `size` as in `get`."""
        before = self._values.pop(key, None)
        if before is not None:
            self._used -= before[1]
        self._values[key] = value, size
        self._used += size
        if self._used > self._room:
            self._shrink(key)

    def _shrink(self, newest: Hashable) -> None:
        items = list(self._values.items())
        self._used = sum(size for _, (_, size) in items)
        for key, (_, size) in items:
            if self._used <= self._room * 3 // 4:
                break
            if key != newest:
                self._values.pop(key, None)
                self._used -= size

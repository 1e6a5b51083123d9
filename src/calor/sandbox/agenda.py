"""What will change by itself, and when: the sandbox's delays as timestamps.

It starts nothing: whoever looks at the sandbox lets the due changes happen first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

Change = Callable[[float], None]
"""Called with the moment at which it was due."""


class Agenda:
    """Changes in the order of their time; of the same time, in the order they were entered."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Change]] = []
        self._count = 0

    def enter(self, at: float, change: Change) -> None:
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, change))

    def run(self, now: float) -> None:
        """Make everything happen that is due by `now`."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            at, _, change = heapq.heappop(heap)
            change(at)

    def next_change(self) -> float | None:
        """When the next change is due, or None."""
        return self._heap[0][0] if self._heap else None

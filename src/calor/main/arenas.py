"""One heap for all threads.

The C library gives each thread a heap of its own, so that they need not wait for one another.
Python's threads wait anyway, and what the heaps hold in reserve is a sixth of a server's memory.
"""

from __future__ import annotations

import contextlib
import ctypes

M_ARENA_MAX = -8
"""Of mallopt(3), in glibc."""


def share_heap() -> None:
    """To be called before there are threads. Elsewhere than on glibc nothing changes."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)

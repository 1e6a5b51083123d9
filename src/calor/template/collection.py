"""Holding the cyclic garbage collector off while a large tree is built; nothing else.

Each of its rounds walks all nodes made so far, which makes reading a large template three times
slower, and a tree that is being built holds no garbage.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Within it no cycles are collected. Overlapping uses in several threads end switched on."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

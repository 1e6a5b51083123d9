"""Waiting until something may have happened to a stack: the bus says so, or some time has passed.

It says when to look again, never what there is to see.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from calor.base.clock import Clock
from calor.model.bus import Bus, Listener

PAUSE = 0.2
"""Seconds after which who waits looks anyway: an engine elsewhere may have no way to say it."""


class News:
    """What the bus says of one topic, heard for one stack."""

    def __init__(self, listener: Listener, clock: Clock, key: str) -> None:
        self._clock = clock
        self._listener = listener
        self._key = key

    async def wait(self, most: float = PAUSE) -> None:
        """Returns when there may be news since the last call; after `PAUSE` at the latest, or
        after `most` seconds where that is less."""
        end = self._clock.monotonic() + min(PAUSE, most)
        while (left := end - self._clock.monotonic()) > 0:
            if self._key in await self._listener.wait(left):
                return


@contextlib.contextmanager
def news(bus: Bus, clock: Clock, topic: str, key: str) -> Iterator[News]:
    """Listens while the context lasts: open it before the first look, so that nothing that
    happens after that is missed."""
    listener = bus.listen(topic)
    try:
        yield News(listener, clock, key)
    finally:
        listener.close()

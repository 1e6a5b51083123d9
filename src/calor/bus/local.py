"""The bus inside one process. Deterministic, without threads: wake it from the loop's thread.

It remembers which keys of a topic were woken, not how often or by whom.
"""

from __future__ import annotations

import asyncio


class LocalBus:
    """The `Bus` port."""

    def __init__(self) -> None:
        self._listeners: dict[str, dict[int, LocalListener]] = {}
        self._numbers = 0

    def wake(self, topic: str, key: str = "") -> None:
        for listener in list(self._listeners.get(topic, {}).values()):
            listener.notify(key)

    def listen(self, topic: str) -> LocalListener:
        self._numbers += 1
        listener = LocalListener(self, topic, self._numbers)
        self._listeners.setdefault(topic, {})[self._numbers] = listener
        return listener

    def drop(self, topic: str, number: int) -> None:
        """Forgets a listener; a topic without any costs nothing."""
        listeners = self._listeners.get(topic, {})
        listeners.pop(number, None)
        if not listeners:
            self._listeners.pop(topic, None)


class LocalListener:
    """The `Listener` port. One task at a time waits."""

    def __init__(self, bus: LocalBus, topic: str, number: int) -> None:
        self._bus = bus
        self._topic = topic
        self._number = number
        self._heard: dict[str, None] = {}
        self._waiter: asyncio.Future[None] | None = None

    def notify(self, key: str) -> None:
        self._heard[key] = None
        self._end_wait()

    async def wait(self, timeout: float) -> list[str]:
        if not self._heard:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(timeout, self._end_wait)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        heard = list(self._heard)
        self._heard.clear()
        return heard

    def close(self) -> None:
        """Nothing wakes it any more; who waits goes on."""
        self._bus.drop(self._topic, self._number)
        self._end_wait()

    def _end_wait(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

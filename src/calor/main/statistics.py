"""What a server counts about itself when CALOR_STATISTICS is set: for measuring, never in service.

`GET /statistics` answers with the counts since the last one and begins anew.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from calor.base.clock import Clock
from calor.transport.asgi import App, Message

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

TICK = 0.01
"""Seconds between two looks at how late the event loop is."""


class Statistics:
    """SQL statements, commits, how long the event loop was held, and the memory's peak."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._statements = itertools.count()
        self._commits = itertools.count()
        self._lag = 0.0

    def statement(self, text: str) -> None:
        """Hears a statement, on whichever thread it ran."""
        if text.startswith("COMMIT"):
            next(self._commits)
        elif not text.startswith(("BEGIN", "PRAGMA", "--")):
            next(self._statements)

    async def watch(self, clock: Clock) -> None:
        """Measures for ever how late the loop comes back."""
        while True:
            before = clock.monotonic()
            await clock.sleep(TICK)
            self._lag = max(self._lag, clock.monotonic() - before - TICK)

    def taken(self) -> dict[str, float]:
        """The counts so far; begins anew."""
        counts = {
            "statements": next(self._statements),
            "commits": next(self._commits),
            "loop_lag_seconds": round(self._lag, 4),
            "peak_memory_mb": round(_peak_memory() / 1024, 1),
        }
        self._begin()
        return counts

    def beside(self, app: App) -> App:
        """The application, with `/statistics` beside it."""

        async def both(scope: Message, receive: Receive, send: Send) -> None:
            if scope.get("path") != "/statistics":
                await app(scope, receive, send)
                return
            body = json.dumps(self.taken()).encode()
            headers = [(b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return both


def _peak_memory() -> int:
    """VmHWM of this process, in KiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0

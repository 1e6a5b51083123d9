"""The port through which those who work on one database wake one another."""

from __future__ import annotations

from typing import Protocol


class Bus(Protocol):
    """Hints, never truth: a lost message costs a poll interval.

    Topics: `engines` (somebody asked something of a stack, key: its id), `stacks` (a stack has
    a newer operation, or a stack nested in it came to an end, key: its id), `events` (a stack
    has new events or another state, key: its id), `ends` (an operation of a stack came to its
    end, key: the stack's id).
    """

    def wake(self, topic: str, key: str = "") -> None:
        """Tells the listeners of a topic that something may have changed."""
        ...

    def listen(self, topic: str) -> Listener: ...


class Listener(Protocol):
    async def wait(self, timeout: float) -> list[str]:
        """Waits for a wake-up since the last `wait` returned; the keys heard, each once, in
        order; [] after `timeout` seconds of silence."""
        ...

    def close(self) -> None: ...

"""Event sinks: where the events of a stack are brought, how far each delivery got, and the port
behind which that is remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from calor.model.stack import Sink, Stack


@dataclass(frozen=True, slots=True)
class Delivery:
    """One sink of one stack, taken by an engine: who has it brings the events alone.

    `key` tells the stack's sinks apart. `reached` is the number of the last event that the sink
    has, or that was given up; with `ends_with` the stack has left the sink, and nothing after
    that number is for it. `until` is the end of the right to it, on the holder's monotonic clock.
    """

    key: str
    stack: Stack
    sink: Sink
    reached: int
    ends_with: int | None
    holder: str
    until: float


class Deliveries(Protocol):
    """What must be brought to sinks. A row is there for every sink of a stack, from the moment in
    which the sink was accepted until nothing can follow and the last event was brought."""

    async def claim(
        self, holder: str, limit: int, *, stack_ids: Sequence[str] | None = None
    ) -> list[Delivery]:
        """Takes up to `limit` deliveries that have something to bring and that nobody else has, of
        certain stacks or of any; also those that `holder` itself has from an earlier life."""
        ...

    async def advance(self, delivery: Delivery, reached: int) -> Delivery | None:
        """Remembers how far it got, and prolongs the right to it. None when there is nothing more
        to do: another has it by now, or it ended."""
        ...

    async def release(self, delivery: Delivery) -> None:
        """Gives it back, for whoever sees that there is something to bring."""
        ...

    async def over(self, root_id: str) -> bool:
        """Whether a root stack is gone, and nothing of it or of what was inside is left to bring:
        its delegation can be dropped. True but once."""
        ...

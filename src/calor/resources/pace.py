"""Asking again until the cloud lets us: what is in use is let go a little later.

It knows which answers mean that, and how long to wait; not what is asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from calor.base.errors import HttpFault, ResourceFailed
from calor.model.resource_type import Work

T = TypeVar("T")

FIRST = 0.5
LONGEST = 10.0


async def until_free(
    work: Work, ask: Callable[[], Awaitable[T]], *, statuses: tuple[int, ...] = (409,)
) -> T:
    """What `ask` returns, once it does not answer with a conflict any more. Raises ResourceFailed
    with the last refusal when that takes longer than the stack may."""
    clock = work.clock
    deadline = clock.monotonic() + work.stack.timeout
    pause = FIRST
    while True:
        try:
            return await ask()
        except HttpFault as error:
            if error.status not in statuses:
                raise
            if clock.monotonic() + pause > deadline:
                raise ResourceFailed(f"it is still in use: {error}") from error
        await clock.sleep(pause * work.ids.uniform(0.8, 1.2))
        pause = min(pause * 1.6, LONGEST)


async def unless_missing(ask: Awaitable[T]) -> T | None:
    """What was asked for, or None where the answer is 404."""
    try:
        return await ask
    except HttpFault as error:
        if error.status != 404:
            raise
        return None

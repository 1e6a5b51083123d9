"""How hard we press a cloud: which faults are worth another try, after how long, and how many
calls a service gets at once.

It sends nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from calor.base.clock import Clock
from calor.base.errors import CloudError, HttpFault, LostAnswer, NotSent
from calor.base.ids import Ids

TRANSIENT = (500, 502, 503, 504)
SAFE_METHODS = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try: `tries` in all, waiting from `first` to at most `longest` seconds between
    them. A service that says Retry-After is obeyed up to `obey` seconds."""

    tries: int = 9
    first: float = 0.25
    longest: float = 8.0
    obey: float = 60.0

    def wait(self, done: int, error: CloudError, ids: Ids) -> float:
        """Seconds until the next try after `done` of them: twice as long each time, jittered."""
        if isinstance(error, HttpFault) and error.retry_after > 0:
            return min(error.retry_after, self.obey) + ids.uniform(0, self.first)
        return float(min(self.longest, self.first * 2 ** (done - 1))) * ids.uniform(0.5, 1.0)


DEFERRED = Patience()
"""For work that nobody waits for on the line."""

ON_LINE = Patience(tries=3, first=0.1, longest=0.5, obey=2.0)
"""For questions on behalf of somebody who waits for an answer."""


def worth_repeating(error: CloudError, *, safe: bool) -> bool:
    """Whether a call that ended so may be sent again: `safe` ones after any transient fault,
    others only when they surely had no effect. A 413 without a time is a quota, not a pace."""
    if isinstance(error, NotSent):
        return True
    if isinstance(error, LostAnswer):
        return safe
    if not isinstance(error, HttpFault):
        return False
    if error.status == 429:
        return True
    if error.status == 413:
        return error.retry_after > 0
    if error.status == 503 and error.retry_after > 0:
        return True
    return safe and error.status in TRANSIENT


class Rush:
    """Whether many calls are under way at once, or the last ones of many were answered just now:
    more that belongs to the same is likely to follow within milliseconds."""

    MANY = 3
    CALM = 0.003
    """Seconds without any call after which it is over: what follows from answers has begun."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._many = False
        self._left_at = float("-inf")
        self.inside = 0
        self.sent_at = float("-inf")
        """When the last call began."""

    def entered(self, now: float) -> None:
        self._many = self.lasts() or self.inside + 1 >= self.MANY
        self.inside += 1
        self.sent_at = now

    def left(self, now: float) -> None:
        self.inside -= 1
        self._left_at = now

    def lasts(self) -> bool:
        recent = self.inside > 0 or self._clock.monotonic() < self._left_at + self.CALM
        return self._many and recent


class Gate:
    """How many calls a service gets at once: more and more while it answers well, half as many
    when it asks for less (429, 503), answers slowly or not at all.

    It begins wide and widens by one with each good answer, so that a cloud that bears it is soon
    given all there is to send; after a halving it grows as fast up to three quarters of the old
    width, then by one a round.
    """

    FIRST = 100.0
    LEAST = 4.0
    GOOD = 2.0
    """Seconds within which an answer counts as good."""
    SLOW = 10.0
    """Seconds after which an answer counts as a plea for less."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.width = self.FIRST
        self.rush = Rush(clock)
        self._ripe = float("inf")
        self._inside = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._halved_at = float("-inf")
        self._closed_until = float("-inf")

    async def enter(self) -> float:
        """Waits for a place; returns when it was got, on the monotonic clock."""
        if self._inside >= self.width or self._queue:
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._queue.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place.done() and not place.cancelled():
                    self._free()
                raise
        else:
            self._inside += 1
        while (now := self._clock.monotonic()) < self._closed_until:
            try:
                await self._clock.sleep(self._closed_until - now)
            except asyncio.CancelledError:
                self._free()
                raise
        self.rush.entered(now)
        return now

    def all_sent(self) -> bool:
        """Whether no call waits for a place, and none has begun for a moment."""
        return not self._queue and self._clock.monotonic() >= self.rush.sent_at + Rush.CALM

    def leave(self, entered: float, error: BaseException | None) -> None:
        """Gives the place back, and tells how the call ended."""
        now = self._clock.monotonic()
        busy = isinstance(error, LostAnswer) or (
            isinstance(error, HttpFault) and error.status in (429, 503)
        )
        if busy or now - entered > self.SLOW:
            self._halve(entered, now)
        elif error is None and now - entered <= self.GOOD and self._inside * 2 >= self.width:
            self.width += 1.0 if self.width < self._ripe else 1.0 / self.width
        if isinstance(error, HttpFault) and error.status == 429:
            self._closed_until = max(self._closed_until, now + min(error.retry_after, 60.0))
        self.rush.left(now)
        self._free()

    def _halve(self, entered: float, now: float) -> None:
        if entered < self._halved_at:
            return  # it left before the last halving: the same complaint
        self._halved_at = now
        self._ripe = self.width * 0.75
        self.width = max(self.LEAST, self.width / 2)

    def _free(self) -> None:
        self._inside -= 1
        while self._queue and self._inside < self.width:
            place = self._queue.popleft()
            if not place.done():
                self._inside += 1
                place.set_result(None)

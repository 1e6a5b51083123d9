"""Requests to a function: how a simulated cloud is reached under virtual time.

It decides nothing: what is late or lost, the function says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from calor.base.clock import Clock
from calor.base.errors import LostAnswer
from calor.base.wire import Request, Response


class Outcome(Protocol):
    """What became of a request: its response, whether that got lost on the way back, and how many
    seconds the answer takes."""

    @property
    def response(self) -> Response: ...

    @property
    def lost(self) -> bool: ...

    @property
    def delay(self) -> float: ...


class FunctionTransport:
    """`exchange(request, now)` is called when the request leaves; its answer comes `delay` later,
    and `latency(request)` seconds more for the way.

    An answer that would come after the time-out is lost. The blocking twin can't wait on a virtual
    clock, so there an answer is late or lost, but never slow.
    """

    def __init__(
        self,
        exchange: Callable[[Request, float], Outcome],
        clock: Clock,
        latency: Callable[[Request], float] | None = None,
    ) -> None:
        self._exchange = exchange
        self._clock = clock
        self._latency = latency

    async def send(self, request: Request, *, timeout: float) -> Response:
        outcome = self._exchange(request, self._clock.now())
        seconds = outcome.delay + (self._latency(request) if self._latency else 0.0)
        await self._clock.sleep(min(seconds, timeout))
        return _answer(outcome, timeout)

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        return _answer(self._exchange(request, self._clock.now()), timeout)

    async def close(self) -> None:
        pass


def _answer(outcome: Outcome, timeout: float) -> Response:
    if outcome.lost:
        raise LostAnswer("the connection broke before the answer came")
    if outcome.delay > timeout:
        raise LostAnswer(f"no answer within {timeout:g} seconds")
    return outcome.response

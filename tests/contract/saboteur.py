"""A transport that lets calls through, loses them, or ends the world at one of them.

It counts the calls that matter: all but log-ins, or only those that change something. It knows
no resource.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from calor.base.errors import LostAnswer
from calor.base.wire import Request, Response, Transport


class Harm(StrEnum):
    CRASH_BEFORE = "killed before the call leaves"
    CRASH_AFTER = "killed after the call took effect"
    LOST_BEFORE = "answer lost, no effect"
    LOST_AFTER = "answer lost, with effect"
    BUSY = "503"
    BROKEN = "500, no effect"


CRASHES = (Harm.CRASH_BEFORE, Harm.CRASH_AFTER)
FAULTS = (Harm.LOST_BEFORE, Harm.LOST_AFTER, Harm.BUSY, Harm.BROKEN)


@dataclass(frozen=True, slots=True)
class Sabotage:
    """What happens at the `nth` call, from 1."""

    harm: Harm
    nth: int


class Saboteur:
    """After a crash no call leaves and none returns; `crashed` is set."""

    def __init__(self, inner: Transport, *, reads: bool = True) -> None:
        self._inner = inner
        self._reads = reads
        self._plan: Sabotage | None = None
        self._dead = False
        self.crashed = asyncio.Event()
        self.calls: list[str] = []

    def arm(self, plan: Sabotage | None) -> None:
        """Begins to count anew."""
        self._plan = plan
        self.calls = []

    async def send(self, request: Request, *, timeout: float) -> Response:
        if self._dead:
            await self._end()
        if "/auth/tokens" in request.url or (request.method == "GET" and not self._reads):
            return await self._inner.send(request, timeout=timeout)
        self.calls.append(f"{request.method} {request.url.partition('//')[2].partition('/')[2]}")
        plan = self._plan
        if plan is None or plan.nth != len(self.calls):
            return await self._inner.send(request, timeout=timeout)
        return await self._harmed(plan.harm, request, timeout)

    async def _harmed(self, harm: Harm, request: Request, timeout: float) -> Response:
        if harm is Harm.CRASH_BEFORE:
            await self._end()
        if harm is Harm.LOST_BEFORE:
            raise LostAnswer("the connection broke before the answer")
        if harm is Harm.BUSY:
            return Response(503, {"Retry-After": "1"}, b'{"message": "try again"}')
        if harm is Harm.BROKEN:
            return Response(500, {}, b'{"message": "it broke"}')
        response = await self._inner.send(request, timeout=timeout)
        if harm is Harm.CRASH_AFTER:
            await self._end()
        if harm is Harm.LOST_AFTER:
            raise LostAnswer("the connection broke before the answer")
        return response

    async def _end(self) -> None:
        self._dead = True
        self.crashed.set()
        await asyncio.get_running_loop().create_future()

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        return self._inner.send_blocking(request, timeout=timeout)

    async def close(self) -> None:
        await self._inner.close()

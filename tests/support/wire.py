"""The transport of a simulated process: each call leaves, takes effect and is answered at moments
of their own, and any of them may fail, get lost, or be the process's last.

A call that has left takes effect even if its process is dead by then, as in a real network. One
that is held back has not left: it dies with a process that stood still.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from calor.base.clock import Clock
from calor.base.errors import LostAnswer, NotSent
from calor.base.wire import Request, Response
from calor.sandbox.core import Sandbox
from support.trace import Trace, short
from support.troubles import HELD, SAFE, Fate, Kill, Mishap, Troubles, one_shot
from support.virtual import Process, VirtualLoop

LOGIN = "/auth/tokens"


class Watcher(Protocol):
    """Sees every call that takes effect."""

    def called(self, request: Request, response: Response, now: float) -> None: ...


class Wire:
    """A `Transport` between one process and the sandbox. `die(kind)` kills the process."""

    def __init__(
        self,
        *,
        loop: VirtualLoop,
        clock: Clock,
        sandbox: Sandbox,
        troubles: Troubles,
        trace: Trace,
        watcher: Watcher,
        killed: Callable[[Process, Kill], None],
    ) -> None:
        self._loop = loop
        self._clock = clock
        self._sandbox = sandbox
        self._troubles = troubles
        self._trace = trace
        self._watcher = watcher
        self._killed = killed

    async def send(self, request: Request, *, timeout: float) -> Response:
        process = Process.current()
        fate = self._troubles.fate(request) if process is not None else SAFE
        if process is not None and fate.kill is Kill.BEFORE_CALL:
            self._killed(process, fate.kill)
            await process.die()
        there, back = self._troubles.latency()
        if fate.mishap is Mishap.HELD:
            there = HELD
        if fate.mishap is Mishap.NOT_SENT:
            self._trace.add("unsent", request.method, _path(request))
            await self._clock.sleep(there)
            raise NotSent("the sandbox refused the connection")
        answer: asyncio.Future[Response] = self._loop.create_future()
        arrives = _Call(
            self,
            request,
            fate=fate,
            timeout=timeout,
            back=back,
            answer=answer,
            process=process,
        )
        late = fate.mishap is Mishap.LATE or fate.kill is Kill.AFTER_CALL
        reached = self._troubles.late() if late and request.method == "POST" else there
        self._loop.call_later(reached, arrives, context=contextvars.Context())
        if fate.mishap is Mishap.LATE:
            await self._clock.sleep(there)
            raise LostAnswer("the connection broke while the sandbox was at work")
        if process is not None and fate.kill is Kill.AFTER_CALL:
            self._killed(process, fate.kill)
            await process.die()
        return await answer

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        response, lost, _ = self.exchange(request, SAFE)
        assert not lost
        return response

    async def close(self) -> None:
        pass

    def exchange(self, request: Request, fate: Fate) -> tuple[Response, bool, float]:
        """The effect of a call: its response, whether that is lost, and its delay."""
        fault = one_shot(fate.mishap) if fate.mishap is not None else None
        plan = self._sandbox.faults
        if fault is not None:
            plan.add(fault)
        now = self._clock.now()
        outcome = self._sandbox.exchange(request, now)
        if fault is not None:
            plan.clear()
        response = outcome.response
        self._trace.add(
            "call",
            request.method,
            _path(request),
            short(request.body) if LOGIN not in request.url else "",
            "lost" if outcome.lost else response.status,
            fate.mishap or "",
        )
        self._watcher.called(request, response, now)
        if fate.mishap is Mishap.ERROR_AFTER and response.status < 500:
            response = Response(500, {"Content-Type": "application/json"}, b"{}")
        return response, outcome.lost, outcome.delay

    def end(self, process: Process, kind: Kill) -> None:
        self._killed(process, kind)
        process.kill()


class _Call:
    """One call that has left, from its arrival to its answer; it runs outside of every process."""

    def __init__(
        self,
        wire: Wire,
        request: Request,
        *,
        fate: Fate,
        timeout: float,
        back: float,
        answer: asyncio.Future[Response],
        process: Process | None,
    ) -> None:
        self._wire = wire
        self._request = request
        self._fate = fate
        self._timeout = timeout
        self._back = back
        self._answer = answer
        self._process = process
        self._response: Response | None = None

    def __call__(self) -> None:
        if self._fate.mishap is Mishap.HELD and self._process and not self._process.alive:
            self._wire._trace.add("never left", self._request.method, _path(self._request))
            return
        response, lost, delay = self._wire.exchange(self._request, self._fate)
        if not lost:
            self._response = response
        after = self._back + delay
        if self._fate.mishap is Mishap.SLOW or after > self._timeout:
            self._response = None
            after = self._timeout
        if self._process is not None and not self._process.alive:
            return
        self._wire._loop.call_later(after, self._deliver, context=contextvars.Context())

    def _deliver(self) -> None:
        process = self._process
        alive = process is not None and process.alive
        if alive and process is not None and self._fate.kill is Kill.BEFORE_ANSWER:
            self._wire.end(process, Kill.BEFORE_ANSWER)
            return
        if not self._answer.done():
            if self._response is None:
                self._answer.set_exception(LostAnswer("the connection broke before the answer"))
                self._answer.exception()  # nobody complains if a dead process does not look
            else:
                self._answer.set_result(self._response)
        if alive and process is not None and self._fate.kill is Kill.AFTER_ANSWER:
            self._wire._loop.call_soon(
                self._wire.end, process, Kill.AFTER_ANSWER, context=contextvars.Context()
            )


def _path(request: Request) -> str:
    parts = urlsplit(request.url)
    return parts.path + (f"?{parts.query}" if parts.query else "")

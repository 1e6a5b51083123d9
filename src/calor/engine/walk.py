"""Walks a schedule: everything runs at once whose dependencies are done.

It knows the order and what failed; what a step does is given to it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from calor.base.clock import Clock
from calor.base.errors import LeaseLost, ResourceFailed
from calor.engine.stop import Stop, Stopped, Why
from calor.planning.graph import Graph
from calor.planning.schedule import Step

STARTED_AT_ONCE = 32
"""Steps that begin in one turn of the event loop: a thousand would hold up everybody else."""


class Walk:
    """One walk. `failures` are the reasons of steps that failed, in the order of failing."""

    def __init__(
        self,
        graph: Graph[Step],
        *,
        carry_out: Callable[[Step], Awaitable[None]],
        stop: Stop,
        slots: asyncio.Semaphore,
        clock: Clock,
        stop_on_failure: bool,
    ) -> None:
        self._graph = graph
        self._carry_out = carry_out
        self._stop = stop
        self._slots = slots
        self._stop_on_failure = stop_on_failure
        self._clock = clock
        self._queue: deque[Step] = deque()
        self._waiting = {node: len(list(graph.needs(node))) for node in graph}
        self._running = 0
        self._ended = asyncio.Event()
        self._bug: BaseException | None = None
        self.failures: list[str] = []
        self.done: dict[Step, None] = {}

    async def run(self) -> None:
        """Runs until nothing more can: all done, or stopped, or all that is left waits for a
        failure. Steps that were begun have ended then."""
        for node in [node for node, count in self._waiting.items() if count == 0]:
            self._begin(node)
        if self._running:
            await self._ended.wait()
        await self._stop.join()
        if self._bug is not None:
            raise self._bug

    def _begin(self, node: Step) -> None:
        self._running += 1
        self._queue.append(node)
        if len(self._queue) == 1:
            asyncio.get_running_loop().call_soon(self._start_some)

    def _start_some(self) -> None:
        for _ in range(min(STARTED_AT_ONCE, len(self._queue))):
            self._stop.start(self._step(self._queue.popleft()))
        if self._queue:
            asyncio.get_running_loop().call_soon(self._start_some)

    async def _step(self, node: Step) -> None:
        try:
            async with self._slots:
                if self._stop.why is not None:
                    return
                await self._carry_out(node)
            self.done[node] = None
            self._go_on(node)
        except Stopped:
            pass
        except LeaseLost:
            self._stop.throw(Why.LEASE_LOST)
        except ResourceFailed as error:
            self.failures.append(str(error))
            if self._stop_on_failure:
                self._stop.throw(Why.FAILED)
        except BaseException as error:
            self._bug = error
            self._stop.throw(Why.CLOSING)
        finally:
            self._running -= 1
            if self._running == 0:
                self._ended.set()

    def _go_on(self, node: Step) -> None:
        for follower in self._graph.needed_by(node):
            self._waiting[follower] -= 1
            if self._waiting[follower] == 0 and self._stop.why is None:
                self._begin(follower)

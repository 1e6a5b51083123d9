"""An asyncio event loop on virtual time: it jumps to the next timer when nothing is ready.

No selector, no threads, no sockets, and one callback at a time in the order in which they were
asked for, so a run is repeated exactly. It knows nothing of Calor but the `Clock` protocol.

    loop = VirtualLoop()
    loop.run_until_complete(main(VirtualClock(loop)))        # or: run(main)

A `Process` groups everything that was started inside it, and can be killed: from then on not one
more line of its code runs, no `finally` and no `except` either.

    process = loop.process("engine-1")
    task = process.start(engine.run())
    process.kill()              # from outside, between two callbacks
    await process.die()         # from inside one of its ports: never returns
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import logging
from asyncio import events
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")

START = 1_800_000_000.0
"""What `VirtualClock.now` says at virtual time 0 unless told otherwise: 2027-01-15T08:00:00Z."""

_process: contextvars.ContextVar[Process | None] = contextvars.ContextVar("process", default=None)

log = logging.getLogger(__name__)


class Stuck(RuntimeError):
    """Nothing is ready, no timer runs, and what we wait for is not done."""


class Process:
    """Tasks and callbacks that live and die together. Made by `VirtualLoop.process`."""

    def __init__(self, loop: VirtualLoop, name: str) -> None:
        self._loop = loop
        self.name = name
        self.alive = True
        self._context = contextvars.copy_context()
        self._context.run(_process.set, self)

    def start(self, coro: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task inside the process; whatever it starts is inside too."""
        return self._loop.create_task(coro, context=self._context.copy())

    def kill(self) -> None:
        """Stops dead everything inside. What runs right now may only await (see `die`)."""
        self.alive = False

    async def die(self) -> NoReturn:
        """`kill`, called from code inside the process; never returns."""
        self.kill()
        await self._loop.create_future()
        raise AssertionError("a dead process went on")

    @staticmethod
    def current() -> Process | None:
        """The process of the code that asks."""
        return _process.get()


class VirtualLoop(asyncio.AbstractEventLoop):
    """The loop. `time()` is seconds of virtual time since its birth.

    `before_step`, if set, is called before each callback with the process that it belongs to:
    the place to draw kills between any two steps. `steps` counts callbacks that ran.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._ready: deque[tuple[events.Handle, Process | None]] = deque()
        self._timers: list[tuple[float, int, events.TimerHandle, Process | None]] = []
        self._sequence = 0
        self._running = False
        self._stopping = False
        self._closed = False
        self._tasks: dict[int, asyncio.Task[Any]] = {}
        self._task_names = 0
        self._failures: list[BaseException] = []
        self.steps = 0
        self.before_step: Callable[[Process | None], None] | None = None

    def process(self, name: str) -> Process:
        """A new process; its code starts with `start`."""
        return Process(self, name)

    # --- scheduling ---

    def time(self) -> float:
        return self._now

    def call_soon(  # type: ignore[override]  # typeshed wants variadic generics, 3.11 lacks them
        self,
        callback: Callable[..., Any],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> events.Handle:
        context = context if context is not None else contextvars.copy_context()
        handle = events.Handle(callback, args, self, context)
        if self._closed:
            return handle  # what dead code still says when it is let go of, nobody hears
        self._ready.append((handle, context.get(_process)))
        return handle

    def call_soon_threadsafe(self, *_: Any, **__: Any) -> NoReturn:  # type: ignore[override]  # never returns
        raise RuntimeError("virtual time has no threads")

    def run_in_executor(self, *_: Any) -> NoReturn:  # type: ignore[override]  # never returns
        raise RuntimeError("virtual time has no threads")

    def call_later(  # type: ignore[override]  # as call_soon
        self,
        delay: float,
        callback: Callable[..., Any],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> events.TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]  # as call_soon
        self,
        when: float,
        callback: Callable[..., Any],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> events.TimerHandle:
        self._check_open()
        context = context if context is not None else contextvars.copy_context()
        handle = events.TimerHandle(when, callback, args, self, context)
        self._sequence += 1
        heapq.heappush(self._timers, (when, self._sequence, handle, context.get(_process)))
        return handle

    def _timer_handle_cancelled(self, handle: events.TimerHandle) -> None:
        pass  # it is skipped when its time comes

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]  # typeshed's differs between Python versions
        self,
        coro: Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: contextvars.Context | None = None,
        **_: Any,
    ) -> asyncio.Task[T]:
        self._check_open()
        self._task_names += 1
        task = asyncio.Task(
            coro, loop=self, name=name or f"task-{self._task_names}", context=context
        )
        number = self._task_names
        self._tasks[number] = task
        # Outside of any process, so that the record is kept even of what a dead one ends.
        task.add_done_callback(lambda _: self._tasks.pop(number, None), context=_nowhere())
        return task

    # --- running ---

    def run_forever(self) -> None:
        self._check_open()
        if self._running or events._get_running_loop() is not None:
            raise RuntimeError("an event loop is running already")
        self._running = True
        events._set_running_loop(self)
        try:
            while not self._stopping:
                self._step()
        finally:
            self._stopping = False
            self._running = False
            events._set_running_loop(None)

    def run_until_complete(self, future: Awaitable[T]) -> T:  # type: ignore[override]  # no generators
        task = asyncio.ensure_future(future, loop=self)
        task.add_done_callback(self._done, context=_nowhere())
        try:
            self.run_forever()
        finally:
            task.remove_done_callback(self._done)
        if self._failures:
            raise self._failures[0]
        return task.result()

    def _done(self, _: object) -> None:
        self._stopping = True

    def _step(self) -> None:
        """Runs one callback, after moving time if nothing is ready."""
        if not self._ready:
            self._jump()
        handle, process = self._ready.popleft()
        if handle.cancelled() or (process is not None and not process.alive):
            return
        if self.before_step is not None:
            self.before_step(process)
            if process is not None and not process.alive:
                return
        self.steps += 1
        handle._run()

    def _jump(self) -> None:
        while self._timers and self._idle(self._timers[0]):
            heapq.heappop(self._timers)
        if not self._timers:
            waiting = ", ".join(task.get_name() for task in self._tasks.values())
            raise Stuck(f"nothing will ever happen; waiting: {waiting}")
        self._now = max(self._now, self._timers[0][0])
        while self._timers and self._timers[0][0] <= self._now:
            _, _, handle, process = heapq.heappop(self._timers)
            self._ready.append((handle, process))

    @staticmethod
    def _idle(timer: tuple[float, int, events.TimerHandle, Process | None]) -> bool:
        _, _, handle, process = timer
        return handle.cancelled() or (process is not None and not process.alive)

    def stop(self) -> None:
        self._stopping = True

    def is_running(self) -> bool:
        return self._running

    def is_closed(self) -> bool:
        return self._closed

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the loop is closed")

    def close(self) -> None:
        """Ends the world. Coroutines of dead processes are only let go of now: until here they
        were held, so that no `finally` of theirs could run."""
        self._closed = True
        self._ready.clear()
        self._timers.clear()
        for task in list(self._tasks.values()):
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # asyncio's own way
            coro = task.get_coro()
            if coro is None:
                continue
            try:
                coro.close()
            except BaseException:
                log.debug("a dead task resisted", exc_info=True)
        self._tasks.clear()

    async def shutdown_asyncgens(self) -> None:
        pass

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        pass

    # --- reporting ---

    def get_debug(self) -> bool:
        return False

    def set_debug(self, enabled: bool) -> None:
        pass

    def get_exception_handler(self) -> None:
        return None

    def set_exception_handler(self, handler: object) -> None:
        raise RuntimeError("failures of callbacks are raised by run_until_complete")

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        self.call_exception_handler(context)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if "handle" in context and isinstance(error, BaseException):
            self._failures.append(error)
        log.error("%s", context.get("message"), exc_info=error)


class VirtualClock:
    """The `Clock` of a virtual loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, start: float = START) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> float:
        return self._start + self._loop.time()

    def monotonic(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run(main: Callable[[VirtualClock], Coroutine[Any, Any, T]]) -> T:
    """Runs `main(clock)` on a loop of its own to its end; what it left behind is dropped."""
    loop = VirtualLoop()  # type: ignore[abstract]  # sockets and the like are left out on purpose
    try:
        return loop.run_until_complete(main(VirtualClock(loop)))
    finally:
        loop.close()


def _nowhere() -> contextvars.Context:
    """A context outside of every process."""
    return contextvars.Context()

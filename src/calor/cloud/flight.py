"""Small pieces of concurrency: equal work done once, work of one moment gathered, a wait that can
be cut short. They know no cloud.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from itertools import islice
from typing import Any, Generic, TypeVar

from calor.base.clock import Clock

T = TypeVar("T")


class SingleFlight:
    """Whoever asks for a key while it is being made waits for the same making."""

    def __init__(self) -> None:
        self._flying: dict[Hashable, asyncio.Task[Any]] = {}

    async def run(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `make()` gives. It goes on though one who asked is cancelled."""
        return await asyncio.shield(self.begin(key, make))

    def flies(self, key: Hashable) -> bool:
        """Whether the making of a key is under way."""
        return key in self._flying

    def begin(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        """The making, begun if it is not under way. Nobody need wait for it."""
        task: asyncio.Task[T] | None = self._flying.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(make())
            self._flying[key] = task
            task.add_done_callback(lambda done: self._landed(key, done))
        return task

    def _landed(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        self._flying.pop(key, None)
        if not task.cancelled():
            task.exception()  # looked at, though nobody may be waiting any more


async def turn() -> None:
    """Lets everything run that is ready now."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.call_soon(_wake, ready)
    await ready


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class Gathering(Generic[T]):
    """Collects what is asked for in one moment and hands it over in groups of at most `most`.

    The moment is over when the loop has been through its ready queue twice without anything new.
    No timer is involved. While `wide` groups are under way, a group that is not full waits until
    one of them comes back, so that a trickle does not become many small groups.
    """

    def __init__(
        self, handle: Callable[[list[T]], Awaitable[None]], *, most: int, wide: int
    ) -> None:
        self._handle = handle
        self.most = most
        self._wide = wide
        self._waiting: dict[T, None] = {}
        self._arranging = False
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._groups = 0

    def add(self, item: T) -> None:
        self._waiting[item] = None
        self._arrange()

    def discard(self, item: T) -> None:
        """Takes back what has not been handed over yet."""
        self._waiting.pop(item, None)

    def _arrange(self) -> None:
        if not self._arranging:
            self._arranging = True
            asyncio.get_running_loop().call_soon(self._pass, 0, 0)

    def _pass(self, known: int, quiet: int) -> None:
        while len(self._waiting) >= self.most:
            self._leave()
        quiet = quiet + 1 if len(self._waiting) == known else 0
        if quiet < 2:
            asyncio.get_running_loop().call_soon(self._pass, len(self._waiting), quiet)
            return
        self._arranging = False
        if self._waiting and len(self._under_way) < self._wide:
            self._leave()

    def _leave(self) -> None:
        group = list(islice(self._waiting, self.most))
        for item in group:
            del self._waiting[item]
        self._groups += 1
        number = self._groups
        task = asyncio.get_running_loop().create_task(self._carry(group))
        self._under_way[number] = task
        task.add_done_callback(lambda _: self._back(number))

    async def _carry(self, group: list[T]) -> None:
        await self._handle(group)

    def _back(self, number: int) -> None:
        self._under_way.pop(number, None)
        if self._waiting:
            self._arrange()


class Alarm:
    """A wait that somebody else can end."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ringing: asyncio.Future[None] | None = None

    def ring(self) -> None:
        if self._ringing is not None:
            _wake(self._ringing)

    async def wait(self, seconds: float) -> None:
        """Returns after `seconds`, or when it rings."""
        loop = asyncio.get_running_loop()
        ringing = self._ringing = loop.create_future()
        sleeper = loop.create_task(self._sleep(seconds, ringing))
        try:
            await ringing
        finally:
            self._ringing = None
            sleeper.cancel()

    async def _sleep(self, seconds: float, ringing: asyncio.Future[None]) -> None:
        await self._clock.sleep(seconds)
        _wake(ringing)

"""Waiting for what others write into the store: one question serves all who wait."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar

Wanted = TypeVar("Wanted")
Answer = TypeVar("Answer")


class Watch(ABC, Generic[Wanted, Answer]):
    """Who waits for what; `look` asks the store once for all of them."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[Answer], Wanted] = {}
        self._looking = False
        self._again = False

    @abstractmethod
    async def ask(self) -> Callable[[Wanted], Answer | None]:
        """Asks the store; what comes back answers each who waits, with None for not yet."""

    async def wait(self, wanted: Wanted) -> Answer:
        """Returns when there is an answer."""
        waiter: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = wanted
        try:
            # It may have come before anybody waited, and then nobody wakes us.
            await self.look()
            return await waiter
        finally:
            self._waiting.pop(waiter, None)

    async def look(self) -> None:
        """Tells those for whom there is an answer. Calls while one is under way become one more
        look."""
        self._again = True
        if self._looking:
            return
        self._looking = True
        try:
            while self._again and self._waiting:
                self._again = False
                # Whoever comes meanwhile may wait for what was written after this look began.
                waiting = dict(self._waiting)
                answer_to = await self.ask()
                for waiter, wanted in waiting.items():
                    answer = answer_to(wanted)
                    if answer is not None and not waiter.done():
                        waiter.set_result(answer)
        finally:
            self._looking = False

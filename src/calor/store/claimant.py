"""A process as it claims rows: it takes them for a time, and reads what they mean. Which rows, each
port says itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from calor.base.clock import Clock
from calor.base.executor import Executor
from calor.store.database import Database
from calor.store.group import Member
from calor.store.loads import Loads
from calor.store.writer import Writer

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Claimant:
    """`life` tells this process from earlier ones of the same holder; `duration` is how long a
    claim lasts, in seconds."""

    database: Database
    writer: Writer
    executor: Executor
    loads: Loads
    clock: Clock
    life: str
    duration: float

    def until(self) -> float:
        """When a claim ends that is made or renewed from now on, on the clock's `monotonic`. Asked
        before the database is: what it grants lasts a little longer than its holder believes."""
        return self.clock.monotonic() + self.duration

    async def claim(self, take: Member, load: Callable[[list[T], float], list[R]]) -> list[R]:
        """Commits `take`, whose outcome is what it took, and reads what that means: `load` runs in
        the executor, and is told when the claim ends."""
        until = self.until()
        taken: list[T] = await self.writer.submit(take)
        if not taken:
            return []
        return await self.executor.run(lambda: load(taken, until))

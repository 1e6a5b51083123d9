"""Who of a process looks for the thing of a lost create, so that no two rows take the same one.

Things that nothing tells apart (floating IPs of one project) are shared out among the rows that
look for one; while one looks, nobody creates such a thing. It finds nothing itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from calor.model.resource import Resource

Scope = tuple[str, str]
"""Project and type."""


class Doubts:
    """One for each process: all runs share it."""

    def __init__(self) -> None:
        self._kinds: dict[Scope, Kind] = {}

    def kind(self, project_id: str, type: str) -> Kind:
        known = self._kinds.get((project_id, type))
        if known is None:
            known = self._kinds[project_id, type] = Kind()
        return known

    def enter(self, project_id: str, rows: Iterable[Resource]) -> None:
        """Rows of a stack that was just taken over: those among them that are in doubt."""
        for row in rows:
            if row.calling and row.physical_id is None:
                self.kind(project_id, row.type).enter(row)

    def leave(self, project_id: str, rows: Iterable[Resource]) -> None:
        """The run of these rows has ended."""
        for row in rows:
            kind = self._kinds.get((project_id, row.type))
            if kind is not None:
                kind.leave(row)
                if kind.idle:
                    del self._kinds[project_id, row.type]


class Creating:
    """A create call of a kind. A class of its own: for thousands, a generator takes long."""

    __slots__ = ("_kind",)

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def __enter__(self) -> None:
        self._kind.create_begins()

    def __exit__(self, *_: object) -> None:
        self._kind.create_ended()


class Kind:
    """The things of one type in one project."""

    def __init__(self) -> None:
        self._doubtful: dict[str, str] = {}
        self._taken: dict[str, None] = {}
        self._creating = 0
        self._lookers = 0
        self._looking = asyncio.Lock()
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def idle(self) -> bool:
        """Whether it knows of nothing that anybody could ask for."""
        return not (self._doubtful or self._taken or self._creating or self._lookers)

    def enter(self, row: Resource) -> None:
        """Nobody knows whether the row's create call made something."""
        self._doubtful[row.id] = _likeness(row)

    def leave(self, row: Resource) -> None:
        self._doubtful.pop(row.id, None)

    def alike(self, row: Resource) -> int:
        """How many rows look for a thing like this one's."""
        wanted = _likeness(row)
        return sum(likeness == wanted for likeness in self._doubtful.values())

    def take(self, physical_id: str, written: asyncio.Future[None]) -> None:
        """A row has that thing now; until that is written, only we know."""
        self._taken[physical_id] = None
        written.add_done_callback(lambda _: self._taken.pop(physical_id, None))

    def is_taken(self, physical_id: str) -> bool:
        return physical_id in self._taken

    async def calm(self) -> None:
        """Waits until nobody looks. Go into `creating` at once: somebody may begin to."""
        while self._lookers:
            await self._change()

    def creating(self) -> Creating:
        """Around a create call, until its row has the thing."""
        return Creating(self)

    def create_begins(self) -> None:
        self._creating += 1

    def create_ended(self) -> None:
        self._creating -= 1
        self._tell()

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Around one look, until its row has what was found."""
        self._lookers += 1
        try:
            async with self._looking:
                while self._creating:
                    await self._change()
                yield
        finally:
            self._lookers -= 1
            self._tell()

    async def _change(self) -> None:
        """Waits until somebody begins or ends to look or to create."""
        changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(changed)
        await changed

    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, []
        for changed in waiting:
            if not changed.done():
                changed.set_result(None)


def _likeness(row: Resource) -> str:
    return repr((row.properties, row.pinned))

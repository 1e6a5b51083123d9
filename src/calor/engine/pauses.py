"""Pauses at hooks: where the resources of a phase stop, and how they hear that they may go on.

That a resource came to a hook is written together with the state in which it came there; that it
may go on is written by whoever says so, and read here. Which hooks there are is `planning/hooks`'.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from calor.engine.context import Context
from calor.engine.stop import Stopped
from calor.model.pause import Pause, PauseState
from calor.model.ports import Reads
from calor.model.resource import Resource
from calor.planning.hooks import Due


class PauseWatch:
    """Who waits at which hook of one stack; `look` asks the store once for all of them."""

    def __init__(self, stack_id: str, reads: Reads) -> None:
        self._stack_id = stack_id
        self._reads = reads
        self._waiting: dict[asyncio.Future[None], Pause] = {}
        self._looking = False
        self._again = False

    async def cleared(self, pause: Pause) -> None:
        """Waits until somebody says that the resource may go on."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = pause
        try:
            # It may have been said before anybody waited, and then nobody wakes us.
            await self.look()
            await waiter
        finally:
            self._waiting.pop(waiter, None)

    async def look(self) -> None:
        """Tells those who may go on. Calls while one is under way become one more look."""
        self._again = True
        if self._looking:
            return
        self._looking = True
        try:
            while self._again and self._waiting:
                self._again = False
                # Whoever comes meanwhile may have been let go on after this look began.
                waiting = dict(self._waiting)
                _tell(waiting, await self._reads.pauses(self._stack_id))
        finally:
            self._looking = False


def _tell(waiting: Mapping[asyncio.Future[None], Pause], found: Sequence[Pause]) -> None:
    cleared = {_key(pause): None for pause in found if pause.state is PauseState.CLEARED}
    for waiter, pause in waiting.items():
        if _key(pause) in cleared and not waiter.done():
            waiter.set_result(None)


def _key(pause: Pause) -> tuple[str, str, int]:
    return pause.name, pause.hook, pause.generation


class Pauses:
    """The pauses of one phase. `due` says which hooks a name has in it."""

    def __init__(
        self,
        context: Context,
        watch: PauseWatch,
        *,
        generation: int,
        due: Due,
    ) -> None:
        self._context = context
        self._ledger = context.ledger
        self._watch = watch
        self._generation = generation
        self._due = due

    def at(self, name: str, *hooks: str) -> Pause | None:
        """The pause to which a name comes at one of these hooks, to be written with what brings it
        there; None where it need not stop, or was already."""
        hook = next((hook for hook in self._due(name) if hook in hooks), "")
        if not hook or (name, hook) in self._ledger.pauses:
            return None
        return Pause(self._ledger.stack.id, name, hook, self._generation, self._context.clock.now())

    async def stop(self, row: Resource, hook: str) -> None:
        """Brings a row to a hook, if it has to stop there, and waits there."""
        pause = self.at(row.name, hook)
        if pause is not None:
            self._ledger.pause(row, pause)
        await self.rest(row, hook)

    async def rest(self, row: Resource, *hooks: str) -> None:
        """Waits at the hooks to which the row came, in an engine's earlier life perhaps."""
        for hook in hooks:
            pause = self._ledger.pauses.get((row.name, hook))
            if pause is not None and pause.state is not PauseState.OVER:
                await self._over(row, pause)

    async def _over(self, row: Resource, pause: Pause) -> None:
        await self._context.wait(self._watch.cleared(pause), begun=False)
        if self._context.stop.why is not None:
            raise Stopped
        present = self._ledger.rows[row.id]
        self._ledger.pause(present, replace(pause, state=PauseState.OVER))

"""Pauses at hooks: where the resources of a phase stop, and how they hear that they may go on.

That a resource came to a hook is written together with the state in which it came there; that it
may go on is written by whoever says so, and read here. Which hooks there are is `planning/hooks`'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from calor.engine.context import Context
from calor.engine.stop import Stopped
from calor.engine.watch import Watch
from calor.model.pause import Pause, PauseState
from calor.model.ports import Reads
from calor.model.resource import Resource
from calor.planning.hooks import Due


class PauseWatch(Watch[Pause, bool]):
    """Waits for resources of one stack at their hooks, until somebody says that they may go on."""

    def __init__(self, stack_id: str, reads: Reads) -> None:
        super().__init__()
        self._stack_id = stack_id
        self._reads = reads

    async def ask(self) -> Callable[[Pause], bool | None]:
        found = await self._reads.pauses(self._stack_id)
        cleared = {_key(pause): None for pause in found if pause.state is PauseState.CLEARED}
        return lambda pause: True if _key(pause) in cleared else None


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
        await self._context.wait(self._watch.wait(pause), begun=False)
        if self._context.stop.why is not None:
            raise Stopped
        present = self._ledger.rows[row.id]
        self._ledger.pause(present, replace(pause, state=PauseState.OVER))

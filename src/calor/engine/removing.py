"""Removing a thing, and then its row: safe to be cut anywhere and run again, as all steps.

When a thing may go, and in which order, is not known here.
"""

from __future__ import annotations

from collections.abc import Callable

from calor.base.records import evolve
from calor.engine.context import Context
from calor.engine.failing import Failing
from calor.engine.making import Making
from calor.engine.pauses import Pauses
from calor.model.resource import Resource
from calor.model.resource_type import ResourceType
from calor.model.states import Action, DeletionPolicy, Status
from calor.planning.decide import never_made
from calor.planning.hooks import POST_DELETE, PRE_DELETE


class Removing:
    """The removals of one run. `making` finds what a lost create made."""

    def __init__(
        self,
        context: Context,
        making: Making,
        pauses: Pauses,
        failing: Failing,
        *,
        type_of: Callable[[Resource], ResourceType | None],
    ) -> None:
        self._context = context
        self._ledger = context.ledger
        self._making = making
        self._pauses = pauses
        self._failing = failing
        self._type_of = type_of

    async def remove(self, row: Resource, policy: DeletionPolicy | None = None) -> None:
        """Removes the row's thing, and then the row; `policy` counts instead of the row's own."""
        if _may_stop(row):
            await self._pauses.stop(row, PRE_DELETE)
        type = self._type_of(row) or await self._context.nested.type_of(row)
        if row.external or (policy or row.deletion_policy).keeps or never_made(row):
            await self._forget(row)
            return
        if type is None:
            raise self._failing.failed(
                evolve(row, action=Action.DELETE), f"its type {row.type!r} is not installed"
            )
        deleting, committed = self._ledger.move(row, Action.DELETE, Status.IN_PROGRESS)
        if type.calls_cloud:
            await committed
        with self._failing.inside(deleting):
            if deleting.physical_id is None:
                deleting = await self._making.recovered(deleting, type)
            if deleting.physical_id is not None:
                work = self._context.work(deleting)
                await self._context.wait(type.delete(work))
                await self._context.wait(type.gone(work))
        await self._forget(deleting)

    async def _forget(self, row: Resource) -> None:
        """The row goes, for its thing is gone; after a hook that holds it here."""
        if (row.action, row.status) != (Action.DELETE, Status.COMPLETE):
            gone = evolve(row, action=Action.DELETE, status=Status.COMPLETE, reason="")
            pause = self._pauses.at(row.name, POST_DELETE) if _may_stop(row) else None
            if pause is None:
                self._ledger.put(events=(self._ledger.told(gone),), forgotten=(row.id,))
                return
            row = evolve(gone, physical_id=None, settled=False, calling=False)
            self._ledger.pause(row, pause, before=(self._ledger.told(gone),))
        await self._pauses.rest(row, POST_DELETE)
        self._ledger.put(forgotten=(row.id,))


def _may_stop(row: Resource) -> bool:
    """Whether it is a resource that people know: not what an earlier replacement left."""
    return not row.retired and not never_made(row)

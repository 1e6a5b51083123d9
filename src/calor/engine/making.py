"""Creating a thing once: the create call, and finding again what a lost one made.

The intent is committed before anything here runs; whether a thing that is found is ours, the
type's identity and `doubts` say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from calor.base.errors import HttpFault, LostAnswer, ResourceFailed
from calor.base.records import evolve
from calor.engine.context import Context
from calor.engine.doubts import Doubts, Kind
from calor.engine.twins import Twins
from calor.model.resource import Resource
from calor.model.resource_type import Made, ResourceType

CREATE_ATTEMPTS = 4
LOST_ANSWER_PAUSES = (0.0, 1.0, 4.0)
"""When a lost create is looked for: a server may still be at work on what nobody waits for."""
LATER_PAUSE = 8.0
"""Between further looks, until a call that left can't take effect any more."""


class Making:
    """The creates of one run. Calls of an earlier holder of the stack are under way until
    `quiet_at`, our own for `call_timeout` seconds."""

    def __init__(
        self,
        context: Context,
        *,
        doubts: Doubts,
        twins: Twins,
        quiet_at: float,
        call_timeout: float,
    ) -> None:
        self._context = context
        self._ledger = context.ledger
        self._clock = context.clock
        self._doubts = doubts
        self._twins = twins
        self._quiet_at = quiet_at
        self._call_timeout = call_timeout

    async def make(self, row: Resource, type: ResourceType) -> None:
        """Sends the create call until it is known to have made the thing."""
        for attempt in range(1, CREATE_ATTEMPTS + 1):
            try:
                left = self._clock.now()
                await self._create(row, type)
                return
            except (LostAnswer, HttpFault) as error:
                if not _may_have_made(error, attempt):
                    self._ledger.change(self._ledger.rows[row.id], calling=False)
                    raise
                # Who answers with an error is not at work on it any more.
                late = self._call_timeout if isinstance(error, LostAnswer) else 0.0
                found = await self._look_for(row, type, until=left + late)
                if found is not None:
                    return
                if attempt == CREATE_ATTEMPTS:
                    self._ledger.change(self._ledger.rows[row.id], calling=False)
                    raise
                await self._context.wait(self._clock.sleep(2.0**attempt / 2))

    async def _create(self, row: Resource, type: ResourceType) -> None:
        """The create call, and its result remembered."""
        if not type.calls_cloud:
            created = await type.create(self._context.work(row))
            self._ledger.remember(evolve(row, **_learnt(row, created)))
            return
        kind = self._kind(type)
        await kind.calm()
        with kind.creating():
            made, written = self.made(row, await type.create(self._context.work(row)))
            self._twins.made(type, self._context.work(made), written)

    def made(self, row: Resource, made: Made) -> tuple[Resource, asyncio.Future[None]]:
        """The row with the thing, and when that is written."""
        changed, written = self._ledger.change(row, **_learnt(row, made))
        self._doubts.kind(self._context.cloud.project_id, row.type).take(made.physical_id, written)
        return changed, written

    async def recovered(self, row: Resource, type: ResourceType) -> Resource:
        """A row whose create call may have left: with the thing that it made, or free to try."""
        until = max(self._quiet_at, row.intent_at + self._call_timeout)
        found = await self._look_for(row, type, until=until)
        if found is not None:
            return found
        return self._ledger.change(row, calling=False)[0]

    async def _look_for(
        self, row: Resource, type: ResourceType, *, until: float
    ) -> Resource | None:
        """The row with the thing that its lost create made; None when it made none, which is sure
        only after `until`. What nothing tells apart is shared out among those who look for it."""
        kind = self._kind(type)
        kind.enter(row)
        for pause in self._pauses(until, type):
            if pause:
                await self._context.wait(self._clock.sleep(pause))
            async with kind.looking():
                found = [
                    made
                    for made in await type.find(self._context.work(row))
                    if not kind.is_taken(made.physical_id)
                ]
                if len(found) > kind.alike(row):
                    listed = ", ".join(made.physical_id for made in found)
                    raise ResourceFailed(
                        f"the answer to its creation was lost, and several things could be it:"
                        f" {listed}; delete those that are not needed"
                    )
                if found:
                    kind.leave(row)
                    return self.made(row, found[0])[0]
        kind.leave(row)
        return None

    def _pauses(self, until: float, type: ResourceType) -> Iterator[float]:
        yield from LOST_ANSWER_PAUSES
        while not type.finds_at_once and self._clock.now() < until:
            yield LATER_PAUSE

    def _kind(self, type: ResourceType) -> Kind:
        return self._doubts.kind(self._context.cloud.project_id, type.name)


def _learnt(row: Resource, made: Made) -> dict[str, Any]:
    """What a row knows once its thing is made."""
    data = row.data if made.data is None else made.data
    return {"physical_id": made.physical_id, "data": data}


def _may_have_made(error: LostAnswer | HttpFault, attempt: int) -> bool:
    """Whether a create that ended so may have made the thing. A conflict may be with what an
    earlier attempt made after all."""
    if isinstance(error, LostAnswer) or error.status >= 500:
        return True
    return error.status == 409 and attempt > 1

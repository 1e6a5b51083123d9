"""Things that our create calls made when the stack was not ours any more.

A process that stood still may send a create call after its successor looked for one. Its write is
refused then; it compares what the row says with what it made, and deletes its own twin. It touches
nothing that a row has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog

from calor.base.clock import Clock
from calor.base.errors import CalorError, LeaseLost
from calor.model.cloud import Cloud
from calor.model.ports import Reads
from calor.model.resource_type import ResourceType, Work

log = structlog.get_logger(__name__)


class Twins:
    """Those of one run. `cloud` gives one that asks for no lease."""

    def __init__(
        self,
        *,
        reads: Reads,
        clock: Clock,
        cloud: Callable[[], Cloud],
        patience: float,
        pause: float,
    ) -> None:
        self._reads = reads
        self._clock = clock
        self._cloud = cloud
        self._patience = patience
        self._pause = pause
        self._made: dict[str, tuple[ResourceType, Work]] = {}

    def made(self, type: ResourceType, work: Work, written: asyncio.Future[None]) -> None:
        """A create call made the thing of `work`; `written` tells whether its row says so."""
        if type.finds_at_once:
            return
        row_id = work.resource.id
        self._made[row_id] = type, work

        def done(written: asyncio.Future[None]) -> None:
            refused = not written.cancelled() and isinstance(written.exception(), LeaseLost)
            if not refused:
                self._made.pop(row_id, None)

        written.add_done_callback(done)

    async def remove(self) -> None:
        """After the lease was lost: deletes what the successor made anew."""
        until = self._clock.monotonic() + self._patience
        while self._made:
            await self._compare()
            if not self._made or self._clock.monotonic() > until:
                break
            await self._clock.sleep(self._pause)
        for _, work in self._made.values():
            log.warning("nobody knows whose it is", thing=work.id, type=work.resource.type)

    async def _compare(self) -> None:
        stack_id = next(iter(self._made.values()))[1].stack.id
        rows = {row.id: row for row in await self._reads.resources(stack_id)}
        for row_id, (type, work) in list(self._made.items()):
            row = rows.get(row_id)
            if row is not None and row.physical_id is None:
                continue  # the successor has yet to find the thing, or to make it
            del self._made[row_id]
            if row is None or row.physical_id != work.id:
                await self._delete(type, work)

    async def _delete(self, type: ResourceType, work: Work) -> None:
        log.warning("a twin is deleted", thing=work.id, type=type.name)
        try:
            await type.delete(replace(work, cloud=self._cloud()))
        except CalorError as error:
            log.warning("a twin stays", thing=work.id, error=str(error))

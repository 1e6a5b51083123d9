"""The ports `Operations`, `Leases` and `Journal` over the writer. No SQL but what a claim loads."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from functools import partial

from calor.base.errors import CalorError
from calor.base.ids import Ids
from calor.model.ports import Claim, Entry, Lease
from calor.model.stack import NewOperation, Operation
from calor.store.accept import Accept
from calor.store.claimant import Claimant
from calor.store.clear import Clear
from calor.store.loads import Run
from calor.store.members import Release, Renew, Take, Taken
from calor.store.writer import Writer


class SqlOperations:
    """The `Operations` port."""

    def __init__(self, writer: Writer, ids: Ids) -> None:
        self._writer = writer
        self._ids = ids

    async def accept(self, new: NewOperation) -> Operation:
        operation: Operation = await self._writer.submit(Accept(new, self._ids.uuid()))
        return operation

    async def clear(self, stack_id: str, name: str, hook: str) -> bool:
        cleared: bool = await self._writer.submit(Clear(stack_id, name, hook))
        return cleared


class SqlJournal:
    """The `Journal` port."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def append(self, entry: Entry) -> Awaitable[None]:
        return self._writer.append(entry)


class SqlLeases:
    """The `Leases` port. `call_timeout` is how long a call to the cloud may take, in seconds."""

    def __init__(self, claimant: Claimant, *, call_timeout: float) -> None:
        self._claimant = claimant
        self._writer = claimant.writer
        self._call_timeout = call_timeout

    async def claim(self, holder: str, limit: int) -> list[Claim]:
        mine = self._claimant
        take = Take(holder, mine.life, limit, mine.duration)
        return await mine.claim(take, partial(self._load, holder))

    def _load(self, holder: str, taken: list[Taken], until: float) -> list[Claim]:
        now = self._claimant.clock.now()
        runs = self._runs([item.stack_id for item in taken])
        claims = []
        for item in taken:
            run = runs.get(item.stack_id)
            if run is None:
                continue
            quiet_at = 0.0
            if item.free_at:
                quiet_at = now + (item.free_at - item.asked_at) + self._call_timeout
            claims.append(
                Claim(
                    Lease(item.stack_id, holder, item.epoch, until),
                    run.stack,
                    run.operations,
                    run.resources,
                    run.last_event,
                    run.last_event_at,
                    quiet_at,
                    run.pauses,
                )
            )
        return claims

    def _runs(self, stack_ids: list[str]) -> dict[str, Run]:
        # Nobody but the holder writes what is read here, so it need not be the transaction that
        # took the leases; only operations may have arrived since, and those are welcome.
        with self._claimant.database.read() as connection:
            try:
                return self._claimant.loads.runs(connection, stack_ids)
            except CalorError:
                if len(stack_ids) == 1:
                    raise
        # One that can't be read (its key is lost, say) must not keep the others from running.
        loaded: dict[str, Run] = {}
        broken: CalorError | None = None
        for stack_id in stack_ids:
            try:
                loaded.update(self._runs([stack_id]))
            except CalorError as error:
                broken = error
        if broken is not None and not loaded:
            raise broken
        return loaded

    async def renew(self, leases: Sequence[Lease]) -> list[Lease]:
        if not leases:
            return []
        until = self._claimant.until()
        kept: list[Lease] = await self._writer.submit(Renew(tuple(leases), self._claimant.duration))
        return [replace(lease, until=until) for lease in kept]

    async def release(self, lease: Lease, *, unfinished: bool = False) -> bool:
        released: bool = await self._writer.submit(Release(lease, unfinished))
        return released

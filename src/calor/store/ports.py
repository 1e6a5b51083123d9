"""The ports `Operations`, `Leases` and `Journal` over the writer. No SQL but what a claim loads."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace

from calor.base.clock import Clock
from calor.base.errors import CalorError
from calor.base.executor import Executor
from calor.base.ids import Ids
from calor.model.ports import Claim, Entry, Lease
from calor.model.stack import NewOperation, Operation
from calor.store.accept import Accept
from calor.store.clear import Clear
from calor.store.database import Database
from calor.store.loads import Loads, Run
from calor.store.members import Append, Release, Renew, Take, Taken
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
        return self._writer.submit(Append(entry))


@dataclass(frozen=True, slots=True)
class Terms:
    """Seconds: how long a lease lasts, and how long a call to the cloud may."""

    lease_duration: float
    call_timeout: float


class SqlLeases:
    """The `Leases` port. `life` tells this process from earlier ones of the same holder."""

    def __init__(
        self,
        database: Database,
        *,
        writer: Writer,
        executor: Executor,
        loads: Loads,
        clock: Clock,
        life: str,
        terms: Terms,
    ) -> None:
        self._database = database
        self._writer = writer
        self._executor = executor
        self._loads = loads
        self._clock = clock
        self._life = life
        self._terms = terms

    async def claim(self, holder: str, limit: int) -> list[Claim]:
        until = self._clock.monotonic() + self._terms.lease_duration
        taken: list[Taken] = await self._writer.submit(
            Take(holder, self._life, limit, self._terms.lease_duration)
        )
        if not taken:
            return []
        now = self._clock.now()
        loaded = await self._executor.run(lambda: self._load([item.stack_id for item in taken]))
        claims = []
        for item in taken:
            run = loaded.get(item.stack_id)
            if run is None:
                continue
            quiet_at = 0.0
            if item.free_at:
                quiet_at = now + (item.free_at - item.asked_at) + self._terms.call_timeout
            lease = Lease(item.stack_id, holder, item.epoch, until)
            claims.append(
                Claim(
                    lease,
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

    def _load(self, stack_ids: list[str]) -> dict[str, Run]:
        # Nobody but the holder writes what is read here, so it need not be the transaction that
        # took the leases; only operations may have arrived since, and those are welcome.
        with self._database.read() as connection:
            try:
                return self._loads.runs(connection, stack_ids)
            except CalorError:
                if len(stack_ids) == 1:
                    raise
        # One that can't be read (its key is lost, say) must not keep the others from running.
        loaded: dict[str, Run] = {}
        broken: CalorError | None = None
        for stack_id in stack_ids:
            try:
                loaded.update(self._load([stack_id]))
            except CalorError as error:
                broken = error
        if broken is not None and not loaded:
            raise broken
        return loaded

    async def renew(self, leases: Sequence[Lease]) -> list[Lease]:
        if not leases:
            return []
        until = self._clock.monotonic() + self._terms.lease_duration
        kept: list[Lease] = await self._writer.submit(
            Renew(tuple(leases), self._terms.lease_duration)
        )
        return [replace(lease, until=until) for lease in kept]

    async def release(self, lease: Lease, *, unfinished: bool = False) -> bool:
        released: bool = await self._writer.submit(Release(lease, unfinished))
        return released

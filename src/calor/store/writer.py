"""Group commit: one writer, one transaction at a time, and no timer.

An idle writer commits at once; what arrives meanwhile is the next group. It knows members, not
what they mean, but for entries of the journal, of which it makes few members.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from calor.base.clock import Clock
from calor.base.errors import CalorError, LeaseLost
from calor.base.executor import Executor
from calor.model.bus import Bus
from calor.model.ports import Entry
from calor.store.codec import Codec
from calor.store.database import Database, failed
from calor.store.definitions import Definitions
from calor.store.group import Group, Member
from calor.store.members import Append

LARGEST_GROUP = 2000
"""Entries of the journal in one transaction; another member counts as one."""
TOLD_AT_ONCE = 64
"""The same, of those that are told in one turn of the event loop."""
PAUSES = (0.05, 0.2, 1.0)
"""Seconds before a group is tried again that the database did not take (a deadlock, say)."""


@dataclass(frozen=True, slots=True)
class Done:
    """Outcomes in the order of the members (an exception is one too), and what to wake."""

    outcomes: list[Any]
    wakes: tuple[tuple[str, str], ...]


class Writer:
    """Queues members and commits them in groups, in the order in which they came."""

    def __init__(
        self,
        database: Database,
        *,
        executor: Executor,
        clock: Clock,
        bus: Bus,
        codec: Codec,
        definitions: Definitions,
    ) -> None:
        self._database = database
        self._executor = executor
        self._clock = clock
        self._bus = bus
        self._codec = codec
        self._definitions = definitions
        self._queue: list[tuple[Member, asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None
        self._outcomes: deque[tuple[asyncio.Future[Any], Any, int]] = deque()
        self._telling = False
        self._untidy = False
        self._broken: dict[str, int] = {}

    def submit(self, member: Member) -> asyncio.Future[Any]:
        """Queues a member; the future has its outcome once it is committed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._queue.append((member, future))
        if self._task is None:
            self._task = loop.create_task(self._drain())
        return future

    def append(self, entry: Entry) -> asyncio.Future[None]:
        """Queues a journal entry, as one with what its stack queued just before, where it can be:
        steps write thousands."""
        if self._queue:
            last, future = self._queue[-1]
            if isinstance(last, Append) and not future.done() and last.takes(entry):
                return future
        return self.submit(Append(entry))

    async def settle(self) -> None:
        """Waits until all that was queued is written."""
        while self._task is not None:
            await asyncio.shield(self._task)

    async def tidy(self) -> None:
        """Cleans up after what was written, if nobody writes at the moment."""
        if self._untidy and self._task is None:
            self._untidy = False
            tidied = False
            try:
                tidied = await self._executor.run(self._database.tidy)
            finally:
                self._untidy = self._untidy or not tidied

    async def _drain(self) -> None:
        self._untidy = True
        try:
            while self._queue:
                count = _fitting(self._queue)
                batch = self._queue[:count]
                del self._queue[:count]
                done = await self._write([member for member, _ in batch])
                self._outcomes.extend(
                    (future, outcome, _size(member))
                    for (member, future), outcome in zip(batch, done.outcomes, strict=True)
                )
                if not self._telling:
                    self._tell_some()
                for topic, key in done.wakes:
                    self._bus.wake(topic, key)
        finally:
            self._task = None

    def _tell_some(self) -> None:
        """Tells outcomes, in order. Whoever hears of theirs goes on: a thousand in one turn of the
        event loop would hold up everybody else."""
        told = 0
        while self._outcomes and told < TOLD_AT_ONCE:
            future, outcome, size = self._outcomes.popleft()
            _tell(future, outcome)
            told += size
        self._telling = bool(self._outcomes)
        if self._telling:
            asyncio.get_running_loop().call_soon(self._tell_some)

    async def _write(self, members: list[Member]) -> Done:
        """All members in one transaction; one by one when the database refuses that."""
        for pause in (*PAUSES, None):
            try:
                return await self._executor.run(partial(self._commit, members))
            except OperationalError as error:
                if pause is None:
                    return self._failed(members, error)
                await self._clock.sleep(pause)
            except Exception as error:
                if len(members) > 1:
                    return await self._one_by_one(members)
                return await self._alone(members[0], error)
        raise AssertionError("the last pause is None")

    async def _one_by_one(self, members: list[Member]) -> Done:
        """Finds those members that the database refuses: each is a group of its own."""
        outcomes: list[Any] = []
        wakes: dict[tuple[str, str], None] = {}
        for member in members:
            done = await self._write([member])
            outcomes.extend(done.outcomes)
            wakes.update(dict.fromkeys(done.wakes))
        return Done(outcomes, tuple(wakes))

    async def _alone(self, member: Member, error: Exception) -> Done:
        """Once more, when another process may have inserted the same: then it is seen now. Of
        entries that were queued as one, those before the one that is refused are written."""
        if isinstance(member, Append) and len(member.entries) > 1:
            done = await self._one_by_one([Append(entry) for entry in member.entries])
            refused = [outcome for outcome in done.outcomes if outcome is not None]
            return Done(refused[:1] or [None], done.wakes)
        if isinstance(error, IntegrityError):
            try:
                return await self._executor.run(partial(self._commit, [member]))
            except Exception as again:
                return self._failed([member], again)
        return self._failed([member], error)

    def _failed(self, members: Sequence[Member], error: Exception) -> Done:
        """An entry that can't be written would leave a gap in its stack's history, so that its
        lease counts as lost: the next holder starts from what is true."""
        reason = error
        if isinstance(error, SQLAlchemyError):
            reason = failed(error)
            reason.__cause__ = error
        outcomes: list[Any] = []
        for member in members:
            if isinstance(member, Append):
                lease = member.lease
                self._broken[lease.stack_id] = lease.epoch
                lost = LeaseLost(f"the stack {lease.stack_id} can't be written: {reason}")
                lost.__cause__ = error
                outcomes.append(lost)
            else:
                outcomes.append(reason)
        return Done(outcomes, ())

    # --- in the executor --------------------------------------------------------------------

    def _commit(self, members: Sequence[Member]) -> Done:
        with self._database.write() as connection:
            group = Group(
                connection,
                self._database.statements,
                codec=self._codec,
                definitions=self._definitions,
                now=self._clock.now(),
            )
            for member in members:
                member.wants(group)
            group.load()
            outcomes = [self._check(member, group) for member in members]
            group.flush()
            for index, member in enumerate(members):
                if not isinstance(outcomes[index], CalorError):
                    outcomes[index] = member.finish(group, outcomes[index])
        self._definitions.committed(group.texts)
        return Done(outcomes, tuple(group.wakes))

    def _check(self, member: Member, group: Group) -> Any:
        if isinstance(member, Append):
            lease = member.lease
            if self._broken and self._broken.get(lease.stack_id) == lease.epoch:
                return LeaseLost(f"an earlier entry of the stack {lease.stack_id} was not written")
        try:
            return member.check(group)
        except CalorError as error:
            return error


def _size(member: Member) -> int:
    return len(member.entries) if isinstance(member, Append) else 1


def _fitting(queue: Sequence[tuple[Member, asyncio.Future[Any]]]) -> int:
    """How many members, from the first on, make one group; at least one."""
    size = 0
    for index, (member, _) in enumerate(queue):
        size += _size(member)
        if size > LARGEST_GROUP:
            return max(index, 1)
    return len(queue)


def _tell(future: asyncio.Future[Any], outcome: Any) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
        future.exception()  # nobody need await it, and then nobody complains either
    else:
        future.set_result(outcome)

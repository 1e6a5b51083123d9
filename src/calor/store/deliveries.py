"""The `Deliveries` port: how far the events of stacks got on their way to sinks, and who brings
them. It knows no kind of sink.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from calor.model.sink import Delivery
from calor.model.stack import Sink
from calor.store import schema
from calor.store.claimant import Claimant
from calor.store.codec import check_format
from calor.store.group import Group

_NEWEST = "(SELECT MAX(number) FROM events WHERE events.stack_id = deliveries.stack_id)"
_MINE = "stack_id = ? AND sink = ? AND holder = ? AND life = ?"


class _Member:
    """Deliveries are their own locks: nothing else of a group looks at them."""

    __slots__ = ()

    def wants(self, group: Group) -> None:
        pass

    def check(self, group: Group) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Take(_Member):
    """The outcome: the rows that were taken."""

    holder: str
    life: str
    limit: int
    duration: float
    stack_ids: tuple[str, ...] | None

    def finish(self, group: Group, outcome: None) -> list[Any]:
        words, values = group.sql.words, [self.holder, self.life]
        among = ""
        if self.stack_ids is not None:
            among = f" AND stack_id IN ({', '.join('?' * len(self.stack_ids))})"
            values += self.stack_ids
        columns = ", ".join(column.name for column in schema.deliveries.columns)
        found: list[Any] = list(
            group.sql.run(
                group.connection,
                f"SELECT {columns} FROM deliveries"
                f" WHERE (expires_at <= {words.now} OR (holder = ? AND life <> ?)){among}"
                f" AND reached < COALESCE(ends_with, {_NEWEST}, 0)"
                f" ORDER BY stack_id, sink LIMIT {self.limit:d}{words.lock_free}",
                values,
            )
        )
        for row in found:
            group.sql.run(
                group.connection,
                f"UPDATE deliveries SET holder = ?, life = ?, expires_at = {words.now} + ?"
                " WHERE stack_id = ? AND sink = ?",
                (self.holder, self.life, self.duration, row.stack_id, row.sink),
            )
        return found


@dataclass(frozen=True, slots=True)
class Advance(_Member):
    """The outcome: (ends_with,), or None when it does not go on. A delivery after which nothing
    can come ends here."""

    mine: tuple[str, str, str, str]
    reached: int
    duration: float

    def finish(self, group: Group, outcome: None) -> tuple[int | None] | None:
        group.sql.run(
            group.connection,
            f"UPDATE deliveries SET reached = ?, expires_at = {group.sql.words.now} + ?"
            f" WHERE {_MINE}",
            (self.reached, self.duration, *self.mine),
        )
        group.sql.run(
            group.connection,
            f"DELETE FROM deliveries WHERE {_MINE} AND (reached >= ends_with"
            f" OR (reached >= {_NEWEST} AND EXISTS (SELECT 1 FROM stacks"
            " WHERE stacks.id = deliveries.stack_id AND deleted_at IS NOT NULL)))",
            self.mine,
        )
        left = group.sql.run(
            group.connection, f"SELECT ends_with FROM deliveries WHERE {_MINE}", self.mine
        ).first()
        return (left[0],) if left is not None else None


@dataclass(frozen=True, slots=True)
class Release(_Member):
    """Gives a delivery back, if it is still the holder's."""

    mine: tuple[str, str, str, str]

    def finish(self, group: Group, outcome: None) -> None:
        group.sql.run(
            group.connection,
            f"UPDATE deliveries SET holder = '', life = '', expires_at = 0 WHERE {_MINE}",
            self.mine,
        )


@dataclass(frozen=True, slots=True)
class Over(_Member):
    """A root that is gone says in its `sinks` whether something of it was still to be brought:
    who empties that drops the delegation, and nobody else."""

    root_id: str

    def finish(self, group: Group, outcome: None) -> bool:
        found = group.sql.run(
            group.connection,
            "SELECT id FROM stacks WHERE id = ? AND deleted_at IS NOT NULL AND sinks IS NOT NULL"
            f"{group.sql.words.lock}",
            (self.root_id,),
        ).first()
        if found is None:
            return False
        left = group.sql.run(
            group.connection, "SELECT 1 FROM deliveries WHERE root_id = ? LIMIT 1", (self.root_id,)
        ).first()
        if left is not None:
            return False
        gone = {"sinks": None}
        group.sql.update(group.connection, schema.stacks, gone, where="id", values=[self.root_id])
        return True


class SqlDeliveries:
    """The `Deliveries` port."""

    def __init__(self, claimant: Claimant) -> None:
        self._claimant = claimant
        self._writer = claimant.writer

    async def claim(
        self, holder: str, limit: int, *, stack_ids: Sequence[str] | None = None
    ) -> list[Delivery]:
        mine = self._claimant
        only = None if stack_ids is None else tuple(stack_ids)
        take = Take(holder, mine.life, limit, mine.duration, only)
        return await mine.claim(take, partial(self._load, holder))

    def _load(self, holder: str, taken: list[Any], until: float) -> list[Delivery]:
        loads = self._claimant.loads
        with self._claimant.database.read() as connection:
            ids = list(dict.fromkeys(row.stack_id for row in taken))
            found = loads.named(connection, schema.stacks, "id", ids)
            stacks = {item.id: item for item in loads.stacks(connection, found, whole=False)}
        deliveries = []
        for row in taken:
            check_format(row.settings_format, "an event sink")
            deliveries.append(
                Delivery(
                    key=row.sink,
                    stack=stacks[row.stack_id],
                    sink=Sink(row.kind, json.loads(row.settings)),
                    reached=row.reached,
                    ends_with=row.ends_with,
                    holder=holder,
                    until=until,
                )
            )
        return deliveries

    async def advance(self, delivery: Delivery, reached: int) -> Delivery | None:
        until = self._claimant.until()
        left = await self._writer.submit(
            Advance(self._mine(delivery), reached, self._claimant.duration)
        )
        if left is None:
            return None
        return replace(delivery, reached=reached, ends_with=left[0], until=until)

    async def release(self, delivery: Delivery) -> None:
        await self._writer.submit(Release(self._mine(delivery)))

    async def over(self, root_id: str) -> bool:
        over: bool = await self._writer.submit(Over(root_id))
        return over

    def _mine(self, delivery: Delivery) -> tuple[str, str, str, str]:
        return (delivery.stack.id, delivery.key, delivery.holder, self._claimant.life)

"""Delegations as rows: the members that change them, and the `Trusts` port.

It counts the stacks that use a delegation; it never talks to Keystone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from calor.base.executor import Executor
from calor.base.ids import Ids
from calor.model.ports import Sealed, Trust
from calor.store import schema
from calor.store.codec import FORMAT, Codec, check_format
from calor.store.database import Database
from calor.store.group import Group
from calor.store.writer import Writer


def trust(row: Any, codec: Codec) -> Trust:
    """The delegation in a row."""
    check_format(row.roles_format, "a delegation")
    trust_id = codec.open(Sealed(row.key_id, row.sealed)) if row.sealed else ""
    return Trust(
        id=row.id,
        user_id=row.user_id,
        project_id=row.project_id,
        roles=tuple(json.loads(row.roles)),
        trust_id=trust_id,
        stacks=row.stacks,
        created_at=row.created_at,
    )


def _scope(user_id: str, project_id: str, roles: Sequence[str]) -> str:
    text = json.dumps([user_id, project_id, sorted(roles)])
    return hashlib.sha256(text.encode()).hexdigest()


class _TrustMember:
    """Delegations are few: each change is its own statement."""

    __slots__ = ()

    def wants(self, group: Group) -> None:
        pass

    def check(self, group: Group) -> None:
        return None

    @staticmethod
    def _row(group: Group, column: str, value: str) -> Trust | None:
        columns = ", ".join(item.name for item in schema.trusts.columns)
        found = group.sql.run(
            group.connection,
            f"SELECT {columns} FROM trusts WHERE {column} = ?{group.sql.words.lock}",
            (value,),
        ).one_or_none()
        return trust(found, group.codec) if found is not None else None

    @staticmethod
    def _change(group: Group, trust_id: str, changes: dict[str, Any]) -> None:
        group.sql.update(group.connection, schema.trusts, changes, where="id", values=[trust_id])


@dataclass(frozen=True, slots=True)
class UseTrust(_TrustMember):
    user_id: str
    project_id: str
    roles: tuple[str, ...]
    new_id: str

    def finish(self, group: Group, outcome: None) -> Trust:
        scope = _scope(self.user_id, self.project_id, self.roles)
        found = self._row(group, "scope", scope)
        if found is not None:
            self._change(group, found.id, {"stacks": found.stacks + 1, "used_at": group.now})
            return replace(found, stacks=found.stacks + 1)
        made = Trust(self.new_id, self.user_id, self.project_id, self.roles, "", 1, group.now)
        row = (
            made.id,
            scope,
            made.user_id,
            made.project_id,
            json.dumps(made.roles),
            FORMAT,
            None,
            None,
            1,
            made.created_at,
            group.now,
        )
        group.sql.insert(group.connection, schema.trusts, [row])
        return made


@dataclass(frozen=True, slots=True)
class SetTrust(_TrustMember):
    id: str
    trust_id: str

    def finish(self, group: Group, outcome: None) -> None:
        sealed = group.codec.seal(self.trust_id)
        changes = {"sealed": sealed.text, "key_id": sealed.key_id}
        self._change(group, self.id, changes)


@dataclass(frozen=True, slots=True)
class UnuseTrust(_TrustMember):
    id: str

    def finish(self, group: Group, outcome: None) -> Trust | None:
        found = self._row(group, "id", self.id)
        if found is None or found.stacks <= 0:
            return found
        left = found.stacks - 1
        self._change(group, self.id, {"stacks": left} if left else {"stacks": 0, "scope": None})
        return replace(found, stacks=0) if not left else None


@dataclass(frozen=True, slots=True)
class RecountTrusts(_TrustMember):
    """A process that died between counting and its stack's transaction left a count too high."""

    before: float

    def finish(self, group: Group, outcome: None) -> None:
        group.sql.run(
            group.connection,
            "UPDATE trusts SET stacks = (SELECT COUNT(*) FROM stacks"
            " WHERE stacks.trust = trusts.id AND (stacks.live_name IS NOT NULL OR"
            # Its last events are still to be brought.
            " EXISTS (SELECT 1 FROM deliveries WHERE deliveries.root_id = stacks.id)))"
            " WHERE used_at < ?",
            (self.before,),
        )
        group.sql.run(
            group.connection,
            "UPDATE trusts SET scope = NULL WHERE stacks = 0 AND used_at < ?",
            (self.before,),
        )


@dataclass(frozen=True, slots=True)
class ForgetTrust(_TrustMember):
    id: str

    def finish(self, group: Group, outcome: None) -> None:
        group.sql.delete(group.connection, schema.trusts, where="id", values=[self.id])


class SqlTrusts:
    """The `Trusts` port. A delegation that its last stack left is not used again: whoever comes
    next gets a new row, while the old one waits for `forget`."""

    def __init__(
        self, database: Database, *, writer: Writer, executor: Executor, codec: Codec, ids: Ids
    ) -> None:
        self._database = database
        self._writer = writer
        self._executor = executor
        self._codec = codec
        self._ids = ids

    async def use(self, user_id: str, project_id: str, roles: tuple[str, ...]) -> Trust:
        used: Trust = await self._writer.submit(
            UseTrust(user_id, project_id, tuple(sorted(roles)), self._ids.uuid())
        )
        return used

    async def set_trust(self, id: str, trust_id: str) -> None:
        await self._writer.submit(SetTrust(id, trust_id))

    async def unuse(self, id: str) -> Trust | None:
        last: Trust | None = await self._writer.submit(UnuseTrust(id))
        return last

    async def get(self, id: str) -> Trust | None:
        found = await self._read(sa.select(schema.trusts).where(schema.trusts.c.id == id))
        return found[0] if found else None

    async def forget(self, id: str) -> None:
        await self._writer.submit(ForgetTrust(id))

    async def recount(self, before: float) -> None:
        await self._writer.submit(RecountTrusts(before))

    async def all(self) -> list[Trust]:
        table = schema.trusts
        return await self._read(sa.select(table).order_by(table.c.created_at, table.c.id))

    async def _read(self, query: sa.Select[Any]) -> list[Trust]:
        def read() -> list[Trust]:
            with self._database.read() as connection:
                return [trust(row, self._codec) for row in connection.execute(query)]

        return await self._executor.run(read)

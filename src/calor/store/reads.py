"""The `Reads` port: questions that see what is committed. It writes nothing and takes no lease."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from calor.base.errors import InvalidInput
from calor.base.executor import Executor
from calor.model.exports import Export, Import
from calor.model.pause import Pause, PauseState
from calor.model.plan import Plan
from calor.model.ports import EventFilter, StackFilter
from calor.model.resource import Event, Resource
from calor.model.stack import Operation, Stack
from calor.model.states import Action, Status
from calor.store import filters, rows, schema
from calor.store.codec import Codec, check_format
from calor.store.database import Database
from calor.store.loads import Loads
from calor.store.statements import padded

T = TypeVar("T")

_ACTIONS = {item.value: item for item in Action}
_STATUSES = {item.value: item for item in Status}

_stacks, _events, _resources = schema.stacks, schema.events, schema.resources
_exports, _imports = schema.exports, schema.imports

_NAMED = (
    sa.select(_stacks)
    .where(
        _stacks.c.project_id == sa.bindparam("project_id"),
        _stacks.c.name == sa.bindparam("name"),
        _stacks.c.deleted_at.is_(None),
    )
    .order_by(_stacks.c.depth, _stacks.c.created_at.desc(), _stacks.c.id)
    .limit(1)
)
_ALL_CHILDREN = (
    sa.select(_stacks)
    .where(_stacks.c.parent_id == sa.bindparam("id"))
    .order_by(_stacks.c.created_at, _stacks.c.id)
)
_CHILDREN = _ALL_CHILDREN.where(_stacks.c.deleted_at.is_(None))
_CHILD = (
    sa.select(_stacks)
    .where(_stacks.c.resource_id == sa.bindparam("id"))
    # The one that lives, if there is one, else the newest.
    .order_by(sa.case((_stacks.c.deleted_at.is_(None), 0), else_=1), _stacks.c.created_at.desc())
    .limit(1)
)
_CHILD_STATES = (
    sa.select(_stacks.c.id, _stacks.c.action, _stacks.c.status, _stacks.c.reason)
    .where(_stacks.c.parent_id == sa.bindparam("id"))
    .order_by(_stacks.c.created_at, _stacks.c.id)
)
_RESOURCES = (
    sa.select(_resources)
    .where(_resources.c.stack_id == sa.bindparam("id"))
    .order_by(_resources.c.name, _resources.c.incarnation)
)
_COUNT_RESOURCES = (
    sa.select(sa.func.count())
    .select_from(_resources.join(_stacks, _resources.c.stack_id == _stacks.c.id))
    .where(_stacks.c.root_id == sa.bindparam("id"))
)
_OPERATIONS = (
    sa.select(schema.operations)
    .where(
        schema.operations.c.stack_id == sa.bindparam("id"),
        schema.operations.c.finished_at.is_(None),
    )
    .order_by(schema.operations.c.generation)
)
_PAUSES = (
    sa.select(schema.pauses)
    .where(schema.pauses.c.stack_id == sa.bindparam("id"))
    .order_by(schema.pauses.c.name, schema.pauses.c.hook)
)
_PAUSED = (
    sa.select(schema.pauses)
    .join(_stacks, schema.pauses.c.stack_id == _stacks.c.id)
    .where(
        _stacks.c.root_id == sa.bindparam("id"),
        schema.pauses.c.generation == _stacks.c.generation,
        schema.pauses.c.state == PauseState.WAITS.value,
    )
    .order_by(schema.pauses.c.stack_id, schema.pauses.c.name, schema.pauses.c.hook)
)
_EVENT = sa.select(_events).where(
    _events.c.stack_id == sa.bindparam("id"), _events.c.id == sa.bindparam("event_id")
)
_EXPORTS = (
    sa.select(_exports, _stacks.c.root_id, _stacks.c.name.label("stack_name"))
    .select_from(_exports.join(_stacks, _exports.c.stack_id == _stacks.c.id))
    .order_by(_exports.c.name)
)
_IMPORTS = (
    sa.select(_imports.c.name, _imports.c.stack_id, _stacks.c.root_id, _stacks.c.name)
    .select_from(_imports.join(_stacks, _imports.c.stack_id == _stacks.c.id))
    .order_by(_imports.c.name, _stacks.c.name, _stacks.c.id)
)
_PLAN = sa.select(schema.plans).where(schema.plans.c.stack_id == sa.bindparam("id"))


class SqlReads:
    """The `Reads` port."""

    def __init__(
        self, database: Database, *, executor: Executor, codec: Codec, loads: Loads
    ) -> None:
        self._database = database
        self._executor = executor
        self._codec = codec
        self._loads = loads

    async def _run(self, question: Callable[[Connection], T]) -> T:
        def ask() -> T:
            with self._database.read() as connection:
                return question(connection)

        return await self._executor.run(ask)

    # --- stacks -----------------------------------------------------------------------------

    async def stack(self, stack_id: str) -> Stack | None:
        # The question of everybody who waits for a stack.
        def ask(connection: Connection) -> list[Stack]:
            found = self._loads.named(connection, _stacks, "id", [stack_id])
            return self._loads.stacks(connection, found)

        found = await self._run(ask)
        return found[0] if found else None

    async def stack_named(self, project_id: str, name: str) -> Stack | None:
        return await self._one(_NAMED, {"project_id": project_id, "name": name})

    async def child_of(self, resource_id: str) -> Stack | None:
        return await self._one(_CHILD, {"id": resource_id})

    async def children(self, stack_id: str, *, deleted: bool = False) -> list[Stack]:
        return await self._many(_ALL_CHILDREN if deleted else _CHILDREN, {"id": stack_id})

    async def _one(self, query: sa.Select[Any], values: Mapping[str, str]) -> Stack | None:
        found = await self._many(query, values)
        return found[0] if found else None

    async def _many(self, query: sa.Select[Any], values: Mapping[str, str]) -> list[Stack]:
        def ask(connection: Connection) -> list[Stack]:
            found = connection.execute(query, values).fetchall()
            return self._loads.stacks(connection, found)

        return await self._run(ask)

    async def stacks(self, wanted: StackFilter) -> list[Stack]:
        """Raises InvalidInput for an unknown filter, sort key or marker."""
        keys = filters.order(wanted)
        query = sa.select(_stacks).where(*filters.stack_conditions(wanted))
        query = query.order_by(*(c.desc() if down else c.asc() for c, down in keys))
        if wanted.limit is not None:
            query = query.limit(wanted.limit)

        def ask(connection: Connection) -> list[Stack]:
            paged = query
            if wanted.marker is not None:
                columns = [column for column, _ in keys]
                at = sa.select(*columns).where(_stacks.c.id == wanted.marker)
                marker = connection.execute(at).one_or_none()
                if marker is None:
                    raise InvalidInput(
                        f"The marker {wanted.marker!r} is no stack.",
                        hint="use the id of the last stack of the page before",
                    )
                paged = query.where(filters.beyond(keys, tuple(marker)))
            found = connection.execute(paged).fetchall()
            return self._loads.stacks(connection, found, whole=False)

        return await self._run(ask)

    async def count_stacks(self, wanted: StackFilter) -> int:
        query = sa.select(sa.func.count()).select_from(_stacks)
        query = query.where(*filters.stack_conditions(wanted))
        return await self._run(lambda connection: connection.execute(query).scalar_one())

    async def child_states(self, parent_id: str) -> Mapping[str, tuple[Action, Status, str]]:
        def ask(connection: Connection) -> dict[str, tuple[Action, Status, str]]:
            found = connection.execute(_CHILD_STATES, {"id": parent_id}).fetchall()
            return {row[0]: (_ACTIONS[row[1]], _STATUSES[row[2]], row[3]) for row in found}

        return await self._run(ask)

    async def generations(self, stack_ids: Sequence[str]) -> Mapping[str, int]:
        if not stack_ids:
            return {}

        def ask(connection: Connection) -> dict[str, int]:
            columns = ("id", "generation")
            found = self._database.statements.select(
                connection, _stacks, columns, where="id", values=stack_ids
            )
            known = {row[0]: row[1] for row in found}
            return {stack_id: known[stack_id] for stack_id in stack_ids if stack_id in known}

        return await self._run(ask)

    # --- what belongs to a stack ------------------------------------------------------------

    async def resources(self, stack_id: str) -> list[Resource]:
        def ask(connection: Connection) -> list[Resource]:
            found = connection.execute(_RESOURCES, {"id": stack_id})
            return [rows.resource(row, self._codec) for row in found]

        return await self._run(ask)

    async def count_resources(self, root_id: str) -> int:
        return await self._run(
            lambda connection: connection.execute(_COUNT_RESOURCES, {"id": root_id}).scalar_one()
        )

    async def events(self, stack_id: str, wanted: EventFilter) -> list[Event]:
        """Raises InvalidInput for an unknown filter."""
        number = _events.c.number
        query = sa.select(_events).where(
            _events.c.stack_id == stack_id, *filters.event_conditions(wanted)
        )
        query = query.order_by(number.desc() if wanted.newest_first else number)
        if wanted.limit is not None:
            query = query.limit(wanted.limit)

        return await self._run(
            lambda connection: [rows.event(row) for row in connection.execute(query)]
        )

    async def event(self, stack_id: str, event_id: str) -> Event | None:
        def ask(connection: Connection) -> Event | None:
            values = {"id": stack_id, "event_id": event_id}
            found = connection.execute(_EVENT, values).first()
            return rows.event(found) if found is not None else None

        return await self._run(ask)

    async def operations(self, stack_id: str) -> list[Operation]:
        def ask(connection: Connection) -> list[Operation]:
            found = connection.execute(_OPERATIONS, {"id": stack_id})
            return [rows.operation(row) for row in found]

        return await self._run(ask)

    async def pauses(self, stack_id: str) -> list[Pause]:
        return await self._pauses(_PAUSES, stack_id)

    async def paused(self, root_id: str) -> list[Pause]:
        return await self._pauses(_PAUSED, root_id)

    async def _pauses(self, query: sa.Select[Any], id: str) -> list[Pause]:
        return await self._run(
            lambda connection: [rows.pause(row) for row in connection.execute(query, {"id": id})]
        )

    async def plan(self, stack_id: str) -> tuple[int, Plan] | None:
        def ask(connection: Connection) -> tuple[int, Plan] | None:
            found = connection.execute(_PLAN, {"id": stack_id}).one_or_none()
            if found is None:
                return None
            check_format(found.body_format, "a plan")
            return found.generation, rows.plan(found.body)

        return await self._run(ask)

    # --- what stacks share ------------------------------------------------------------------

    async def exports(self, project_id: str, names: Sequence[str] | None = None) -> list[Export]:
        query = _EXPORTS.where(_exports.c.project_id == project_id)
        if names is not None:
            query = query.where(_exports.c.name.in_(names))

        def ask(connection: Connection) -> list[Export]:
            return [rows.export(row, self._codec) for row in connection.execute(query)]

        return await self._run(ask)

    async def imports(self, project_id: str, names: Sequence[str]) -> list[Import]:
        query = _IMPORTS.where(_imports.c.project_id == project_id, _imports.c.name.in_(names))

        def ask(connection: Connection) -> list[Import]:
            return [Import(*row) for row in connection.execute(query)]

        return await self._run(ask)

    # --- the whole store --------------------------------------------------------------------

    async def known(self, physical_ids: Sequence[str]) -> list[str]:
        if not physical_ids:
            return []

        def ask(connection: Connection) -> list[str]:
            found: dict[str, None] = {}
            for piece in padded(physical_ids):
                marks = ", ".join("?" * len(piece))
                for row in self._database.statements.run(
                    connection,
                    f"SELECT DISTINCT physical_id FROM resources WHERE physical_id IN ({marks})",
                    piece,
                ):
                    found[row[0]] = None
            return [item for item in physical_ids if item in found]

        return await self._run(ask)

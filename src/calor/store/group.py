"""One transaction of the writer: what its members want to change, merged, then written.

It knows rows and locks. Which change is allowed is for the members to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from calor.model.pause import Pause
from calor.model.plan import Plan
from calor.model.resource import Event, Resource
from calor.model.stack import Operation, Sink
from calor.store import rows, schema
from calor.store.codec import FORMAT, Codec
from calor.store.definitions import Definitions
from calor.store.sharing import Sharing
from calor.store.sinks import SinkChange, delivery_row
from calor.store.statements import Row, Statements, padded


@dataclass(slots=True)
class LeaseState:
    """A lease's row as it will be after the group."""

    epoch: int
    holder: str
    life: str
    waiting_since: float | None


@dataclass(slots=True)
class StackState:
    """What members must know of a stack's row, as it will be after the group."""

    generation: int
    action: str
    definition: str
    settled: str | None
    parent_id: str | None
    shares: bool
    deleted_at: float | None
    sinks: str | None = None
    settled_sinks: str | None = None


class Member(Protocol):
    """Something to be written. It belongs to one group and has one outcome."""

    def wants(self, group: Group) -> None:
        """Names the rows that `check` looks at; they are locked before any `check`."""
        ...

    def check(self, group: Group) -> Any:
        """Raises a CalorError and changes nothing, or adds its changes. Returns the outcome."""
        ...

    def finish(self, group: Group, outcome: Any) -> Any:
        """After all changes are written, before the commit: the final outcome."""
        ...


class Group:
    """The working state of one transaction."""

    def __init__(
        self,
        connection: Connection,
        statements: Statements,
        *,
        codec: Codec,
        definitions: Definitions,
        now: float,
    ) -> None:
        self.connection = connection
        self.sql = statements
        self.codec = codec
        self.definitions = definitions
        self.now = now
        self.sharing = Sharing(connection, statements, codec)
        self.leases: dict[str, LeaseState] = {}
        self.stacks: dict[str, StackState] = {}
        self.names: dict[tuple[str, str], str] = {}
        """Live top-level stacks by project and name, of the names that members asked for."""
        self.children: dict[str, str] = {}
        """Live nested stacks by resource row, of the rows that members asked for."""
        self.texts: dict[str, object] = {}
        self.wakes: dict[tuple[str, str], None] = {}
        """Topics and keys to wake after the commit, in order."""
        self.newest: dict[str, Operation] = {}
        """The last operation that this group adds to a stack."""
        self._want_leases: dict[str, None] = {}
        self._want_stacks: dict[str, None] = {}
        self._want_names: dict[tuple[str, str], None] = {}
        self._want_children: dict[str, None] = {}
        self._new_stacks: list[Row] = []
        self._stack_changes: dict[str, dict[str, Any]] = {}
        self._tags: dict[str, tuple[str, ...]] = {}
        self._new_leases: dict[str, Row] = {}
        self._new_operations: list[Row] = []
        self._operation_changes: list[Operation] = []
        self._finished: dict[str, None] = {}
        self._ended_stacks: dict[str, None] = {}
        self._waiting: dict[str, None] = {}
        self._resources: dict[str, Resource | None] = {}
        self._events: list[Event] = []
        self._plans: dict[str, tuple[int, Plan]] = {}
        self._pauses: dict[tuple[str, str, str], Pause] = {}
        self._unpaused: dict[str, None] = {}
        self._deliveries: list[Row] = []
        self._new_sinks: dict[str, str] = {}

    # --- what is wanted, and loading it -----------------------------------------------------

    def want_lease(self, stack_id: str) -> None:
        self._want_leases[stack_id] = None

    def want_stack(self, stack_id: str) -> None:
        self._want_stacks[stack_id] = None

    def want_name(self, project_id: str, name: str) -> None:
        self._want_names[project_id, name] = None

    def want_child(self, resource_id: str) -> None:
        self._want_children[resource_id] = None

    def load(self) -> None:
        """Locks and reads what members want: leases first, then stacks, in order of ids."""
        self._load_children()
        self._load_leases()
        self._load_names()
        self._load_stacks()

    def _load_children(self) -> None:
        columns = ("id", "live_resource_id")
        for stack_id, resource_id in self.sql.select(
            self.connection,
            schema.stacks,
            columns,
            where="live_resource_id",
            values=list(self._want_children),
        ):
            self.children[resource_id] = stack_id
            self.want_lease(stack_id)
            self.want_stack(stack_id)

    def _load_leases(self) -> None:
        columns = ("stack_id", "epoch", "holder", "life", "waiting_since")
        for stack_id, *state in self.sql.select(
            self.connection,
            schema.leases,
            columns,
            where="stack_id",
            values=sorted(self._want_leases),
            lock=True,
        ):
            self.leases[stack_id] = LeaseState(*state)

    def _load_names(self) -> None:
        columns = ("id", "project_id", "live_name")
        names = list(dict.fromkeys(name for _, name in self._want_names))
        for stack_id, project_id, name in self.sql.select(
            self.connection, schema.stacks, columns, where="live_name", values=names
        ):
            if (project_id, name) in self._want_names:
                self.names[project_id, name] = stack_id

    def _load_stacks(self) -> None:
        columns = (
            "id", "generation", "action", "definition", "settled", "parent_id", "shares",
            "deleted_at", "sinks", "settled_sinks",
        )  # fmt: skip
        for stack_id, *state in self.sql.select(
            self.connection,
            schema.stacks,
            columns,
            where="id",
            values=sorted(self._want_stacks),
            lock=True,
        ):
            self.stacks[stack_id] = StackState(*state)

    # --- changes ----------------------------------------------------------------------------

    def add_stack(self, row: Row, state: StackState, stack_id: str) -> None:
        self._new_stacks.append(row)
        self._new_leases[stack_id] = (stack_id, 0, "", "", 0.0, self.now)
        self.stacks[stack_id] = state
        self.leases[stack_id] = LeaseState(0, "", "", self.now)

    def change_stack(self, stack_id: str, changes: dict[str, Any]) -> None:
        self._stack_changes.setdefault(stack_id, {}).update(changes)

    def set_tags(self, stack_id: str, tags: tuple[str, ...]) -> None:
        self._tags[stack_id] = tags

    def add_operation(self, operation: Operation) -> None:
        """Its stack has something to do from now on."""
        self.newest[operation.stack_id] = operation
        self._new_operations.append(rows.operation_row(operation))
        lease = self.leases[operation.stack_id]
        if lease.waiting_since is None:
            lease.waiting_since = self.now
            self._waiting[operation.stack_id] = None

    def change_operation(self, operation: Operation) -> None:
        self._operation_changes.append(operation)

    def finish_operations(self, stack_id: str, ids: Sequence[str]) -> None:
        self._finished.update(dict.fromkeys(ids))
        self._waiting[stack_id] = None

    def end_stack(self, stack_id: str) -> None:
        """The stack is gone: nothing that was asked of it is left to do."""
        self._ended_stacks[stack_id] = None
        self._waiting[stack_id] = None

    def put_resource(self, resource: Resource) -> None:
        self._resources[resource.id] = resource

    def forget_resource(self, row_id: str) -> None:
        self._resources[row_id] = None

    def add_events(self, events: Sequence[Event]) -> None:
        self._events.extend(events)

    def put_plan(self, stack_id: str, generation: int, plan: Plan) -> None:
        self._plans[stack_id] = (generation, plan)

    def put_pause(self, pause: Pause) -> None:
        self._pauses[pause.stack_id, pause.name, pause.hook] = pause

    def forget_pauses(self, stack_id: str) -> None:
        self._unpaused[stack_id] = None
        self._pauses = {key: item for key, item in self._pauses.items() if key[0] != stack_id}

    def deliver(self, stack_id: str, root_id: str, sinks: Sequence[Sink]) -> None:
        """All events of a new stack are brought to these sinks."""
        self._deliveries += [delivery_row(stack_id, root_id, sink, reached=0) for sink in sinks]

    def change_sinks(self, root_id: str, sinks: str) -> None:
        """The events that follow on this group, of a root and of all inside it, are brought to
        these sinks."""
        self._new_sinks[root_id] = sinks

    # --- writing ----------------------------------------------------------------------------

    def flush(self) -> None:
        """Writes all changes, few statements a table."""
        self._write_stacks()
        self._write_operations()
        self._write_resources()
        self.sharing.flush()
        self._write_waiting()
        self.sql.insert(self.connection, schema.deliveries, self._deliveries)
        for root_id, sinks in self._new_sinks.items():
            SinkChange(self.connection, self.sql, root_id, sinks).write()

    def _write_stacks(self) -> None:
        connection, sql = self.connection, self.sql
        sql.insert_new(connection, schema.texts, self.definitions.rows(self.texts))
        sql.insert(connection, schema.stacks, self._new_stacks)
        sql.insert(connection, schema.leases, list(self._new_leases.values()))
        for stack_id, changes in self._stack_changes.items():
            sql.update(connection, schema.stacks, changes, where="id", values=[stack_id])
        old = [stack_id for stack_id in self._tags if stack_id not in self._new_leases]
        sql.delete(connection, schema.tags, where="stack_id", values=old)
        tags = [
            (stack_id, position, tag)
            for stack_id, names in self._tags.items()
            for position, tag in enumerate(names)
        ]
        sql.insert(connection, schema.tags, tags)

    def _write_operations(self) -> None:
        connection, sql = self.connection, self.sql
        sql.insert(connection, schema.operations, self._new_operations)
        for item in self._operation_changes:
            changes = {
                "phase": item.phase.value if item.phase else None,
                "deadline": item.deadline,
                "reason": rows.readable(item.reason),
            }
            sql.update(connection, schema.operations, changes, where="id", values=[item.id])
        done = {"finished_at": self.now}
        sql.update(connection, schema.operations, done, where="id", values=list(self._finished))
        for stack_id in self._ended_stacks:
            sql.run(
                connection,
                "UPDATE operations SET finished_at = ? WHERE stack_id = ? AND finished_at IS NULL",
                (self.now, stack_id),
            )

    def _write_resources(self) -> None:
        connection, sql, codec = self.connection, self.sql, self.codec
        gone = [row_id for row_id, item in self._resources.items() if item is None]
        sql.delete(connection, schema.resources, where="id", values=gone)
        kept = [
            rows.resource_row(item, codec) for item in self._resources.values() if item is not None
        ]
        sql.upsert(connection, schema.resources, kept)
        sql.insert(connection, schema.events, [rows.event_row(item) for item in self._events])
        plans = [
            (stack_id, generation, rows.plan_text(plan, codec), FORMAT)
            for stack_id, (generation, plan) in self._plans.items()
        ]
        sql.upsert(connection, schema.plans, plans)
        sql.delete(connection, schema.pauses, where="stack_id", values=list(self._unpaused))
        pauses = [rows.pause_row(item) for item in self._pauses.values()]
        sql.upsert(connection, schema.pauses, pauses)

    def _write_waiting(self) -> None:
        """Since when the stacks have something to do, whose operations changed."""
        for stack_ids in padded(list(self._waiting)):
            marks = ", ".join("?" * len(stack_ids))
            self.sql.run(
                self.connection,
                "UPDATE leases SET waiting_since = (SELECT MIN(accepted_at) FROM operations"
                " WHERE operations.stack_id = leases.stack_id"
                " AND operations.finished_at IS NULL)"
                f" WHERE stack_id IN ({marks})",
                stack_ids,
            )

    def waiting(self, stack_ids: Sequence[str]) -> list[str]:
        """Those of the stacks that have something to do, after `flush`."""
        found = self.sql.select(
            self.connection,
            schema.leases,
            ("stack_id", "waiting_since"),
            where="stack_id",
            values=stack_ids,
        )
        return [stack_id for stack_id, since in found if since is not None]

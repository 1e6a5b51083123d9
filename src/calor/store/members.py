"""What else can be in a group: journal entries and leases. Each checks its own right.

A member that may not do what it wants raises; nothing of it is written, and the rest is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from calor.base.errors import LeaseLost
from calor.model.ports import Entry, Lease, Visible
from calor.model.states import Action, Status
from calor.store import reservations, rows, schema
from calor.store.accept import ENDS, ENGINES, EVENTS, STACKS
from calor.store.codec import FORMAT
from calor.store.group import Group, StackState
from calor.store.statements import padded

# --- journal --------------------------------------------------------------------------------


ENTRIES_TOGETHER = 64
"""Entries of steps in one member: all who wait for them go on in one turn of the event loop."""


class Append:
    """Entries that came one after the other; refused when the lease has another epoch by now.
    There is more than one only where none could be refused without the others."""

    __slots__ = ("entries", "lease")

    def __init__(self, entry: Entry) -> None:
        self.lease = entry.lease
        self.entries = [entry]

    def takes(self, entry: Entry) -> bool:
        """Whether an entry that comes next became one of these."""
        fits = (
            entry.lease is self.lease
            and len(self.entries) < ENTRIES_TOGETHER
            and entry.of_steps_only
            and self.entries[0].of_steps_only
        )
        if fits:
            self.entries.append(entry)
        return fits

    def wants(self, group: Group) -> None:
        stack_id = self.lease.stack_id
        group.want_lease(stack_id)
        for entry in self.entries:
            if entry.visible is not None or entry.finished:
                group.want_stack(stack_id)
            if entry.reservation is not None:
                group.want_stack(stack_id)
                group.want_stack(entry.reservation.root_id)

    def check(self, group: Group) -> None:
        lease = self.lease
        if not _holds(group, lease):
            raise LeaseLost(f"the stack {lease.stack_id} has another holder than {lease.holder}")
        for entry in self.entries:
            _add(group, entry)

    def finish(self, group: Group, outcome: None) -> None:
        return None


def _add(group: Group, entry: Entry) -> None:
    """Adds an entry's changes."""
    lease = entry.lease
    if entry.reservation is not None:
        reservations.reserve(group, lease.stack_id, entry.reservation)
    if entry.visible is not None:
        _share(group, lease.stack_id, entry.visible)
    for resource in entry.resources:
        group.put_resource(resource)
    for row_id in entry.forgotten:
        group.forget_resource(row_id)
    if entry.events:
        group.add_events(entry.events)
    if entry.plan is not None:
        group.put_plan(lease.stack_id, *entry.plan)
    if entry.unpaused:
        group.forget_pauses(lease.stack_id)
    for pause in entry.pauses:
        group.put_pause(pause)
    if entry.operation is not None:
        group.change_operation(entry.operation)
    if entry.visible is not None:
        _show(group, lease.stack_id, entry.visible)
    if entry.finished:
        group.finish_operations(lease.stack_id, entry.finished)
        group.wakes[ENDS, lease.stack_id] = None
        parent_id = group.stacks[lease.stack_id].parent_id
        if parent_id is not None:
            group.wakes[STACKS, parent_id] = None
    if entry.events or entry.visible is not None:
        group.wakes[EVENTS, lease.stack_id] = None


def _holds(group: Group, lease: Lease) -> bool:
    state = group.leases.get(lease.stack_id)
    return state is not None and state.epoch == lease.epoch and state.holder == lease.holder


def _show(group: Group, stack_id: str, visible: Visible) -> None:
    """Changes the visible state, unless a newer generation was accepted meanwhile."""
    state = group.stacks[stack_id]
    if _is_past(state, visible):
        return
    changes: dict[str, Any] = {
        "action": visible.action.value,
        "status": visible.status.value,
        "reason": rows.readable(visible.reason),
    }
    if visible.outputs is not None:
        outputs = rows.outputs_encoded(visible.outputs, group.codec)
        changes["outputs"] = outputs.text
        changes["outputs_format"] = FORMAT
        changes["sealed"] = outputs.sealed
        changes["key_id"] = outputs.key_id
    if visible.restore and state.settled is not None:
        state.definition = changes["definition"] = state.settled
        if state.sinks != state.settled_sinks and state.parent_id is None:
            state.sinks = state.settled_sinks or "[]"
            group.change_sinks(stack_id, state.sinks)
    if visible.settle:
        state.settled = changes["settled"] = state.definition
        if state.settled_sinks != state.sinks:
            state.settled_sinks = changes["settled_sinks"] = state.sinks
    if visible.deleted:
        state.deleted_at = changes["deleted_at"] = group.now
        changes["live_name"] = changes["live_resource_id"] = None
        group.end_stack(stack_id)
    state.action = visible.action.value
    group.change_stack(stack_id, changes)


def _is_past(state: StackState, visible: Visible) -> bool:
    return state.generation != visible.generation or state.deleted_at is not None


_TOWARDS_A_DEFINITION = (Action.CREATE, Action.UPDATE, Action.ROLLBACK)


def _share(group: Group, stack_id: str, visible: Visible) -> None:
    """What becomes of exports and imports at the end of an operation."""
    state = group.stacks[stack_id]
    if not state.shares or _is_past(state, visible):
        return
    if visible.status is Status.COMPLETE and visible.shared is not None:
        reservations.settle(group, stack_id, visible.shared)
    elif visible.status is Status.FAILED and visible.action in _TOWARDS_A_DEFINITION:
        reservations.give_back(group, stack_id, visible.shared)


# --- leases ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """A lease that was just taken; `free_at` is the end of one that nobody released, on the
    database's clock, 0 otherwise."""

    stack_id: str
    epoch: int
    free_at: float
    asked_at: float


@dataclass(frozen=True, slots=True)
class Take:
    """Takes stacks that have something to do and no holder, after the rest of the group."""

    holder: str
    life: str
    limit: int
    duration: float

    def wants(self, group: Group) -> None:
        pass

    def check(self, group: Group) -> None:
        return None

    def finish(self, group: Group, outcome: None) -> list[Taken]:
        words, sql = group.sql.words, group.sql
        found: list[Any] = list(
            sql.run(
                group.connection,
                f"SELECT stack_id, epoch, holder, expires_at, {words.now} FROM leases"
                f" WHERE waiting_since IS NOT NULL AND (expires_at <= {words.now}"
                " OR (holder = ? AND life <> ?))"
                f" ORDER BY waiting_since, stack_id LIMIT {self.limit:d}{words.lock_free}",
                (self.holder, self.life),
            )
        )
        taken = []
        for stack_id, epoch, holder, expires_at, asked_at in found:
            free_at = 0.0 if holder in ("", self.holder) else expires_at
            taken.append(Taken(stack_id, epoch + 1, free_at, asked_at))
        for piece in padded([item.stack_id for item in taken]):
            marks = ", ".join("?" * len(piece))
            sql.run(
                group.connection,
                f"UPDATE leases SET epoch = epoch + 1, holder = ?, life = ?,"
                f" expires_at = {words.now} + ? WHERE stack_id IN ({marks})",
                (self.holder, self.life, self.duration, *piece),
            )
        return taken


@dataclass(frozen=True, slots=True)
class Renew:
    """Moves the end of leases. The outcome: those that are still the holder's."""

    leases: Sequence[Lease]
    duration: float

    def wants(self, group: Group) -> None:
        for lease in self.leases:
            group.want_lease(lease.stack_id)

    def check(self, group: Group) -> list[Lease]:
        return [lease for lease in self.leases if _holds(group, lease)]

    def finish(self, group: Group, outcome: list[Lease]) -> list[Lease]:
        sql = group.sql
        for piece in padded([lease.stack_id for lease in outcome]):
            marks = ", ".join("?" * len(piece))
            sql.run(
                group.connection,
                f"UPDATE leases SET expires_at = {sql.words.now} + ? WHERE stack_id IN ({marks})",
                (self.duration, *piece),
            )
        return outcome


@dataclass(frozen=True, slots=True)
class Release:
    """Gives a lease back. The outcome is False when something is left to do, unless `anyway`."""

    lease: Lease
    anyway: bool

    def wants(self, group: Group) -> None:
        group.want_lease(self.lease.stack_id)

    def check(self, group: Group) -> None:
        return None

    def finish(self, group: Group, outcome: None) -> bool:
        lease = self.lease
        if not _holds(group, lease):
            return True
        waiting = group.waiting([lease.stack_id])
        if waiting and not self.anyway:
            return False
        free = {"holder": "", "life": "", "expires_at": 0.0}
        group.sql.update(
            group.connection, schema.leases, free, where="stack_id", values=[lease.stack_id]
        )
        if waiting:
            group.wakes[ENGINES, lease.stack_id] = None
        return True

"""The rows of one stack while its lease is ours: in memory first, the journal behind.

It numbers events and remembers which row is current; it decides nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from calor.base.clock import Clock
from calor.base.errors import ExportConflict, LeaseLost
from calor.base.ids import Ids
from calor.base.records import evolve
from calor.base.values import MASK, is_sensitive, mask
from calor.model.pause import Pause, PauseState
from calor.model.plan import Plan
from calor.model.ports import Entry, Journal, Lease, Visible
from calor.model.resource import Event, Resource
from calor.model.stack import Operation, Stack
from calor.model.states import Action, Status

Changes = Any


class Ledger:
    """One stack's rows and events. `lost` is called when a write was refused: the lease is gone;
    `written` when something was written of a stack with event sinks."""

    def __init__(
        self,
        *,
        stack: Stack,
        lease: Lease,
        rows: Iterable[Resource],
        pauses: Iterable[Pause] = (),
        last_event: int,
        not_before: float,
        journal: Journal,
        clock: Clock,
        ids: Ids,
        lost: Callable[[], None],
        written: Callable[[], None],
    ) -> None:
        self.stack = stack
        self.lease = lease
        self.rows: dict[str, Resource] = {row.id: row for row in rows}
        self.current: dict[str, Resource] = {
            row.name: row for row in self.rows.values() if not row.retired
        }
        self.pauses: dict[tuple[str, str], Pause] = {
            (pause.name, pause.hook): pause for pause in pauses
        }
        """By the resource's name and the hook."""
        self._held = {row.physical_id: None for row in self.rows.values()}
        self._last_event = last_event
        self._last_at = not_before
        self._journal = journal
        self._clock = clock
        self._ids = ids
        self._lost = lost
        self._tell_written = written
        self._last_written: asyncio.Future[None] | None = None

    # --- rows ---

    def put(
        self, *rows: Resource, events: tuple[Event, ...] = (), forgotten: tuple[str, ...] = ()
    ) -> asyncio.Future[None]:
        """Remembers rows, forgets others, and queues the write. Await it only before something
        outside can see that it happened."""
        now = self._clock.now()
        stamped = tuple([evolve(row, updated_at=now) for row in rows])
        return self._take(stamped, events, forgotten)

    def change(self, row: Resource, **changes: Changes) -> tuple[Resource, asyncio.Future[None]]:
        """The row with other values, remembered and queued."""
        changed = evolve(row, updated_at=self._clock.now(), **changes)
        return changed, self._take((changed,), (), ())

    def _take(
        self,
        rows: tuple[Resource, ...],
        events: tuple[Event, ...],
        forgotten: tuple[str, ...],
        pauses: tuple[Pause, ...] = (),
    ) -> asyncio.Future[None]:
        for row in rows:
            self.rows[row.id] = row
            self._held[row.physical_id] = None
            if row.retired:
                if self.current.get(row.name, row).id == row.id:
                    self.current.pop(row.name, None)
            else:
                self.current[row.name] = row
        for row_id in forgotten:
            gone = self.rows.pop(row_id)
            if self.current.get(gone.name) is gone:
                del self.current[gone.name]
        return self.write(
            Entry(self.lease, resources=rows, forgotten=forgotten, events=events, pauses=pauses)
        )

    def remember(self, row: Resource) -> None:
        """Remembers a row whose next write is soon enough: nothing outside has changed yet."""
        self.rows[row.id] = self.current[row.name] = row
        self._held[row.physical_id] = None

    def holds(self, physical_id: str) -> bool:
        """Whether a row of this stack has, or had during this run, that physical id."""
        return physical_id in self._held

    def move(
        self,
        row: Resource,
        action: Action,
        status: Status,
        reason: str = "",
        *,
        pause: Pause | None = None,
        **changes: Changes,
    ) -> tuple[Resource, asyncio.Future[None]]:
        """Puts a row into another state, with its event; it may come to a pause by that."""
        moved = evolve(
            row,
            action=action,
            status=status,
            reason=reason,
            updated_at=self._clock.now(),
            **changes,
        )
        if pause is None:
            return moved, self._take((moved,), (self.told(moved),), ())
        return moved, self.pause(moved, pause, before=(self.told(moved),))

    # --- pauses ---

    def pause(
        self, row: Resource, pause: Pause, *, before: tuple[Event, ...] = ()
    ) -> asyncio.Future[None]:
        """A row comes to a pause, or goes on; with its event, after those of `before`."""
        over = pause.state is PauseState.OVER
        event = self.told(evolve(row, reason=pause.told_over if over else pause.told))
        self.pauses[pause.name, pause.hook] = pause
        return self._take((row,), (*before, event), (), (pause,))

    def waiting(self) -> list[Pause]:
        """Where resources wait now."""
        return [pause for pause in self.pauses.values() if pause.state is PauseState.WAITS]

    def _unpause(self) -> bool:
        """Forgets all pauses; whether there were any."""
        any_were = bool(self.pauses)
        self.pauses.clear()
        return any_were

    # --- events ---

    def told(self, row: Resource) -> Event:
        """The event of a row's present state."""
        properties = row.properties
        shown = mask(properties, MASK) if is_sensitive(properties) else properties
        return self._event(
            name=row.name,
            physical_id=row.physical_id or "",
            action=row.action,
            status=row.status,
            reason=row.told_reason,
            resource_type=row.declared_type,
            properties=shown,
        )

    def announced(self, action: Action, status: Status, reason: str) -> Event:
        """An event of the stack itself."""
        return self._event(
            name=self.stack.name,
            physical_id=self.stack.id,
            action=action,
            status=status,
            reason=reason,
            resource_type="OS::Heat::Stack",
            properties={},
        )

    def not_before(self, moment: float) -> None:
        """Events from now on follow from what was at that moment, on whichever host's clock."""
        self._last_at = max(self._last_at, moment)

    def _event(self, **what: Any) -> Event:
        self._last_event += 1
        self._last_at = max(self._last_at, self._clock.now())
        return Event(
            stack_id=self.stack.id,
            number=self._last_event,
            id=self._ids.uuid(),
            at=self._last_at,
            **what,
        )

    # --- the stack ---

    def show(
        self,
        visible: Visible,
        *,
        operation: Operation | None = None,
        finished: tuple[str, ...] = (),
        before: tuple[Event, ...] = (),
    ) -> asyncio.Future[None]:
        """Changes the stack's visible state, with its event, after those of `before`. Nobody
        waits at a hook of before."""
        event = self.announced(visible.action, visible.status, visible.reason)
        return self.write(
            Entry(
                self.lease,
                events=(*before, event),
                visible=visible,
                operation=operation,
                finished=finished,
                unpaused=self._unpause(),
            )
        )

    def forget(self, operation: Operation) -> None:
        """An operation is over, and nothing is told of it."""
        self.write(Entry(self.lease, finished=(operation.id,)))

    def plan(self, generation: int, plan: Plan) -> None:
        """Stores the plan for people to see."""
        self.write(Entry(self.lease, plan=(generation, plan)))

    def write(self, entry: Entry) -> asyncio.Future[None]:
        written = asyncio.ensure_future(self._journal.append(entry))
        if written is not self._last_written:  # entries of steps are often written together
            self._last_written = written
            written.add_done_callback(partial(self._written, entry))
        return written

    def _written(self, entry: Entry, written: asyncio.Future[None]) -> None:
        if written.cancelled():
            return
        error = written.exception()
        if isinstance(error, LeaseLost):
            self._lost()
        elif isinstance(error, ExportConflict):
            # It was refused whole, and whoever asked waits for that: its events never were.
            self._last_event -= len(entry.events)
        elif self.stack.sinks is not None:
            self._tell_written()

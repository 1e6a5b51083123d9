"""Watches a world from outside while it runs: what must hold at every moment.

It keeps its own picture of the rows, made of what was committed, and its own reading of the
templates; it steers nothing. Violations are collected, not raised: a killed process must not
notice that somebody looks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from calor.base.clock import Clock
from calor.base.wire import Request, Response
from calor.model.pause import Pause, PauseState
from calor.model.plan import Order
from calor.model.ports import Entry
from calor.model.resource import Event, Resource
from calor.model.stack import Definition, NewOperation, Operation
from calor.model.states import Action, Status

COMPLETE = Status.COMPLETE


class Watch:
    """The picture, and what was found wrong with it. `counts` tells what was seen."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.problems: list[str] = []
        self.counts: Counter[str] = Counter()
        self.rows: dict[str, Resource] = {}
        self.foreign: dict[str, str] = {}
        """Ids of things that are not ours, with what they are."""
        self._names: dict[str, str] = {}
        """Of all rows that ever were, by id."""
        self._definitions: dict[str, list[Definition]] = {}
        self._actions: dict[str, Action] = {}
        self._old_first: dict[str, dict[str, None]] = {}
        self._removed: dict[tuple[str, str], int] = {}
        self._events: dict[str, tuple[int, float]] = {}
        self._stops: dict[tuple[str, str, str, int], None] = {}

    def wrong(self, what: str) -> None:
        if what not in self.problems:
            self.problems.append(what)

    # --- the cloud ---------------------------------------------------------------------------

    def called(self, request: Request, response: Response, now: float) -> None:
        """A call took effect."""
        if request.method in ("GET", "HEAD"):
            return
        path = urlsplit(request.url).path
        for part in path.split("/"):
            if part in self.foreign:
                self.wrong(f"{request.method} {path} touches the foreign {self.foreign[part]}")

    # --- the store ---------------------------------------------------------------------------

    def reload(self, rows: list[Resource]) -> None:
        """A process died: what it committed last may not have been heard of."""
        self.rows = {row.id: row for row in rows}
        self._names.update((row.id, row.name) for row in rows)
        self._events.clear()

    def asked(self, new: NewOperation) -> None:
        """Somebody asks the store to accept an operation."""
        self._definitions.setdefault(new.stack.id, []).append(new.stack.definition)

    def accepted(self, new: NewOperation, operation: Operation) -> None:
        stack_id = operation.stack_id
        if stack_id != new.stack.id:
            self._definitions.setdefault(stack_id, []).append(new.stack.definition)
        self._actions[stack_id] = new.action
        if new.stack.parentage is not None:
            self.counts[f"nested stack {new.action}"] += 1

    def committed(self, entry: Entry) -> None:
        stack_id = entry.lease.stack_id
        if entry.plan is not None:
            self._old_first[stack_id] = {
                change.name: None
                for change in entry.plan[1].changes
                if change.decision.order is Order.OLD_FIRST
            }
        if entry.visible is not None:
            self._visible(stack_id, entry)
        for row in entry.resources:
            self._moved(self.rows.get(row.id), row)
            self.rows[row.id] = row
            self._names[row.id] = row.name
        for row_id in entry.forgotten:
            gone = self.rows.pop(row_id, None)
            if gone is not None:
                self._removed[stack_id, gone.name] = gone.incarnation
        for event in entry.events:
            self._told(event)
        for pause in entry.pauses:
            self._paused(pause)

    def _paused(self, pause: Pause) -> None:
        if pause.state is not PauseState.WAITS:
            return
        key = (pause.stack_id, pause.name, pause.hook, pause.generation)
        if key in self._stops:
            self.wrong(f"{pause.name} stops twice at {pause.hook} in one operation")
        self._stops[key] = None
        self.counts[f"paused at {pause.hook}"] += 1

    def _visible(self, stack_id: str, entry: Entry) -> None:
        visible = entry.visible
        assert visible is not None
        if "superseded" in visible.reason:
            self.counts["superseded"] += 1
        else:
            self._actions[stack_id] = visible.action
        if visible.action is Action.ROLLBACK and visible.status is COMPLETE:
            self.counts["rollback"] += 1
        if "timed out" in visible.reason:
            self.counts["timed out"] += 1

    def _told(self, event: Event) -> None:
        number, at = self._events.get(event.stack_id, (event.number - 1, 0.0))
        if event.number != number + 1:
            self.wrong(f"event {event.number} of {event.stack_id} follows {number}")
        if event.at < at:
            self.wrong(f"event {event.number} of {event.stack_id} goes back in time")
        self._events[event.stack_id] = (event.number, event.at)

    # --- order ------------------------------------------------------------------------------

    def _moved(self, old: Resource | None, new: Resource) -> None:
        if new.physical_id is not None and new.physical_id in self.foreign and not new.external:
            what = self.foreign[new.physical_id]
            self.wrong(f"the row {new.name} took the foreign {what}")
        started = new.status is Status.IN_PROGRESS and (
            old is None or (old.action, old.status) != (new.action, new.status)
        )
        if new.action is Action.CREATE and started and (old is None or not old.calling):
            self._creation(new)
        elif new.action is Action.DELETE and started:
            self._deletion(new)

    def _creation(self, row: Resource) -> None:
        if row.incarnation > 1:
            older = [
                other
                for other in self.rows.values()
                if other.stack_id == row.stack_id and other.name == row.name and other.id != row.id
            ]
            if older:
                self.counts["replacement, new first"] += 1
        elif (row.stack_id, row.name) in self._removed and row.name in self._old_first.get(
            row.stack_id, {}
        ):
            self.counts["replacement, old first"] += 1
        for name in self._needs(row):
            current = [
                other
                for other in self.rows.values()
                if other.stack_id == row.stack_id and other.name == name and not other.retired
            ]
            if not any(other.status is COMPLETE and other.settled for other in current):
                states = ", ".join(other.state for other in current) or "not there"
                self.wrong(f"{row.name} starts though {name}, which it needs, is {states}")

    def _deletion(self, row: Resource) -> None:
        deleting = self._actions.get(row.stack_id) is Action.DELETE
        gives_way = not row.retired and row.name in self._old_first.get(row.stack_id, {})
        for other in self.rows.values():
            if other.id == row.id or other.stack_id != row.stack_id:
                continue
            uses = row.id in other.needs and not gives_way
            begun = other.action is not Action.INIT  # else it waits at its first hook
            if deleting and begun and not uses and not self._uses_another(other, row.name):
                uses = not other.retired and not row.retired and row.name in self._needs(other)
            if uses:
                self.wrong(
                    f"the deletion of {row.name} starts though {other.name}, which uses it,"
                    f" is {other.state}"
                )

    def _uses_another(self, user: Resource, name: str) -> bool:
        """Whether a row uses a row of that name, be it gone: it has not moved over since."""
        return any(self._names.get(id) == name for id in user.needs)

    def _needs(self, row: Resource) -> list[str]:
        """What the newest templates agree on that a resource needs."""
        recent = self._definitions.get(row.stack_id, [])[-3:]
        found = [
            needs[row.name]
            for needs in (template_needs(item.template) for item in recent)
            if row.name in needs
        ]
        if not found:
            return []
        return [name for name in found[0] if all(name in other for other in found)]


@lru_cache(maxsize=1000)
def template_needs(text: str) -> dict[str, list[str]]:
    """What each resource of a template in JSON refers to; {} for another template."""
    try:
        template = json.loads(text)
    except ValueError:
        return {}
    return {
        name: list(
            dict.fromkeys([*_references(entry.get("properties")), *entry.get("depends_on", [])])
        )
        for name, entry in template.get("resources", {}).items()
    }


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if len(value) == 1:
            if isinstance(value.get("get_resource"), str):
                yield value["get_resource"]
                return
            # A name that a function works out is not followed here.
            path = value.get("get_attr")
            if isinstance(path, list) and path and isinstance(path[0], str):
                yield path[0]
                return
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)

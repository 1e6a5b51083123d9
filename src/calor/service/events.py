"""Events of a stack: lists, pages, and waiting for more.

It only reads; that something may have happened it hears from the bus or finds by asking again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calor.model.ports import EventFilter
from calor.model.stack import Stack
from calor.model.states import Action, Status
from calor.service.errors import EntityNotFound, NotSupported, ResourceNotFound
from calor.service.news import news
from calor.service.ports import Ports
from calor.service.views import EventView

CALM = 0.05
"""Seconds between two looks of who is told everything, however much happens."""
SILENCE = 15.0
"""Seconds without an event after which who is told everything hears that there is none."""

BY_TIME = ("event_time", "created_at")


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events to list. `after` is a number of an event; `marker` an event's id; `depth` says
    how deep into nested stacks, and `deleted` whether into those that are gone; `filters` are by
    Heat's names, several values are alternatives."""

    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    resource_name: str | None = None
    after: int = 0
    marker: str | None = None
    limit: int | None = None
    sort_keys: tuple[str, ...] = ()
    newest_first: bool = False
    depth: int = 0
    deleted: bool = False


class Events:
    """Questions about what happened."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def find(self, stack: Stack, query: EventQuery) -> list[EventView]:
        """Events in the order of time, unless sorted otherwise. Raises `EntityNotFound` for a
        marker that is no event of the stack, `NotSupported` for an unknown sort key."""
        unknown = [key for key in query.sort_keys if key not in _SORTED_BY]
        if unknown:
            raise NotSupported(
                f"Events can't be sorted by {unknown[0]!r}.",
                f"sort by one of {', '.join(_SORTED_BY)}",
            )
        if _is_simple(query):
            return await self._simple(stack, query)
        views = await self._all(stack, query, root=await self._root(stack))
        return _cut(_sorted(views, query), query)

    async def _simple(self, stack: Stack, query: EventQuery) -> list[EventView]:
        """What the store can answer by itself."""
        after = query.after
        if query.marker is not None:
            marker = await self._ports.reads.event(stack.id, query.marker)
            if marker is None:
                raise no_event(query.marker)
            after = marker.number
        wanted = EventFilter(_filters(query), after, query.limit, query.newest_first)
        root = await self._root(stack)
        found = await self._ports.reads.events(stack.id, wanted)
        return [EventView(stack, event, root) for event in found]

    async def _all(self, stack: Stack, query: EventQuery, *, root: Stack) -> list[EventView]:
        lists = await self._lists(stack, query, root, query.depth)
        return [view for one in lists for view in one]

    async def _lists(
        self, stack: Stack, query: EventQuery, root: Stack, depth: int
    ) -> list[list[EventView]]:
        wanted = EventFilter(_filters(query), query.after if stack.id == root.id else 0)
        found = await self._ports.reads.events(stack.id, wanted)
        lists = [[EventView(stack, event, root) for event in found]]
        if depth > 0:
            for child in await self._ports.reads.children(stack.id, deleted=query.deleted):
                lists.extend(await self._lists(child, query, root, depth - 1))
        return lists

    async def _root(self, stack: Stack) -> Stack:
        if stack.parentage is None:
            return stack
        return await self._ports.reads.stack(stack.root_id) or stack

    async def show(self, stack: Stack, event_id: str, resource_name: str) -> EventView:
        """One event. Raises `EntityNotFound`."""
        event = await self._ports.reads.event(stack.id, event_id)
        if event is None or event.name != resource_name:
            raise no_event(event_id)
        return EventView(stack, event, await self._root(stack))

    async def known(self, stack: Stack, resource_name: str) -> None:
        """Raises `ResourceNotFound` for a name that the stack never had."""
        if any(row.name == resource_name for row in await self._ports.reads.resources(stack.id)):
            return
        named = EventFilter({"resource_name": (resource_name,)}, limit=1)
        if not await self._ports.reads.events(stack.id, named):
            raise ResourceNotFound(
                f"Stack {stack.name!r} has no resource {resource_name!r}.",
                "look at the list of its resources",
            )

    async def wait(self, stack: Stack, query: EventQuery, seconds: float) -> list[EventView]:
        """Like `find`, but waits up to `seconds` until there is something to answer."""
        end = self._ports.clock.monotonic() + seconds
        with news(self._ports.bus, self._ports.clock, "events", stack.id) as heard:
            while True:
                found = await self.find(stack, query)
                left = end - self._ports.clock.monotonic()
                if found or left <= 0:
                    return found
                await heard.wait(left)

    async def follow(self, stack: Stack, after: int) -> AsyncIterator[EventView | None]:
        """Every event after a number as it happens, until the stack is gone; None now and then
        while nothing happens, so that a dead connection shows."""
        clock = self._ports.clock
        told = clock.monotonic()
        with news(self._ports.bus, clock, "events", stack.id) as heard:
            while True:
                found = await self.find(stack, EventQuery(after=after))
                for view in found:
                    yield view
                    after = view.event.number
                    if _is_last(view):
                        return
                if found:
                    told = clock.monotonic()
                    await clock.sleep(CALM)
                elif clock.monotonic() - told >= SILENCE:
                    told = clock.monotonic()
                    yield None
                await heard.wait()


def no_event(event_id: str) -> EntityNotFound:
    return EntityNotFound(f"There is no event {event_id!r}.", "look at the list of events")


def _time(view: EventView) -> tuple[float, str, int]:
    """Within one stack always by number, which is finer than any clock."""
    return view.event.at, view.stack.id, view.event.number


_SORTED_BY: Mapping[str, Callable[[EventView], Any]] = {
    **dict.fromkeys(BY_TIME, _time),
    "resource_type": lambda view: view.event.resource_type,
    "resource_name": lambda view: view.event.name,
    "logical_resource_id": lambda view: view.event.name,
    "physical_resource_id": lambda view: view.event.physical_id,
    "resource_status": lambda view: f"{view.event.action}_{view.event.status}",
    "resource_status_reason": lambda view: view.event.reason,
    "links": lambda view: (view.stack.name, view.stack.id, view.event.name, view.event.id),
    "id": lambda view: view.event.id,
}
"""What events can be sorted by: what Heat's client offers, which asks for the same order that it
makes itself."""


def _is_simple(query: EventQuery) -> bool:
    by_time = not query.sort_keys or query.sort_keys[0] in BY_TIME
    paged_backwards = query.newest_first and query.marker is not None
    return by_time and query.depth == 0 and not paged_backwards


def _is_last(view: EventView) -> bool:
    """Whether nothing can happen to the stack after this event."""
    event = view.event
    gone = event.action is Action.DELETE and event.status is Status.COMPLETE
    return gone and event.physical_id == view.stack.id


def _filters(query: EventQuery) -> Mapping[str, tuple[str, ...]]:
    if query.resource_name is None:
        return query.filters
    return {**query.filters, "resource_name": (query.resource_name,)}


def _sorted(views: Sequence[EventView], query: EventQuery) -> list[EventView]:
    """By the keys, the first of them most, and by time where they are the same."""
    ordered = list(views)
    for key in (*BY_TIME[:1], *reversed(query.sort_keys)):
        ordered.sort(key=_SORTED_BY[key], reverse=query.newest_first)
    return ordered


def _cut(views: list[EventView], query: EventQuery) -> list[EventView]:
    if query.marker is not None:
        places = [place for place, view in enumerate(views) if view.event.id == query.marker]
        if not places:
            raise no_event(query.marker)
        views = views[places[0] + 1 :]
    return views if query.limit is None else views[: query.limit]

"""Waiting for objects to become what somebody waits for: one poller for a collection, whoever
waits.

It decides how to look; it reads through `objects` and asks nothing of the cloud but to show.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from calor.base.clock import iso
from calor.base.errors import CalorError, CloudError, HttpFault
from calor.cloud.flight import Alarm, turn
from calor.cloud.memory import Object
from calor.cloud.objects import Objects
from calor.cloud.pace import Gate, Rush
from calor.cloud.session import Guard, unguarded

Done = Callable[[Object | None], bool]

SHORTEST = 0.2
"""Seconds between the first two looks at an object."""
LONGEST = 5.0
GROWTH = 1.5
GAP = 0.1
"""Seconds between looks at a collection, however many begin to wait; less where a look takes less
time than that, for who has not been looked at yet."""
LEAST_GAP = 0.02
HELD = 0.3
"""Seconds for which a first look may be held back so that it serves more."""
OVERLAP = 2.0
"""Seconds that a list of changes reaches back beyond the last look, for clocks within a cloud."""
TOLD_AT_ONCE = 64
"""Waits that a look may end in one turn of the event loop: who waited goes on, and a thousand
would hold up everybody else."""
PER_OBJECT = 1 / 200
"""What an object in a list costs, in calls."""


@dataclass(slots=True, eq=False)
class _Wait:
    number: int
    id: str
    done: Done
    guard: Guard
    future: asyncio.Future[Object | None]
    began: float
    due: float
    interval: float = SHORTEST
    looked: bool = False
    seen: float | None = None
    """When, by the service's clock, it was last seen or known to be unchanged."""


@dataclass(slots=True)
class _Look:
    """What a look saw: objects or errors by id; ids that are missing have not changed. `at` is
    the time by the service's clock when it was asked, None if nobody needs it. `more` are objects
    that nobody waited for when it was asked."""

    found: Mapping[str, Any] = field(default_factory=dict)
    at: float | None = None
    more: Mapping[str, Object] = field(default_factory=dict)


class Watch:
    """The poller of one collection. It runs only while somebody waits."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._clock = objects.session.site.clock
        self._timeout = objects.session.site.settings.call_timeout
        self._waits: dict[int, _Wait] = {}
        self._count = 0
        self._poller: asyncio.Task[None] | None = None
        self._alarm = Alarm(self._clock)
        self._gate: Gate | None = None
        self._next_look = float("-inf")
        self._looked_at = float("-inf")
        self._listable = True
        self._list_cost = 1.0

    async def wait(self, id: str, done: Done, guard: Guard) -> Object | None:
        """The object once `done(object)` is true; it is None when it is gone."""
        guard(self._timeout)
        known = self._objects.memory.fresh(id) or self._objects.memory.seen(id)
        if known is not None and done(known):
            return known
        self._objects.memory.asked(id)
        self._gate = await self._objects.session.gate(self._objects.collection.service)
        loop = asyncio.get_running_loop()
        self._count += 1
        number = self._count
        began = self._clock.monotonic()
        due = max(began, self._next_look)
        wait = _Wait(number, id, done, guard, loop.create_future(), began, due)
        self._waits[number] = wait
        if self._poller is None:
            self._poller = loop.create_task(self._poll())
        else:
            self._alarm.ring()
        try:
            return await wait.future
        finally:
            self._waits.pop(number, None)

    async def _poll(self) -> None:
        try:
            while True:
                await turn()  # who was just served leaves, who just came is in
                await turn()
                if not self._waits:
                    return
                pause = min(wait.due for wait in self._waits.values()) - self._clock.monotonic()
                if pause > 0:
                    await self._alarm.wait(pause)
                elif self._held():
                    await self._clock.sleep(Rush.CALM / 2)
                else:
                    await self._look()
        except BaseException as error:
            for wait in self._waits.values():
                _fail(wait, error)
            raise
        finally:
            self._poller = None

    def _held(self) -> bool:
        """Who has just begun to wait is held a moment while many calls are under way: after them
        one look shows all. That is one that leaves right behind the last of them: services take
        calls up in the order in which they come."""
        gate = self._gate
        if gate is None or not gate.rush.lasts():
            return False
        if gate.all_sent() and self._looked_at < gate.rush.sent_at:
            return False
        now = self._clock.monotonic()
        due = (wait for wait in self._waits.values() if wait.due <= now)
        return all(not wait.looked and now < wait.began + HELD for wait in due)

    async def _look(self) -> None:
        waits = self._guarded()
        began = now = self._clock.monotonic()
        due = {wait.number: wait for wait in waits if wait.due <= now + wait.interval / 4}
        look = await self._see(list(due.values()), waits)
        now = self._looked_at = self._clock.monotonic()
        self._next_look = now + max(LEAST_GAP, min(GAP, now - began))
        for wait in waits:
            if wait.id in look.found or (wait.number in due and wait.seen is not None):
                wait.seen = look.at
            if wait.id in look.found or wait.number in due:
                wait.looked = True
                wait.due = now + wait.interval
                wait.interval = min(wait.interval * GROWTH, LONGEST)
        await self._tell_all((wait, look.found[wait.id]) for wait in waits if wait.id in look.found)
        # Who began to wait since it was asked may be told too, of what is made since.
        untouched = self._objects.memory.is_untouched
        await self._tell_all(
            (wait, look.more[wait.id])
            for wait in list(self._waits.values())
            if wait.id in look.more and untouched(wait.id, began)
        )

    async def _tell_all(self, seen: Iterable[tuple[_Wait, Any]]) -> None:
        """Some in each turn of the event loop."""
        for number, (wait, item) in enumerate(seen, 1):
            self._tell(wait, item)
            if number % TOLD_AT_ONCE == 0:
                await turn()

    def _tell(self, wait: _Wait, seen: Any) -> None:
        if wait.future.done():
            return
        if isinstance(seen, BaseException):
            wait.future.set_exception(seen)
            return
        try:
            over = wait.done(seen)
        except Exception as error:
            wait.future.set_exception(error)
            return
        if over:
            wait.future.set_result(seen)
            if seen is not None:
                self._objects.memory.saw(seen)

    def _guarded(self) -> list[_Wait]:
        """Those who may go on waiting; the others are told why not."""
        allowed = []
        for wait in self._waits.values():
            try:
                wait.guard(self._timeout)
            except CalorError as error:
                _fail(wait, error)
                continue
            if not wait.future.done():
                allowed.append(wait)
        return allowed

    # --- how to look ---

    async def _see(self, due: list[_Wait], waits: list[_Wait]) -> _Look:
        """The cheapest way to see what is due; a list may show more than that."""
        ids = list(dict.fromkeys(wait.id for wait in due))
        if (len(ids) > 1 or self._expected()) and self._listable:
            try:
                return await self._see_list(ids, due, waits)
            except HttpFault as error:
                if error.status in (400, 403, 404, 405, 414):
                    self._listable = False  # this service lists nothing, or not so
                else:
                    return _Look(dict.fromkeys(ids, error))
            except CloudError as error:
                return _Look(dict.fromkeys(ids, error))
        return await self._see_each(ids)

    async def _see_list(self, ids: list[str], due: list[_Wait], waits: list[_Wait]) -> _Look:
        collection = self._objects.collection
        if collection.id_filter:
            if len(ids) <= 2:
                return await self._see_each(ids)
            return _Look(await self._objects.read(ids))
        times = [self._since(wait) for wait in due]
        known = [time for time in times if time is not None]
        if collection.changed_since and len(known) == len(times):
            return await self._see_changes(min(known) - OVERLAP, waits)
        if self._list_cost < len(ids) + self._expected():
            return await self._see_all(waits)
        return await self._see_each(ids)

    def _expected(self) -> int:
        """How many more may come to wait before a look that leaves now is answered."""
        return self._gate.rush.inside if self._gate is not None and self._gate.rush.lasts() else 0

    def _since(self, wait: _Wait) -> float | None:
        """Since when a list of changes would tell all that there is to know."""
        if wait.seen is not None or wait.looked:
            return wait.seen
        return self._objects.deleted_at(wait.id)

    async def _see_each(self, ids: list[str]) -> _Look:
        objects = await asyncio.gather(
            *(self._objects.get(id, unguarded) for id in ids), return_exceptions=True
        )
        for item in objects:
            if isinstance(item, BaseException) and not isinstance(item, CalorError):
                raise item
        return _Look(dict(zip(ids, objects, strict=True)))

    async def _see_all(self, waits: list[_Wait]) -> _Look:
        page = await self._objects.every(None)
        self._list_cost = page.pages + len(page.items) * PER_OBJECT
        listed = {str(item.get("id")): item for item in page.items}
        wanted = list(dict.fromkeys(wait.id for wait in waits))
        found = {id: listed.pop(id) for id in wanted if id in listed}
        # A list can leave out what exists (a cell that is down); only a GET says that it is gone.
        alone = await self._see_each([id for id in wanted if id not in found])
        return _Look({**found, **alone.found}, page.at, listed)

    async def _see_changes(self, since: float, waits: list[_Wait]) -> _Look:
        """Such a list names what was deleted too, so that absence never means anything."""
        page = await self._objects.every({self._objects.collection.changed_since: iso(since)})
        changed = {item.get("id"): item for item in page.items}
        found = {
            wait.id: None if changed[wait.id].get("status") == "DELETED" else changed[wait.id]
            for wait in waits
            if wait.id in changed
        }
        return _Look(found, page.at)


def _fail(wait: _Wait, error: BaseException) -> None:
    if not wait.future.done():
        wait.future.set_exception(error)

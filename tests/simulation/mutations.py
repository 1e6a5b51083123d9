"""Faults put into Calor on purpose: the simulation must notice each of them.

They come in at the ports; no function of ours is patched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any

from calor.engine.planner import Planner
from calor.model.ports import Entry, Journal, Types
from calor.model.resource import Resource
from calor.model.resource_type import Made, ResourceType, Work
from calor.model.sink import Deliveries, Delivery
from calor.model.states import Status
from calor.planning.plan import Planned
from calor.planning.schedule import Clean
from support.calor import Seams
from support.observed import ObservedType, ObservedTypes
from support.world import World


class Forgetful(ObservedType):
    """Skips the adoption: what a lost call made is never found."""

    async def find(self, work: Work) -> Sequence[Made]:
        return []


class Credulous(ObservedType):
    """Adopts by name alone: whatever has the right name is taken for ours."""

    async def find(self, work: Work) -> Sequence[Made]:
        collection = getattr(self._inner, "collection", None)
        if collection is None:
            return await self._inner.find(work)
        name = work.properties.get("name", work.resource.physical_name)
        things = await work.cloud.list(collection)
        return [Made(str(thing["id"])) for thing in things if thing.get("name") == name][:1]


class MutatedTypes(ObservedTypes):
    def __init__(self, types: Types, world: World, wrapper: type[ObservedType]) -> None:
        super().__init__(types, world.watch)
        self._wrapper = wrapper

    def _make(self, inner: ResourceType) -> ObservedType:
        return self._wrapper(inner, self._watch)


class HastyJournal:
    """Commits after the call: an entry counts as written at once, and is written a little later."""

    def __init__(self, journal: Journal, world: World) -> None:
        self._journal = journal
        self._world = world
        self._queue: list[Entry] = []
        self._task: asyncio.Task[None] | None = None

    def append(self, entry: Entry) -> Awaitable[None]:
        if entry.finished:
            return asyncio.ensure_future(self._after_all(entry))
        self._queue.append(entry)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._later())
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    async def _later(self) -> None:
        await self._world.clock.sleep(0.3)
        self._task = None
        await self._flush()

    async def _after_all(self, entry: Entry) -> None:
        self._queue.append(entry)
        await self._flush()

    async def _flush(self) -> None:
        queue, self._queue = self._queue, []
        for written in [self._journal.append(entry) for entry in queue]:
            await written


class ForgetfulJournal:
    """Lets go of what stacks import when they are complete."""

    def __init__(self, journal: Journal, world: World) -> None:
        self._journal = journal

    def append(self, entry: Entry) -> Awaitable[None]:
        visible = entry.visible
        if visible is not None and visible.shared is not None:
            shared = replace(visible.shared, imports=())
            entry = replace(entry, visible=replace(visible, shared=shared))
        return self._journal.append(entry)


class SilentJournal:
    """Does not tell what a failure left of exports."""

    def __init__(self, journal: Journal, world: World) -> None:
        self._journal = journal

    def append(self, entry: Entry) -> Awaitable[None]:
        visible = entry.visible
        if visible is not None and visible.status is Status.FAILED:
            entry = replace(entry, visible=replace(visible, shared=None))
        return self._journal.append(entry)


class Skipping:
    """Believes of each delivery that is taken up that the sink has an event more."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self.advance = deliveries.advance
        self.release = deliveries.release
        self.over = deliveries.over

    async def claim(
        self, holder: str, limit: int, *, stack_ids: Sequence[str] | None = None
    ) -> list[Delivery]:
        found = await self._deliveries.claim(holder, limit, stack_ids=stack_ids)
        return [replace(item, reached=item.reached + 1) for item in found]


class Swapped(Planner):
    """Turns one delete edge round: the first of which both ends exist."""

    def delete(self, rows: Sequence[Resource]) -> Planned:
        planned = super().delete(rows)
        graph = planned.schedule.graph
        for node in list(graph):
            for needed in list(graph.needs(node)):
                if isinstance(node, Clean) and isinstance(needed, Clean):
                    graph.disconnect(node, needed)
                    graph.connect(needed, node)
                    if not graph.cycle():
                        return planned
                    graph.disconnect(needed, node)
                    graph.connect(node, needed)
        return planned


def _types(wrapper: type[ObservedType]) -> Any:
    return lambda types, world: MutatedTypes(types._types, world, wrapper)


MUTATIONS: dict[str, Seams] = {
    "skip the adoption": Seams(types=_types(Forgetful)),
    "adopt by name alone": Seams(types=_types(Credulous)),
    "commit after the call": Seams(journal=HastyJournal),
    "let go of imports": Seams(journal=ForgetfulJournal),
    "leave stale exports": Seams(journal=SilentJournal),
    "skip an event": Seams(deliveries=Skipping),
    "swap one delete edge": Seams(planner=Swapped()),
}

"""Event sinks: some of the stacks have one for all their life. It draws apart from all else.

What must hold: each event of such a stack, and of those inside it, is in the queue, those of one
stack in order; repeats count as they came first.
"""

from __future__ import annotations

import json
import random

from calor.model.ports import EventFilter
from support.queues import bodies
from support.user import CloudUser
from support.world import World

SHARE = 0.4
"""Of stacks that have a sink."""
QUEUE = "events"
TTL = 1_209_600
"""Longer than any story."""
LOOKS = 60
PAUSE = 60.0
"""Seconds between two looks whether all was brought: an event waits for a whole pause of its sink,
and for the right of an engine that died over it to run out."""

BROUGHT, TWICE = "an event at its sink", "an event at its sink once more"


class Sinks:
    """Those of one story."""

    def __init__(self, world: World, user: CloudUser) -> None:
        self._world = world
        self._user = user
        self._chance = random.Random(f"sinks {world.seed}")
        self._drawn: dict[str, bool] = {}

    def added(self, name: str, environment: str | None) -> str | None:
        """A stack's environment, with the sink if the stack has one."""
        if name not in self._drawn:
            self._drawn[name] = self._chance.random() < SHARE
        if not self._drawn[name]:
            return environment
        # The queue is the user's, and stays when stacks go.
        self._user.token()
        self._world.watch.foreign[f"{self._user.project_id}/{QUEUE}"] = "queue"
        sinks = [{"type": "zaqar-queue", "target": QUEUE, "ttl": TTL}]
        return json.dumps({**json.loads(environment or "{}"), "event_sinks": sinks})

    async def inspect(self) -> None:
        """When no more happens: all that happened has arrived."""
        expected = await self._expected()
        arrived: dict[str, list[str]] = {}
        for _ in range(LOOKS):
            arrived = {}
            for body in bodies(self._user, QUEUE):
                arrived.setdefault(body["payload"]["stack_id"], []).append(body["id"])
            if all(len(set(arrived.get(id, ()))) == len(told) for id, told in expected.items()):
                break
            await self._world.clock.sleep(PAUSE)
        counts = self._world.watch.counts
        for stack_id, told in expected.items():
            found = arrived.get(stack_id, [])
            first = list(dict.fromkeys(found))
            counts[BROUGHT] += len(first)
            counts[TWICE] += len(found) - len(first)
            if first != told:
                self._world.watch.wrong(
                    f"of the events of {stack_id} the sink has {self._numbers(first, told)}"
                    f" out of {len(told)}"
                )

    async def _expected(self) -> dict[str, list[str]]:
        """The ids of the events of each stack that has a sink, in order."""
        found: dict[str, list[str]] = {}
        for stack_id in await self._world.stack_ids():
            stack = await self._world.look(stack_id)
            root = await self._world.look(stack.root_id)
            if self._drawn.get(root.name):
                events = await self._world.reads.events(stack_id, EventFilter())
                events = sorted(events, key=lambda event: event.number)
                found[stack_id] = [event.id for event in events]
        return found

    @staticmethod
    def _numbers(ids: list[str], told: list[str]) -> list[int]:
        return [told.index(id) + 1 if id in told else 0 for id in ids]

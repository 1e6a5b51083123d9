"""Hooks: which resources are held back, and the user who lets them go on after a while."""

from __future__ import annotations

import json
import random

from calor.base.errors import CalorError
from calor.model.pause import Pause
from calor.template.registry import HOOKS
from simulation.draft import Draft
from support.anywhere import Died
from support.world import World

SHARE = 0.35
"""Of operations that have hooks."""

OFTEN = {"post-update": 4}
"""How often hooks are drawn, where not as often as others: few changes end in place."""


class Holds:
    """The hooks of one story. It draws apart from all else, so that seeds keep their stories."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = random.Random(f"holds {world.seed}")

    def environment(self, draft: Draft) -> str | None:
        """An environment that holds some of a draft's resources back, or none."""
        if self._chance.random() >= SHARE:
            return None
        names = list(draft.items)
        chosen = self._chance.sample(names, min(len(names), self._chance.randrange(1, 4)))
        resources: dict[str, object] = {}
        for name in chosen:
            weights = [OFTEN.get(hook, 1) for hook in HOOKS]
            drawn = self._chance.choices(HOOKS, weights, k=self._chance.randrange(1, 4))
            hooks = list(dict.fromkeys(drawn))
            below = name in draft.inner and self._chance.random() < 0.7
            resources[name] = {"*": {"hooks": hooks}} if below else {"hooks": hooks}
        return json.dumps({"resource_registry": {"resources": resources}})

    async def clear(self) -> None:
        """Clears what waits, now and then, until it is cancelled."""
        world = self._world
        while True:
            await world.clock.sleep(self._chance.uniform(1.0, 20.0))
            for stack_id in await world.stack_ids():
                for pause in await world.reads.paused(stack_id):
                    if self._chance.random() < 0.8:
                        await self._clear(pause)

    async def _clear(self, pause: Pause) -> None:
        """Through the API, or as another process that tells nobody."""
        world = self._world
        if self._chance.random() < 0.3:
            await world.operations.clear(pause.stack_id, pause.name, pause.hook)
            return
        stack = await world.look(pause.stack_id)
        try:
            await world.ask(lambda calor: calor.service.hooks.clear(stack, pause.name, pause.hook))
        except (Died, CalorError) as error:
            world.trace.add("not cleared", pause.name, pause.hook, type(error).__name__)

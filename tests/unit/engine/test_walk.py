"""Walking a schedule: the order, and that others get their turn."""

from __future__ import annotations

import asyncio

from calor.engine.stop import Stop
from calor.engine.walk import Walk
from calor.planning.graph import Graph
from calor.planning.schedule import Do, Step
from support.turns import Turns
from support.virtual import VirtualClock, run


def test_a_thousand_steps_that_could_begin_leave_turns_to_others() -> None:
    async def story(clock: VirtualClock) -> None:
        graph: Graph[Step] = Graph()
        for number in range(1000):
            graph.add(Do(f"r{number}"))
        done: list[Step] = []

        async def carry_out(step: Step) -> None:
            done.append(step)

        walk = Walk(
            graph,
            carry_out=carry_out,
            stop=Stop(),
            slots=asyncio.Semaphore(1000),
            clock=clock,
            stop_on_failure=False,
        )
        with Turns(lambda: len(done)) as turns:
            await walk.run()
        assert done == list(graph)
        assert turns.most < 100

    run(story)

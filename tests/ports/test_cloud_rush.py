"""Waiting while many calls are under way: one look serves all who began together."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from calor.base.wire import Request
from ports.things import Things, active
from support.clouded import SERVERS, Bench, Scripted, on_script


async def begin(bench: Bench, cloud: Any, n: int) -> None:
    """Asks for a server after `n` milliseconds, and waits until it is active."""
    await bench.clock.sleep(n * 0.001)
    await cloud.call("POST", "compute", "/servers", body={"server": {"name": f"s{n}"}})
    await cloud.watch(SERVERS, f"s{n}", active)


async def warm(bench: Bench, things: Things) -> Any:
    """A cloud that is logged in and knows the service's versions; nothing counts yet."""
    cloud = bench.cloud()
    things.active_at["first"] = 0.0
    await cloud.watch(SERVERS, "first", active)
    await bench.clock.sleep(10)
    bench.wire.requests.clear()
    return cloud


def test_one_look_serves_all_that_began_in_one_rush() -> None:
    things = Things()

    async def story(bench: Bench, script: Scripted) -> None:
        things.active_at = {f"s{n}": 0.0 for n in range(50)}
        cloud = await warm(bench, things)
        before = bench.clock.monotonic()
        await asyncio.gather(*(begin(bench, cloud, n) for n in range(50)))
        assert bench.wire.count("GET /compute/v2.1/servers") == 1
        # The look leaves right behind the last call, not after its answer.
        assert bench.clock.monotonic() - before < 0.05 + 0.02 + 0.01

    on_script(story, things, latency=0.02)


def test_after_the_look_behind_the_last_call_no_other_leaves_before_all_are_answered() -> None:
    things = Things()

    def latency(request: Request) -> float:
        body = json.loads(request.body or b"{}")
        return 0.02 + 0.02 * int(body["server"]["name"][1:]) if "server" in body else 0.02

    async def story(bench: Bench, script: Scripted) -> None:
        things.active_at = {f"s{n}": 0.0 for n in range(10)}
        cloud = await warm(bench, things)
        await asyncio.gather(*(begin(bench, cloud, n) for n in range(10)))
        assert bench.wire.count("GET /compute/v2.1/servers") == 2

    on_script(story, things, latency=latency)


@pytest.mark.parametrize("took", [0.005, 0.1], ids=["answered", "under way"])
def test_a_look_that_left_before_a_change_does_not_tell_of_it(took: float) -> None:
    things = Things()

    def latency(request: Request) -> float:
        return took if request.url.endswith("/action") else 0.02

    async def change(bench: Bench, cloud: Any) -> None:
        await bench.clock.sleep(0.006)
        server = {"server": {"name": "s6"}}
        await cloud.call("POST", "compute", "/servers", body=server)
        # A look that will show it is under way. The answer tells of the server, as a rebuild's.
        action = cloud.call("POST", "compute", "/servers/s6/action", body=server)
        acting = asyncio.create_task(action)
        await bench.clock.sleep(min(took, 0.01))
        await cloud.watch(SERVERS, "s6", active)
        await acting

    async def story(bench: Bench, script: Scripted) -> None:
        things.active_at = {f"s{n}": 0.0 for n in range(7)}
        cloud = await warm(bench, things)
        changing = asyncio.create_task(change(bench, cloud))
        await asyncio.gather(*(begin(bench, cloud, n) for n in range(6)))
        looks = bench.wire.count("GET /compute/v2.1/servers")
        await changing
        assert bench.wire.count("GET /compute/v2.1/servers") == looks + 1

    on_script(story, things, latency=latency)


def test_a_rush_without_end_holds_nobody_back_for_long() -> None:
    things = Things()

    async def story(bench: Bench, script: Scripted) -> None:
        things.active_at["s"] = 0.0
        cloud = bench.cloud()

        async def press() -> None:
            while True:
                await cloud.call("POST", "compute", "/servers", body={})

        rush = [asyncio.create_task(press()) for _ in range(5)]
        await bench.clock.sleep(1.0)
        before = bench.clock.monotonic()
        await cloud.watch(SERVERS, "s", active)
        assert bench.clock.monotonic() - before < 0.4
        for task in rush:
            task.cancel()

    on_script(story, things, latency=0.02)

"""Waiting: few calls, nobody misses anything, gone means gone."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from calor.base.errors import HttpFault, LeaseLost, ResourceFailed
from calor.base.wire import Request, Response
from ports.things import Things, active, gone
from support.clouded import PORTS, SERVERS, VOLUMES, Bench, Scripted, on_script, reply


@pytest.mark.parametrize("count", [1, 2, 300])
def test_all_are_seen_soon_after_they_are_ready(count: int) -> None:
    things = Things()

    async def wait(bench: Bench, cloud: Any, n: int) -> None:
        await cloud.watch(SERVERS, f"s{n}", active)
        assert things.active_at[f"s{n}"] <= bench.clock.now()
        assert bench.clock.now() - things.active_at[f"s{n}"] < 5.2

    async def story(bench: Bench, script: Scripted) -> None:
        for n in range(count):
            things.active_at[f"s{n}"] = bench.clock.now() + (n % 37) * 0.7
        cloud = bench.cloud()
        await asyncio.gather(*(wait(bench, cloud, n) for n in range(count)))
        assert bench.wire.count("GET /compute") < 40

    on_script(story, things, latency=0.02)


def test_many_are_watched_by_what_changed() -> None:
    things = Things()

    async def story(bench: Bench, script: Scripted) -> None:
        for n in range(50):
            things.active_at[f"s{n}"] = bench.clock.now() + 30
        cloud = bench.cloud()
        await asyncio.gather(*(cloud.watch(SERVERS, f"s{n}", active) for n in range(50)))
        lists = [line for line in bench.wire.log if "/detail" in line]
        assert "changes-since" not in lists[0]
        assert all("changes-since" in line for line in lists[1:])
        assert len(lists) < 14

    on_script(story, things, latency=0.02)


def test_the_rhythm_begins_quick_and_becomes_slow() -> None:
    things = Things(plural="volumes")
    asked: list[float] = []

    def answer(request: Request, now: float) -> Response:
        asked.append(now)
        return things(request, now)

    async def story(bench: Bench, script: Scripted) -> None:
        things.active_at["v"] = bench.clock.now() + 60
        await bench.cloud().watch(VOLUMES, "v", active)
        gaps = [b - a for a, b in pairwise(asked)]
        assert gaps[0] == pytest.approx(0.2, abs=0.01)
        assert gaps[-1] == pytest.approx(5.0, abs=0.01)
        assert gaps == sorted(gaps)

    on_script(story, answer)


def test_absence_in_a_list_is_asked_about() -> None:
    things = Things()

    async def story(bench: Bench, script: Scripted) -> None:
        for n in range(5):
            things.active_at[f"s{n}"] = 0.0
            things.gone_at[f"s{n}"] = bench.clock.now() + 3
        things.hidden = ["s1"]  # its cell is down: no list shows it, it is not gone
        things.gone_at["s1"] = bench.clock.now() + 60
        cloud = bench.cloud()

        async def wait(n: int) -> float:
            assert await cloud.watch(SERVERS, f"s{n}", gone) is None
            return bench.clock.now() - things.gone_at[f"s{n}"]

        late = await asyncio.gather(*(wait(n) for n in range(5)))
        assert all(0 <= seconds < 5.1 for seconds in late)

    on_script(story, things)


def test_deletions_that_the_service_tells_of_need_no_question() -> None:
    things = Things()

    async def story(bench: Bench, script: Scripted) -> None:
        for n in range(100):
            things.active_at[f"s{n}"] = 0.0
        cloud = bench.cloud()

        async def end(n: int) -> None:
            assert await cloud.delete(SERVERS, f"s{n}")
            assert await cloud.watch(SERVERS, f"s{n}", gone) is None
            assert bench.clock.now() >= things.gone_at[f"s{n}"]

        await asyncio.gather(*(end(n) for n in range(100)))
        assert bench.wire.count("DELETE") == 100
        assert 2 <= bench.wire.count("GET") <= 12

    on_script(story, things)


def test_a_deletion_that_no_list_of_changes_tells_of_is_still_seen() -> None:
    things = Things()

    async def story(bench: Bench, script: Scripted) -> None:
        for n in range(3):
            things.active_at[f"s{n}"] = 0.0
            things.gone_at[f"s{n}"] = bench.clock.now() + 0.1
        things.unlisted_changes = list(things.active_at)
        cloud = bench.cloud()

        async def end(n: int) -> None:
            await cloud.delete(SERVERS, f"s{n}")
            await bench.clock.sleep(1)
            assert await cloud.watch(SERVERS, f"s{n}", gone) is None

        await asyncio.gather(*(end(n) for n in range(3)))

    on_script(story, things)


def test_ids_in_a_url_where_the_list_takes_them() -> None:
    things = Things(plural="ports")

    async def story(bench: Bench, script: Scripted) -> None:
        for n in range(250):
            things.active_at[f"p{n}"] = 0.0
        cloud = bench.cloud()
        await asyncio.gather(*(cloud.watch(PORTS, f"p{n}", active) for n in range(250)))
        assert bench.wire.count("GET /network") == 3

    on_script(story, things)


def test_a_service_that_lists_nothing_is_asked_one_by_one() -> None:
    things = Things(can_list=False)

    async def story(bench: Bench, script: Scripted) -> None:
        for n in range(3):
            things.active_at[f"s{n}"] = bench.clock.now() + 1
        cloud = bench.cloud()
        await asyncio.gather(*(cloud.watch(SERVERS, f"s{n}", active) for n in range(3)))
        assert bench.wire.count("GET /compute/v2.1/servers/detail") == 1

    on_script(story, things)


def test_one_that_fails_leaves_the_others_waiting() -> None:
    things = Things()

    def refuse(seen: dict[str, Any] | None) -> bool:
        raise ResourceFailed("it went to ERROR")

    async def story(bench: Bench, script: Scripted) -> None:
        for n in range(3):
            things.active_at[f"s{n}"] = bench.clock.now() + 5
        cloud = bench.cloud()
        results = await asyncio.gather(
            cloud.watch(SERVERS, "s0", active),
            cloud.watch(SERVERS, "s1", refuse),
            cloud.watch(SERVERS, "s2", active),
            return_exceptions=True,
        )
        assert [type(item) for item in results] == [dict, ResourceFailed, dict]

    on_script(story, things)


def test_a_lost_lease_ends_the_wait() -> None:
    things = Things()
    valid = [True]

    def guard(timeout: float) -> None:
        if not valid[0]:
            raise LeaseLost("gone")

    async def story(bench: Bench, script: Scripted) -> None:
        things.active_at["s"] = bench.clock.now() + 1000
        waiting = asyncio.create_task(bench.cloud(guard=guard).watch(SERVERS, "s", active))
        await bench.clock.sleep(20)
        valid[0] = False
        with pytest.raises(LeaseLost):
            await waiting
        assert bench.clock.monotonic() < 27

    on_script(story, things)


def test_a_cancelled_wait_stops_the_polls() -> None:
    things = Things()

    async def story(bench: Bench, script: Scripted) -> None:
        things.active_at["s"] = bench.clock.now() + 1000
        waiting = asyncio.create_task(bench.cloud().watch(SERVERS, "s", active))
        await bench.clock.sleep(20)
        waiting.cancel()
        await bench.clock.sleep(10)
        before = bench.wire.count()
        await bench.clock.sleep(100)
        assert bench.wire.count() == before

    on_script(story, things)


def test_a_fault_that_stays_ends_the_wait() -> None:
    def answer(request: Request, now: float) -> Response:
        return reply(500, {"computeFault": {"message": "broken"}})

    async def story(bench: Bench, script: Scripted) -> None:
        with pytest.raises(HttpFault, match="broken"):
            await bench.cloud().watch(VOLUMES, "v", active)

    on_script(story, answer)


def test_who_comes_while_others_wait_is_served_at_once() -> None:
    things = Things()

    async def story(bench: Bench, script: Scripted) -> None:
        things.active_at["slow"] = bench.clock.now() + 100
        things.active_at["quick"] = 0.0
        cloud = bench.cloud()
        slow = asyncio.create_task(cloud.watch(SERVERS, "slow", active))
        await bench.clock.sleep(31.234)
        before = bench.clock.monotonic()
        await cloud.watch(SERVERS, "quick", active)
        assert bench.clock.monotonic() - before < 0.2
        await slow

    on_script(story, things)


def test_who_reads_back_what_it_waited_for_needs_no_other_look() -> None:
    things = Things(plural="volumes")

    async def story(bench: Bench, script: Scripted) -> None:
        things.active_at["v"] = bench.clock.now() + 1
        cloud = bench.cloud()
        seen = await cloud.watch(VOLUMES, "v", active)
        looks = bench.wire.count("GET /volume")
        assert await cloud.show(VOLUMES, "v") == seen
        assert bench.wire.count("GET /volume") == looks
        # What it is later, somebody else may have changed.
        assert await cloud.show(VOLUMES, "v") == seen
        assert bench.wire.count("GET /volume") == looks + 1

    on_script(story, things)


def test_what_was_seen_before_a_change_is_looked_at_again() -> None:
    things = Things(plural="volumes")

    async def story(bench: Bench, script: Scripted) -> None:
        things.active_at["v"] = 0.0
        cloud = bench.cloud()
        await cloud.watch(VOLUMES, "v", active)
        looks = bench.wire.count("GET /volume")
        await cloud.call("POST", "volumev3", "/volumes/v/action", body={})
        await cloud.watch(VOLUMES, "v", active)
        assert bench.wire.count("GET /volume") == looks + 1

    on_script(story, things)

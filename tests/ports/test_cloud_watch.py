"""Waiting: few calls, nobody misses anything, gone means gone."""

from __future__ import annotations

import asyncio
import json
from email.utils import formatdate
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from calor.base.clock import parse_iso
from calor.base.errors import HttpFault, LeaseLost, ResourceFailed
from calor.base.wire import Request, Response
from support.clouded import PORTS, SERVERS, VOLUMES, Bench, Scripted, on_script, reply


class Things:
    """A small service: things that become ACTIVE and then go, at times of their own."""

    def __init__(self, *, plural: str = "servers", can_list: bool = True) -> None:
        self.plural = plural
        self.can_list = can_list
        self.active_at: dict[str, float] = {}
        self.gone_at: dict[str, float] = {}
        self.hidden: list[str] = []
        self.unlisted_changes: list[str] = []

    def state(self, id: str, now: float) -> dict[str, Any] | None:
        if id not in self.active_at or now >= self.gone_at.get(id, float("inf")):
            return None
        return {"id": id, "status": "ACTIVE" if now >= self.active_at[id] else "BUILD"}

    def changed(self, id: str, since: float, now: float) -> bool:
        times = [self.active_at[id], self.gone_at.get(id, float("inf"))]
        return any(since <= at <= now for at in times)

    def __call__(self, request: Request, now: float) -> Response:
        date = {"Date": formatdate(now, usegmt=True)}
        parts = urlsplit(request.url)
        if parts.path.endswith("/v2.1/"):
            return reply(200, {"version": {"min_version": "2.1", "version": "2.96"}})
        last = parts.path.rsplit("/", 1)[1]
        if request.method == "POST":
            asked = json.loads(request.body or b"{}")
            return reply(202, {key: {"id": item["name"]} for key, item in asked.items()}, **date)
        if request.method == "DELETE":
            self.gone_at.setdefault(last, now + 3)
            return Response(204, date)
        if last not in ("detail", self.plural):
            found = self.state(last, now)
            singular = self.plural[:-1]
            return reply(200, {singular: found}, **date) if found else reply(404, {})
        if not self.can_list:
            return reply(403, {})
        query = parse_qs(parts.query)
        ids = [id for id in self.active_at if id not in self.hidden]
        if "id" in query:
            ids = [id for id in ids if id in query["id"]]
        if "changes-since" in query:
            since = parse_iso(query["changes-since"][0])
            gone = {"status": "DELETED"}
            items = [
                self.state(id, now) or {"id": id, **gone}
                for id in ids
                if self.changed(id, since, now) and id not in self.unlisted_changes
            ]
        else:
            items = [item for id in ids if (item := self.state(id, now))]
        return reply(200, {self.plural: items}, **date)


def active(seen: dict[str, Any] | None) -> bool:
    return seen is not None and seen["status"] == "ACTIVE"


def gone(seen: dict[str, Any] | None) -> bool:
    return seen is None


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

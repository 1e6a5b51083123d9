"""Objects of collections on a simulated cloud: one by one and in bulk."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from calor.base.errors import HttpFault, LeaseLost, LostAnswer
from calor.base.wire import Request, Response
from calor.model.cloud import Cloud
from calor.resources.neutron.base import SUBNETS
from calor.sandbox.core import Sandbox
from calor.sandbox.faults import Fault
from calor.sandbox.settings import Quotas, SandboxSettings
from support.clouded import NETS, PORTS, SERVERS, Bench, on_sandbox, on_script, reply


async def ports_on_a_net(cloud: Cloud, count: int) -> tuple[str, list[dict[str, Any]]]:
    net = await cloud.create(NETS, {"name": "net"})
    return net["id"], [{"name": f"p{n}", "network_id": net["id"]} for n in range(count)]


def test_an_object_lives_and_dies() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        net = await cloud.create(NETS, {"name": "a"})
        assert (await cloud.show(NETS, net["id"]) or {})["name"] == "a"
        assert (await cloud.update(NETS, net["id"], {"name": "b"}))["name"] == "b"
        assert [item["id"] for item in await cloud.list(NETS, {"name": "b"})] == [net["id"]]
        assert await cloud.delete(NETS, net["id"])
        assert not await cloud.delete(NETS, net["id"])
        assert await cloud.show(NETS, net["id"]) is None
        assert sandbox.leftovers() == []

    on_sandbox(story)


def test_a_thousand_ports_are_few_calls() -> None:
    async def life(cloud: Cloud, body: dict[str, Any]) -> str:
        port = await cloud.create(PORTS, body)
        await cloud.watch(PORTS, port["id"], lambda seen: seen is not None)
        assert (await cloud.show(PORTS, port["id"]) or {})["name"] == body["name"]
        return str(port["id"])

    async def death(cloud: Cloud, id: str) -> None:
        await cloud.delete(PORTS, id)
        await cloud.watch(PORTS, id, lambda seen: seen is None)

    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        _, bodies = await ports_on_a_net(cloud, 1000)
        bench.wire.requests.clear()
        ids = await asyncio.gather(*(life(cloud, body) for body in bodies))
        assert len(dict.fromkeys(ids)) == 1000
        assert bench.wire.count() <= 30
        bench.wire.requests.clear()
        await asyncio.gather(*(death(cloud, id) for id in ids))
        assert bench.wire.count() <= 1020

    on_sandbox(story, sandbox=SandboxSettings.instant())


def test_one_bad_item_of_a_bulk_fails_alone() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        _, bodies = await ports_on_a_net(cloud, 100)
        bodies[42]["network_id"] = "00000000-0000-0000-0000-000000000000"
        results = await asyncio.gather(
            *(cloud.create(PORTS, body) for body in bodies), return_exceptions=True
        )
        bad = [n for n, item in enumerate(results) if isinstance(item, BaseException)]
        assert bad == [42]
        assert isinstance(results[42], HttpFault)
        assert results[42].status == 404
        for body, made in zip(bodies, results, strict=True):
            if not isinstance(made, BaseException):
                assert made["name"] == body["name"]
        assert bench.wire.count("POST /network") <= 16

    on_sandbox(story)


def test_a_bulk_beyond_the_quota_makes_what_fits() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        assert len(await cloud.list(PORTS)) == 1  # the router's
        _, bodies = await ports_on_a_net(cloud, 40)
        results = await asyncio.gather(
            *(cloud.create(PORTS, body) for body in bodies), return_exceptions=True
        )
        assert sum(isinstance(item, dict) for item in results) == 25
        faults = [item for item in results if isinstance(item, HttpFault)]
        assert [fault.status for fault in faults] == [409] * 15

    on_sandbox(story, sandbox=SandboxSettings.instant(quotas=Quotas(network={"port": 26})))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_bulk_is_lost_to_each(when: str) -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        net, bodies = await ports_on_a_net(cloud, 5)
        sandbox.faults.add(Fault(method="POST", service="network", lost=when))
        bench.wire.requests.clear()
        results = await asyncio.gather(
            *(cloud.create(PORTS, body) for body in bodies), return_exceptions=True
        )
        assert [type(item) for item in results] == [LostAnswer] * 5
        assert bench.wire.count("POST") == 1
        assert len(await cloud.list(PORTS, {"network_id": net})) == (5 if when == "after" else 0)

    on_sandbox(story)


def test_who_lost_the_lease_stays_out_of_the_bulk() -> None:
    def lost(timeout: float) -> None:
        raise LeaseLost("another engine holds the stack")

    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        net, bodies = await ports_on_a_net(cloud, 4)
        late = bench.cloud(guard=lost, project=cloud._project)
        results = await asyncio.gather(
            cloud.create(PORTS, bodies[0]),
            late.create(PORTS, bodies[1]),
            cloud.create(PORTS, bodies[2]),
            late.show(PORTS, "x"),
            late.call("GET", "network", "/v2.0/ports"),
            return_exceptions=True,
        )
        kinds = [type(item) for item in results]
        assert kinds == [dict, LeaseLost, dict, LeaseLost, LeaseLost]
        assert len(await cloud.list(PORTS, {"network_id": net})) == 2

    on_sandbox(story)


def test_who_loses_the_lease_while_a_bulk_waits_is_left_behind() -> None:
    asked: list[int] = []

    def guard(timeout: float) -> None:
        asked.append(1)
        if len(asked) > 1:  # it was fine when the bulk was put together
            raise LeaseLost("another engine holds the stack")

    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        net, bodies = await ports_on_a_net(cloud, 3)
        late = bench.cloud(guard=guard, project=cloud._project)
        results = await asyncio.gather(
            cloud.create(PORTS, bodies[0]),
            late.create(PORTS, bodies[1]),
            cloud.create(PORTS, bodies[2]),
            return_exceptions=True,
        )
        assert [type(item) for item in results] == [dict, LeaseLost, dict]
        assert len(await cloud.list(PORTS, {"network_id": net})) == 2

    on_sandbox(story)


def test_answers_of_a_bulk_in_another_order_find_their_owners() -> None:
    def answer(request: Request, now: float) -> Response:
        bodies = json.loads(request.body)["ports"]
        return reply(201, {"ports": [{"id": b["name"], **b} for b in reversed(bodies)]})

    async def story(bench: Bench, script: object) -> None:
        cloud = bench.cloud()
        made = await asyncio.gather(*(cloud.create(PORTS, {"name": f"p{n}"}) for n in range(3)))
        assert [item["id"] for item in made] == ["p0", "p1", "p2"]

    on_script(story, answer)


def test_bulks_for_a_slow_service_are_small() -> None:
    sizes: list[int] = []

    def answer(request: Request, now: float) -> Response:
        bodies = json.loads(request.body)["ports"]
        sizes.append(len(bodies))
        return reply(201, {"ports": [{"id": b["name"], **b} for b in bodies]})

    async def story(bench: Bench, script: object) -> None:
        cloud = bench.cloud()
        for start in (0, 100):
            names = [f"p{n}" for n in range(start, start + 100)]
            await asyncio.gather(*(cloud.create(PORTS, {"name": name}) for name in names))
        assert sizes == [100, 37, 37, 26]  # a quarter of the time-out at 0.4 seconds each

    on_script(story, answer, latency=40.0)


def test_an_answer_that_fits_nobody_is_lost() -> None:
    def answer(request: Request, now: float) -> Response:
        return reply(201, {"ports": [{"id": "1", "name": "stranger"}] * 3})

    async def story(bench: Bench, script: object) -> None:
        cloud = bench.cloud()
        made = await asyncio.gather(
            *(cloud.create(PORTS, {"name": f"p{n}"}) for n in range(3)), return_exceptions=True
        )
        assert [type(item) for item in made] == [LostAnswer] * 3

    on_script(story, answer)


def test_shows_of_one_moment_share_a_list() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        _, bodies = await ports_on_a_net(cloud, 150)
        ports = await asyncio.gather(*(cloud.create(PORTS, body) for body in bodies))
        ids = [port["id"] for port in ports]
        await bench.clock.sleep(60.0)  # what their creates answered is old now
        bench.wire.requests.clear()
        strange = "11111111-2222-3333-4444-555555555555"
        shown = await asyncio.gather(*(cloud.show(PORTS, id) for id in [*ids, strange]))
        assert [item and item["id"] for item in shown] == [*ids, None]
        assert bench.wire.count() == 3

    on_sandbox(story)


def test_what_was_just_made_is_known_until_something_is_asked_of_it() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        _, bodies = await ports_on_a_net(cloud, 2)
        first, second = [await cloud.create(PORTS, body) for body in bodies]
        bench.wire.requests.clear()
        assert await cloud.show(PORTS, first["id"]) == first
        assert bench.wire.count() == 0
        await cloud.update(PORTS, second["id"], {"name": "other"})
        shown = await cloud.show(PORTS, second["id"])
        assert shown is not None
        assert shown["name"] == "other"

    on_sandbox(story)


def test_what_was_lately_so_is_good_for_many_until_we_change_it() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        _, bodies = await ports_on_a_net(cloud, 1)
        port = (await cloud.create(PORTS, bodies[0]))["id"]
        bench.wire.requests.clear()
        await cloud.show(PORTS, port)  # which takes what the create said
        for _ in range(3):
            assert (await cloud.show(PORTS, port, lately=True) or {})["name"] == "p0"
        assert bench.wire.count() == 0
        await cloud.update(PORTS, port, {"name": "other"})
        assert (await cloud.show(PORTS, port, lately=True) or {})["name"] == "other"
        await bench.clock.sleep(60)
        before = bench.wire.count()
        await cloud.show(PORTS, port, lately=True)
        assert bench.wire.count() == before + 1

    on_sandbox(story)


def test_what_is_foreseen_is_read_once_and_serves_many() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        net = (await cloud.create(NETS, {"name": "net"}))["id"]
        await bench.clock.sleep(60)
        bench.wire.requests.clear()
        for _ in range(3):
            cloud.foresee(NETS, net)
        shown = await asyncio.gather(*(cloud.show(NETS, net, lately=True) for _ in range(50)))
        assert [(item or {})["name"] for item in shown] == ["net"] * 50
        cloud.foresee(NETS, net)
        await bench.clock.sleep(1)
        assert bench.wire.count() == 1

    on_sandbox(story)


def test_what_was_read_before_we_changed_it_is_not_what_it_was_lately() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        net = (await cloud.create(NETS, {"name": "net"}))["id"]
        await bench.clock.sleep(60)
        cloud.foresee(NETS, net)
        await cloud.update(NETS, net, {"name": "other"})
        assert (await cloud.show(NETS, net, lately=True) or {})["name"] == "other"

    on_sandbox(story)


def test_who_asks_after_a_change_is_not_told_what_was_read_before_it() -> None:
    """The reading that began before is still under way when the change is done."""

    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        net = (await cloud.create(NETS, {"name": "net"}))["id"]
        await bench.clock.sleep(60)
        sandbox.faults.add(Fault(service="network", method="GET", delay=5.0, count=1))
        early = asyncio.ensure_future(cloud.show(NETS, net, lately=True))
        await bench.clock.sleep(1)
        await cloud.update(NETS, net, {"name": "other"})
        assert not early.done()
        assert (await cloud.show(NETS, net, lately=True) or {})["name"] == "other"
        await early

    on_sandbox(story)


def test_a_network_with_one_more_subnet_or_one_less_is_read_anew() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        net = (await cloud.create(NETS, {"name": "net"}))["id"]
        assert (await cloud.show(NETS, net, lately=True) or {})["subnets"] == []
        subnet = {"network_id": net, "cidr": "192.0.2.0/24", "ip_version": 4}
        made = (await cloud.create(SUBNETS, subnet))["id"]
        assert (await cloud.show(NETS, net, lately=True) or {})["subnets"] == [made]
        await cloud.delete(SUBNETS, made)
        assert (await cloud.show(NETS, net, lately=True) or {})["subnets"] == []

    on_sandbox(story)


def test_what_is_gone_is_not_there_lately() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        cloud.foresee(NETS, "nowhere")
        assert await cloud.show(NETS, "nowhere", lately=True) is None

    on_sandbox(story)


def test_lists_follow_their_pages() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        net, bodies = await ports_on_a_net(cloud, 25)
        await asyncio.gather(*(cloud.create(PORTS, body) for body in bodies))
        bench.wire.requests.clear()
        found = await cloud.list(PORTS, {"network_id": net})
        names = sorted(item["name"] for item in found)
        assert names == sorted(body["name"] for body in bodies)
        assert bench.wire.count() >= 3
        assert all("network_id" in line for line in bench.wire.log)

    on_sandbox(story, sandbox=SandboxSettings.instant(network_page_limit=10))


def test_pages_by_every_kind_of_link() -> None:
    pages = {
        "": {"servers": [{"id": 1}], "servers_links": [{"rel": "next", "href": "http://x/?m=a"}]},
        "m=a": {"servers": [{"id": 2}], "links": {"next": "http://y/?m=b", "self": "z"}},
        "m=b": {"servers": [{"id": 3}], "next": "/v2/z?m=c"},
        "m=c": {"servers": [{"id": 4}], "next": "/v2/z?m=c"},  # points at itself
    }

    def answer(request: Request, now: float) -> Response:
        if request.url.endswith("/v2.1/"):
            return reply(200, {"version": {"min_version": "2.1", "version": "2.96"}})
        assert request.headers["OpenStack-API-Version"] == "compute 2.96"
        return reply(200, pages[request.url.partition("?")[2]])

    async def story(bench: Bench, script: object) -> None:
        items = await bench.cloud().list(SERVERS)
        assert [item["id"] for item in items] == [1, 2, 3, 4]

    on_script(story, answer)

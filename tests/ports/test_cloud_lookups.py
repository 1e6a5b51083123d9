"""Names into ids."""

from __future__ import annotations

import asyncio

import pytest

from calor.base.errors import Conflict, NotFound
from calor.base.wire import Request, Response
from calor.cloud.kinds import KINDS
from calor.sandbox.core import Sandbox
from support.clouded import NETS, Bench, Scripted, on_sandbox, on_script, reply


def test_by_name_and_by_id() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        net = await cloud.create(NETS, {"name": "mine"})
        assert await cloud.find("neutron.network", "mine") == net["id"]
        bench.wire.requests.clear()
        assert await cloud.find("neutron.network", net["id"]) == net["id"]
        assert bench.wire.log == [f"GET /network/v2.0/networks/{net['id']}"]

    on_sandbox(story)


def test_what_is_not_there_is_told_and_asked_again() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        with pytest.raises(NotFound, match="there is no network 'later'"):
            await cloud.find("neutron.network", "later")
        net = await cloud.create(NETS, {"name": "later"})
        assert await cloud.find("neutron.network", "later") == net["id"]

    on_sandbox(story)


def test_several_of_a_name_are_a_conflict_that_lists_them() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        nets = [await cloud.create(NETS, {"name": "twin"}) for _ in range(2)]
        with pytest.raises(Conflict, match="2 networks named 'twin'") as caught:
            await cloud.find("neutron.network", "twin")
        assert all(net["id"] in caught.value.hint for net in nets)

    on_sandbox(story)


def test_of_several_the_one_of_our_own_project_is_meant() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        demo, admin = bench.account(), bench.account("admin", "admin")
        ours = await bench.cloud(demo).create(NETS, {"name": "same"})
        theirs = await bench.cloud(admin).create(NETS, {"name": "same"})
        cloud = bench.cloud(admin, project_id=theirs["project_id"])
        assert await cloud.find("neutron.network", "same") == theirs["id"]
        assert await bench.cloud(demo).find("neutron.network", "same") == ours["id"]

    on_sandbox(story)


def test_found_names_are_remembered_for_a_minute_and_shared() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud, other = bench.cloud(), bench.cloud()
        await cloud.create(NETS, {"name": "n"})
        bench.wire.requests.clear()
        await asyncio.gather(*(cloud.find("neutron.network", "n") for _ in range(50)))
        await other.find("neutron.network", "n")
        assert bench.wire.count("GET /network") == 1
        await bench.clock.sleep(61)
        await cloud.find("neutron.network", "n")
        assert bench.wire.count("GET /network") == 2

    on_sandbox(story)


def test_many_ids_of_one_moment_share_a_list() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        nets = await asyncio.gather(*(cloud.create(NETS, {"name": f"{n}"}) for n in range(60)))
        bench.wire.requests.clear()
        found = await asyncio.gather(*(cloud.find("neutron.network", n["id"]) for n in nets))
        assert found == [net["id"] for net in nets]
        assert bench.wire.count("GET") == 1

    on_sandbox(story)


def test_keystones_things_as_administrator_and_member() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        admin = bench.cloud(bench.account("admin", "admin"))
        demo = await admin.find("keystone.project", "demo")
        assert await admin.find("keystone.project", demo) == demo
        assert await admin.find("keystone.project", "demo{Default}") == demo
        assert await admin.find("keystone.domain", "default") == "default"
        assert await admin.find("keystone.domain", "Default") == "default"
        assert await admin.find("keystone.role", "member")
        assert await admin.find("keystone.region", "RegionOne") == "RegionOne"
        member = bench.cloud()
        assert await member.find("keystone.project", "demo") == demo
        with pytest.raises(NotFound):
            await member.find("keystone.project", "admin")

    on_sandbox(story)


def _nova(request: Request, now: float) -> Response:
    path, _, query = request.url.removeprefix("http://sandbox.invalid").partition("?")
    flavors = [{"id": "1", "name": "m1.tiny"}, {"id": "42", "name": "m1.small"}]
    if path == "/compute/v2.1/flavors/detail":
        return reply(200, {"flavors": flavors})
    if path == "/compute/v2.1/flavors/hidden":
        return reply(200, {"flavor": {"id": "hidden", "name": "h"}})
    if path == "/compute/v2.1/os-keypairs/my%20key":
        return reply(200, {"keypair": {"name": "my key"}})
    if path == "/compute/v2.1/servers/detail":
        assert query == "name=%5Ea%5C.b%24"
        return reply(200, {"servers": [{"id": "s1", "name": "a.b"}, {"id": "s2", "name": "A.b"}]})
    if path == "/compute/v2.1/os-hosts":
        return reply(200, {"hosts": [{"host_name": "h1", "service": "compute"}]})
    return reply(404, {"itemNotFound": {"message": "no", "code": 404}})


@pytest.mark.parametrize(
    ("kind", "name", "id"),
    [
        ("nova.flavor", "m1.small", "42"),
        ("nova.flavor", "42", "42"),
        ("nova.flavor", "hidden", "hidden"),
        ("nova.keypair", "my key", "my key"),
        ("nova.server", "a.b", "s1"),
        ("nova.host", "h1", "h1"),
    ],
)
def test_novas_kinds(kind: str, name: str, id: str) -> None:
    async def story(bench: Bench, script: Scripted) -> None:
        assert await bench.cloud().find(kind, name) == id

    on_script(story, _nova)


def test_lists_that_cant_be_narrowed_are_read_once() -> None:
    async def story(bench: Bench, script: Scripted) -> None:
        cloud = bench.cloud()
        await asyncio.gather(*(cloud.find("nova.flavor", n) for n in ("m1.tiny", "m1.small", "1")))
        assert bench.wire.count("GET /compute") == 1
        with pytest.raises(NotFound) as caught:
            await cloud.find("nova.flavor", "m1.smal")
        assert caught.value.hint == "did you mean 'm1.small'?"

    on_script(story, _nova)


def test_a_kind_that_nobody_knows() -> None:
    async def story(bench: Bench, script: Scripted) -> None:
        with pytest.raises(NotFound, match="no kind of thing"):
            await bench.cloud().find("nova.nonsense", "x")

    on_script(story, _nova)


def test_the_table_tells_how_to_find_each_kind() -> None:
    for name, kind in KINDS.items():
        assert kind.noun, name
        assert kind.collection.path.startswith("/"), name
        assert kind.collection.plural, name

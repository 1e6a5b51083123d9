"""What servers, volumes and flavors do beyond what all types do."""

from __future__ import annotations

import base64
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from calor.base.errors import HttpFault, ResourceFailed
from calor.base.values import reveal
from calor.resources.cinder.volume import VOLUMES
from calor.resources.neutron.base import FLOATING_IPS, PORTS
from calor.resources.nova.server_identity import SERVERS
from contract.hand import Company, Hand
from contract.saboteur import Harm, Sabotage
from contract.scene import type_of
from contract.stage import REAL, Stage, play

SERVER = "OS::Nova::Server"
SMALL = {"flavor": "m1.nano", "image": "tiny"}


@dataclass
class Site:
    """A network with a subnet to put servers on."""

    stage: Stage
    company: Company
    net: str = ""
    subnet: str = ""

    async def make(self, type: str, properties: Mapping[str, Any], name: str = "thing") -> Hand:
        hand = self.company.hand(type_of(type), properties, name)
        await hand.create()
        return hand

    async def server(self, **properties: Any) -> Hand:
        return await self.make(SERVER, {**SMALL, **properties}, "server")

    async def port(self) -> str:
        return (await self.make("OS::Neutron::Port", {"network": self.net}, "port")).id

    async def live(self, server: Hand) -> dict[str, Any]:
        return await self.company.cloud.show(SERVERS, server.id) or {}

    async def ports(self, server: Hand) -> list[dict[str, Any]]:
        return await self.company.cloud.list(PORTS, {"device_id": server.id})

    async def all_ports(self) -> list[dict[str, Any]]:
        ports = await self.company.cloud.list(PORTS, {"network_id": self.net})
        return [port for port in ports if not port["device_owner"].startswith("network:")]


def on_site(story: Callable[[Site], Coroutine[Any, Any, None]]) -> None:
    async def whole(stage: Stage) -> None:
        company = Company(stage, admin=False)
        await company.connect()
        site = Site(stage, company)
        site.net = (await site.make("OS::Neutron::Net", {}, "net")).id
        subnet = {"network": site.net, "cidr": "192.0.2.0/24"}
        site.subnet = (await site.make("OS::Neutron::Subnet", subnet, "subnet")).id
        await story(site)
        await company.clear()

    play(whole)


# --- interfaces -----------------------------------------------------------------------------------


def test_interfaces_come_and_go() -> None:
    async def story(site: Site) -> None:
        port = await site.port()
        server = await site.server(
            networks=[
                {"network": site.net},
                {"subnet": site.subnet, "fixed_ip": "192.0.2.50"},
                {"network": site.net, "port_extra_properties": {"admin_state_up": False}},
            ]
        )
        first = {item["id"]: item for item in await site.ports(server)}
        assert len(first) == 3
        assert [it["admin_state_up"] for it in first.values()].count(False) == 1
        assert "192.0.2.50" in server.row.attributes["networks"][site.net]
        await server.update({**SMALL, "networks": [{"port": port}, {"network": site.net}]})
        second = [item["id"] for item in await site.ports(server)]
        assert len(second) == 2
        assert port in second
        assert [id for id in second if id in first] != []
        await server.update({**SMALL, "networks": [{"subnet": site.subnet}]})
        (third,) = await site.ports(server)
        assert third["id"] in second
        assert third["id"] != port
        await server.update({**SMALL, "networks": [{"allocate_network": "none"}]})
        assert await site.ports(server) == []
        assert server.row.attributes["first_address"] == ""
        await server.update({**SMALL, "networks": [{"port": port}]})
        assert [item["id"] for item in await site.ports(server)] == [port]
        await server.delete()
        assert [item["id"] for item in await site.all_ports()] == [port]

    on_site(story)


def test_ports_made_for_a_server_change_in_place_and_go_with_it() -> None:
    async def story(site: Site) -> None:
        group = await site.make("OS::Neutron::SecurityGroup", {}, "group")

        def wanted(up: bool) -> dict[str, Any]:
            extra = {"admin_state_up": up, "value_specs": {"description": f"up is {up}"}}
            entry = {"subnet": site.subnet, "port_extra_properties": extra}
            return {**SMALL, "networks": [entry], "security_groups": [group.id]}

        server = await site.make(SERVER, wanted(True), "server")
        (before,) = await site.ports(server)
        assert before["security_groups"] == [group.id]
        assert before["description"] == "up is True"
        await server.update(wanted(False))
        (after,) = await site.ports(server)
        assert after["id"] == before["id"]
        assert (after["admin_state_up"], after["description"]) == (False, "up is False")
        await server.delete()
        assert await site.all_ports() == []

    on_site(story)


def test_a_refused_server_leaves_no_ports() -> None:
    async def story(site: Site) -> None:
        entry = {"subnet": site.subnet}
        wanted = {**SMALL, "networks": [entry], "availability_zone": "nowhere"}
        hand = site.company.hand(type_of(SERVER), wanted, "refused")
        with pytest.raises(HttpFault, match="availability zone"):
            await hand.create()
        assert await site.all_ports() == []

    on_site(story)


def test_ports_of_a_server_that_never_came_are_found_and_removed() -> None:
    async def story(site: Site) -> None:
        hand = site.company.hand(
            type_of(SERVER), {**SMALL, "networks": [{"subnet": site.subnet}] * 2}, "lost"
        )
        nth = 0
        while not _asked_for_server(site.company.saboteur.calls):
            nth += 1
            assert await site.company.suffer(Sabotage(Harm.CRASH_BEFORE, nth), hand.create)
        assert len(await site.all_ports()) == 2
        assert await hand.type.find(hand.work()) == []
        assert await site.all_ports() == []

    on_site(story)


def _asked_for_server(calls: Sequence[str]) -> bool:
    return any(call.startswith("POST") and call.endswith("/servers") for call in calls)


def test_nova_chooses_the_network() -> None:
    async def story(site: Site) -> None:
        server = await site.server(networks=[{"allocate_network": "none"}])
        assert await site.ports(server) == []
        await server.update({**SMALL, "networks": [{"network": site.net}]})
        assert len(await site.ports(server)) == 1

    on_site(story)


def test_interfaces_bear_tags() -> None:
    async def story(site: Site) -> None:
        async def tags() -> list[str]:
            path = f"/servers/{server.id}/os-interface"
            answer = await site.company.cloud.call("GET", "compute", path, microversion="2.70")
            return [item["tag"] for item in answer.body["interfaceAttachments"]]

        server = await site.server(networks=[{"network": site.net, "tag": "nic"}])
        assert await tags() == ["nic"]
        await server.update({**SMALL, "networks": [{"network": site.net, "tag": "other"}]})
        assert await tags() == ["other"]

    on_site(story)


def test_floating_ips_lead_to_interfaces() -> None:
    async def story(site: Site) -> None:
        gateway = {"external_gateway_info": {"network": "public"}}
        router = await site.make("OS::Neutron::Router", gateway, "router")
        await site.make(
            "OS::Neutron::RouterInterface", {"router": router.id, "subnet": site.subnet}, "inside"
        )
        floating = await site.make(
            "OS::Neutron::FloatingIP", {"floating_network": "public"}, "floating"
        )

        async def leads_to() -> str | None:
            thing = await site.company.cloud.show(FLOATING_IPS, floating.id) or {}
            port: str | None = thing["port_id"]
            return port

        one, two = await site.port(), await site.port()

        def wanted(*to: str) -> dict[str, Any]:
            entries = [
                {"port": id, **({"floating_ip": floating.id} if id in to else {})}
                for id in (one, two)
            ]
            return {**SMALL, "networks": entries}

        server = await site.make(SERVER, wanted(one), "server")
        assert await leads_to() == one
        kinds = [item["OS-EXT-IPS:type"] for item in server.row.attributes["addresses"][site.net]]
        assert sorted(kinds) == ["fixed", "fixed", "floating"]
        await server.update(wanted(two))
        assert await leads_to() == two
        await server.update(wanted())
        assert await leads_to() is None
        await server.update(wanted(one))
        await server.delete()
        assert await leads_to() is None

    on_site(story)


# --- the server itself ----------------------------------------------------------------------------


def test_a_resize_is_confirmed() -> None:
    async def story(site: Site) -> None:
        server = await site.server(networks=[{"network": site.net}])
        await server.update({**SMALL, "flavor": "m1.tiny", "networks": [{"network": site.net}]})
        thing = await site.live(server)
        assert thing["status"] == "ACTIVE"
        assert thing["flavor"]["id"] == await site.company.cloud.find("nova.flavor", "m1.tiny")

    on_site(story)


def test_a_new_image_rebuilds() -> None:
    async def story(site: Site) -> None:
        networks = [{"network": site.net}]
        server = await site.server(networks=networks)
        id = server.id
        image = site.stage.second_image()
        await server.update({**SMALL, "image": image, "networks": networks})
        thing = await site.live(server)
        assert server.id == id
        assert thing["image"]["id"] == await site.company.cloud.find("glance.image", image)

    on_site(story)


def test_a_server_that_somebody_stopped_is_updated_as_it_is() -> None:
    async def story(site: Site) -> None:
        networks = [{"network": site.net}]
        server = await site.server(networks=networks)
        path = f"/servers/{server.id}/action"
        await site.company.cloud.call("POST", "compute", path, body={"os-stop": None})
        await server.update({**SMALL, "networks": networks, "metadata": {"a": 1}})
        thing = await site.live(server)
        assert (thing["status"], thing["metadata"]) == ("SHUTOFF", {"a": "1"})
        with pytest.raises(ResourceFailed, match="SHUTOFF, not ACTIVE"):
            await server.type.check(server.work())

    on_site(story)


def test_a_refusal_quotes_no_secrets() -> None:
    async def story(site: Site) -> None:
        disk = {"image": "tiny", "volume_size": 1, "volume_type": "fast", "boot_index": 1}
        wanted = {
            **SMALL,
            "networks": [{"network": site.net}],
            "block_device_mapping_v2": [disk],  # of a later API, which takes no files
            "personality": {"/etc/motd": "hello"},
            "admin_pass": "canary",
            "user_data": "canary",
        }
        hand = site.company.hand(type_of(SERVER), wanted)
        with pytest.raises(HttpFault, match="personality") as caught:
            await hand.create()
        assert "canary" not in str(caught.value)
        assert base64.b64encode(b"canary").decode() not in str(caught.value)

    on_site(story)


def test_consoles_say_where_they_are_or_why_not() -> None:
    async def story(site: Site) -> None:
        server = await site.server(networks=[{"network": site.net}])
        urls = reveal(await server.type.live(server.work(), "console_urls"))
        assert [urls[kind] for kind in ("novnc", "spice-html5", "serial")] != []
        assert all(isinstance(item, str) and item for item in urls.values())

    on_site(story)


def test_a_failed_server_says_why() -> None:
    async def story(site: Site) -> None:
        office = Company(site.stage, admin=True)
        await office.connect()
        size = {"ram": 64, "vcpus": 1, "disk": 1}
        no_host_has = {"resources:PGPU": "1000"}
        flavor = office.hand(type_of("OS::Nova::Flavor"), {**size, "extra_specs": no_host_has})
        await flavor.create()
        wanted = {**SMALL, "flavor": flavor.id, "networks": [{"network": site.net}]}
        hand = site.company.hand(type_of(SERVER), wanted)
        with pytest.raises(ResourceFailed) as caught:
            await hand.create()
        reason = 'Went to status ERROR due to "Message: No valid host was found. , Code: 500"'
        assert str(caught.value) == reason
        await hand.delete()
        await office.clear()

    on_site(story)


# --- disks ----------------------------------------------------------------------------------------


@pytest.mark.skipif(REAL, reason="Cinder's fake driver fails to make a volume of an image")
def test_a_server_starts_from_a_volume() -> None:
    async def story(site: Site) -> None:
        disk = {"image": "tiny", "volume_size": 1, "delete_on_termination": True}
        extra = await site.make("OS::Cinder::Volume", {"size": 1}, "extra")
        disks = [disk, {"volume_id": extra.id, "device_name": "vdb"}]
        server = await site.make(
            SERVER,
            {
                "flavor": "m1.nano",
                "block_device_mapping_v2": disks,
                "networks": [{"network": site.net}],
            },
            "server",
        )
        attached = (await site.live(server))["os-extended-volumes:volumes_attached"]
        ids = [item["id"] for item in attached]
        assert extra.id in ids
        (root,) = [id for id in ids if id != extra.id]
        await server.delete()
        assert (await site.company.cloud.show(VOLUMES, extra.id) or {})["status"] == "available"
        await site.company.cloud.watch(VOLUMES, root, lambda thing: thing is None)

    on_site(story)


def test_a_server_takes_volumes_along() -> None:
    async def story(site: Site) -> None:
        extra = await site.make("OS::Cinder::Volume", {"size": 1}, "extra")
        for disks in (
            {"block_device_mapping_v2": [{"volume_id": extra.id}]},
            {"block_device_mapping": [{"volume_id": extra.id, "device_name": "vdb"}]},
        ):
            server = await site.server(networks=[{"network": site.net}], **disks)
            attached = (await site.live(server))["os-extended-volumes:volumes_attached"]
            assert [item["id"] for item in attached] == [extra.id]
            await server.delete()
            await site.company.cloud.watch(VOLUMES, extra.id, _available)

    on_site(story)


def _available(volume: dict[str, Any] | None) -> bool:
    return (volume or {}).get("status") == "available"


def test_a_volume_grows_and_never_shrinks() -> None:
    async def story(site: Site) -> None:
        volume = await site.make("OS::Cinder::Volume", {"size": 1}, "volume")
        await volume.update({"size": 2})
        assert volume.row.attributes["size"] == "2"
        with pytest.raises(ResourceFailed, match="can't shrink"):
            await volume.update({"size": 1})

    on_site(story)


# --- flavors --------------------------------------------------------------------------------------


def test_projects_may_use_a_private_flavor() -> None:
    async def story(stage: Stage) -> None:
        company = Company(stage, admin=True)
        await company.connect()
        project = company.hand(type_of("OS::Keystone::Project"), {}, "project")
        await project.create()
        size = {"ram": 64, "vcpus": 1, "is_public": False}
        flavor = company.hand(type_of("OS::Nova::Flavor"), size, "flavor")
        await flavor.create()

        async def users() -> list[str]:
            path = f"/flavors/{flavor.id}/os-flavor-access"
            answer = await company.cloud.call("GET", "compute", path)
            return [item["tenant_id"] for item in answer.body["flavor_access"]]

        await flavor.update({**size, "tenants": [project.id]})
        assert await users() == [project.id]
        await flavor.update(size)
        assert await users() == []
        await company.clear()

    play(story)

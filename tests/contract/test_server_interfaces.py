"""Interfaces of servers: ports that come, change, go with them, and are not left behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from calor.base.errors import HttpFault
from calor.resources.neutron.base import FLOATING_IPS
from contract.saboteur import Harm, Sabotage
from contract.scene import type_of
from contract.site import SERVER, SMALL, Site, on_site


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

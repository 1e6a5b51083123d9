"""A network with a subnet, and the words for what is put there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from calor.resources.neutron.base import PORTS
from calor.resources.nova.server_identity import SERVERS
from contract.hand import Company, Hand
from contract.scene import type_of
from contract.stage import Stage, play

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

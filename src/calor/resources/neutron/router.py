"""OS::Neutron::Router."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from calor.model.resource_type import Sibling, Work
from calor.resources.identity import Likeness, PhysicalName
from calor.resources.neutron.base import ROUTERS, NeutronProperties, NeutronType, move_agents
from calor.resources.refer import of_type, same, same_value
from calor.resources.rest import Thing, known_before
from calor.resources.wire import at
from calor.schema import FORMATS, Attributes, Lookup, Properties, Wire, attribute, prop, since
from calor.schema.support import Support


class ExternalFixedIp(Properties):
    ip_address: Annotated[str | None, FORMATS["ip_addr"]] = prop(
        doc="Address of the router in the external network."
    )
    subnet: Annotated[str | None, Lookup("neutron.subnet"), Wire("subnet_id")] = prop(
        doc="Subnet of the external network, by name or id."
    )


class ExternalGateway(Properties):
    network: Annotated[str, Lookup("neutron.network", shown=False), Wire("network_id")] = prop(
        required=True, update=True, doc="The external network, by name or id."
    )
    enable_snat: bool | None = prop(
        update=True, doc="Whether addresses are translated at the gateway."
    )
    external_fixed_ips: list[ExternalFixedIp] | None = prop(
        update=True,
        doc="Addresses of the router in the external network.",
        support=since("6.0.0"),
    )


class RouterProperties(NeutronProperties):
    name: str | None = prop(update=True, doc="Name of the router.")
    external_gateway_info: Annotated[
        ExternalGateway | None, Wire("external_gateway_info", unset={})
    ] = prop(update=True, doc="The way out of the router.")
    value_specs: Annotated[dict[str, Any], Wire("")] = prop(
        {}, update=True, doc="More fields for the request, for what the properties don't cover."
    )
    admin_state_up: bool = prop(True, update=True, doc="Whether the router is switched on.")
    l3_agent_id: str | None = prop(
        update=True,
        replaced_by="l3_agent_ids",
        translate=lambda agent: [agent],
        doc="Old form of `l3_agent_ids`.",
        support=Support(
            "HIDDEN", "6.0.0", previous=Support("DEPRECATED", "2015.1", previous=since("2014.1"))
        ),
    )
    l3_agent_ids: Annotated[list[str] | None, Wire("")] = prop(
        update=True,
        doc="L3 agents that serve the router; for administrators.",
        support=since("2015.1"),
    )
    distributed: bool | None = prop(
        doc="Whether the router is distributed; for administrators.", support=since("2015.1")
    )
    ha: bool | None = prop(
        doc="Whether the router is highly available; for administrators.", support=since("2015.1")
    )
    availability_zone_hints: list[Any] | None = prop(
        update=True,
        doc="Availability zones in which the router should be scheduled.",
        support=since("19.0.0"),
    )
    tags: Annotated[list[str] | None, Wire("")] = prop(
        update=True, doc="Tags of the router.", support=since("9.0.0")
    )
    tenant_id: str | None = prop(
        doc="Project that owns the router; for administrators.", support=since("24.0.0")
    )


class RouterAttributes(Attributes):
    status: str = attribute("State of the router.")
    external_gateway_info: dict[str, Any] = attribute("The way out of the router.")
    name: str = attribute("Name of the router.")
    admin_state_up: str = attribute("Whether the router is switched on.")
    tenant_id: str = attribute("Project that owns the router.")


class Router(NeutronType):
    """A router: connects subnets with one another and, through its gateway, with the outside."""

    name = "OS::Neutron::Router"
    Properties = RouterProperties
    Attributes = RouterAttributes
    collection = ROUTERS
    identity = PhysicalName(Likeness(("name",)))

    async def finish(self, work: Work) -> None:
        await super().finish(work)
        agents = work.properties.get("l3_agent_ids")
        if agents:
            await _serve(work, agents)

    async def change(self, work: Work, thing: Thing) -> None:
        await super().change(work, thing)
        before = known_before(work)
        if before and before.get("l3_agent_ids") and not work.properties.get("l3_agent_ids"):
            await _serve(work, [])

    def implicit_needs(self, own: Sibling, siblings: Mapping[str, Sibling]) -> tuple[str, ...]:
        # The gateway takes an address of the external network.
        subnets = of_type(siblings, "OS::Neutron::Subnet")
        gateway = at(own.properties.get("external_gateway_info"), "network")
        return tuple(
            other.name
            for other in subnets
            if same(own, "external_gateway_info", other, "network")
            or same_value(gateway, other.properties.get("network"))
        )


async def _serve(work: Work, agents: list[str]) -> None:
    await move_agents(
        work,
        wanted=agents,
        listed_at=f"/v2.0/routers/{work.id}/l3-agents",
        plural="l3-routers",
        body={"router_id": work.id},
    )


TYPE = Router()

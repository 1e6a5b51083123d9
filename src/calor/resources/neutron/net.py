"""OS::Neutron::Net."""

from __future__ import annotations

from typing import Annotated, Any

from calor.model.resource_type import Work
from calor.resources.neutron.base import NETWORKS, NeutronProperties, NeutronType, move_agents
from calor.resources.rest import Thing, known_before
from calor.schema import FORMATS, Attributes, Lookup, Wire, attribute, prop, since


class NetProperties(NeutronProperties):
    name: str | None = prop(update=True, doc="Name of the network.")
    value_specs: Annotated[dict[str, Any], Wire("")] = prop(
        {}, update=True, doc="More fields for the request, for what the properties don't cover."
    )
    admin_state_up: bool = prop(True, update=True, doc="Whether the network is switched on.")
    tenant_id: str | None = prop(doc="Project that owns the network; for administrators.")
    shared: bool = prop(
        False, update=True, doc="Whether all projects may use it; for administrators."
    )
    dhcp_agent_ids: Annotated[list[Any] | None, Wire("")] = prop(
        update=True, doc="DHCP agents that serve the network; for administrators."
    )
    port_security_enabled: Annotated[bool | None, Wire("port_security_enabled", unset=True)] = prop(
        update=True, doc="Whether new ports have port security.", support=since("5.0.0")
    )
    qos_policy: Annotated[
        str | None, Lookup("neutron.qos_policy"), Wire("qos_policy_id", unset=None)
    ] = prop(update=True, doc="QoS policy of the network, by name or id.", support=since("6.0.0"))
    dns_domain: Annotated[str | None, FORMATS["dns_domain"], Wire("dns_domain", unset="")] = prop(
        update=True, doc="DNS domain of the network's ports.", support=since("7.0.0")
    )
    availability_zone_hints: list[Any] | None = prop(
        doc="Availability zones in which the network should be scheduled.", support=since("19.0.0")
    )
    tags: Annotated[list[str] | None, Wire("")] = prop(
        update=True, doc="Tags of the network.", support=since("9.0.0")
    )


class NetAttributes(Attributes):
    status: str = attribute("State of the network.")
    name: str = attribute("Name of the network.")
    subnets: list[Any] = attribute("Ids of the network's subnets.")
    admin_state_up: str = attribute("Whether the network is switched on.")
    tenant_id: str = attribute("Project that owns the network.")
    port_security_enabled: bool = attribute(
        "Whether new ports have port security.", support=since("5.0.0")
    )
    mtu: int = attribute("Largest packet of the network, in bytes.", support=since("5.0.0"))
    qos_policy_id: str = attribute("Id of the QoS policy.", support=since("6.0.0"))
    l2_adjacency: bool = attribute(
        "Whether the network is one segment on layer 2.", support=since("9.0.0")
    )
    segments: list[Any] = attribute("Segments of the network.", support=since("11.0.0"))


class Net(NeutronType):
    """A network: a segment to which subnets belong and ports are connected."""

    name = "OS::Neutron::Net"
    Properties = NetProperties
    Attributes = NetAttributes
    collection = NETWORKS

    async def finish(self, work: Work) -> None:
        await super().finish(work)
        agents = work.properties.get("dhcp_agent_ids")
        if agents:
            await _serve(work, agents)

    async def change(self, work: Work, thing: Thing) -> None:
        await super().change(work, thing)
        before = known_before(work)
        if before and before.get("dhcp_agent_ids") and not work.properties.get("dhcp_agent_ids"):
            await _serve(work, [])


async def _serve(work: Work, agents: list[str]) -> None:
    await move_agents(
        work,
        wanted=agents,
        listed_at=f"/v2.0/networks/{work.id}/dhcp-agents",
        plural="dhcp-networks",
        body={"network_id": work.id},
    )


TYPE = Net()

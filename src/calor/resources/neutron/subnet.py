"""OS::Neutron::Subnet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from calor.base.values import Value
from calor.model.plan import Order
from calor.model.resource_type import Sibling, Work
from calor.resources.identity import Likeness, PhysicalName
from calor.resources.neutron.base import SUBNETS, NeutronProperties, NeutronType
from calor.resources.refer import of_type, same
from calor.resources.rest import Thing
from calor.resources.wire import Body
from calor.schema import (
    FORMATS,
    AllowedValues,
    Attributes,
    Lookup,
    Problem,
    ProblemKind,
    Properties,
    Range,
    Wire,
    attribute,
    hidden,
    prop,
    since,
)

IPV6_MODES = AllowedValues("dhcpv6-stateful", "dhcpv6-stateless", "slaac")


class AllocationPool(Properties):
    start: Annotated[str, FORMATS["ip_addr"]] = prop(required=True, doc="First address.")
    end: Annotated[str, FORMATS["ip_addr"]] = prop(required=True, doc="Last address.")


class HostRoute(Properties):
    destination: Annotated[str, FORMATS["net_cidr"]] = prop(
        required=True, doc="Network that is reached by the route."
    )
    nexthop: Annotated[str, FORMATS["ip_addr"]] = prop(
        required=True, doc="Address to which its packets go."
    )


class SubnetProperties(NeutronProperties):
    network_id: Annotated[str | None, Lookup("neutron.network")] = prop(
        replaced_by="network",
        doc="Old name of `network`.",
        support=hidden("5.0.0", deprecated="2014.2"),
    )
    network: Annotated[str, Lookup("neutron.network"), Wire("network_id")] = prop(
        required=True, doc="Network of the subnet, by name or id.", support=since("2014.2")
    )
    subnetpool: Annotated[str | None, Lookup("neutron.subnetpool"), Wire("subnetpool_id")] = prop(
        doc="Pool from which the addresses are taken, by name or id.", support=since("6.0.0")
    )
    prefixlen: Annotated[int | None, Range(min=0)] = prop(
        doc="Prefix length to take from the pool.", support=since("6.0.0")
    )
    cidr: Annotated[str | None, FORMATS["net_cidr"]] = prop(
        doc="Addresses of the subnet, as 192.0.2.0/24."
    )
    value_specs: Annotated[dict[str, Any], Wire("")] = prop(
        {}, update=True, doc="More fields for the request, for what the properties don't cover."
    )
    name: str | None = prop(update=True, doc="Name of the subnet.")
    ip_version: Annotated[int, AllowedValues(4, 6)] = prop(4, doc="IP version, 4 or 6.")
    dns_nameservers: list[Any] = prop([], update=True, doc="Addresses of the name servers.")
    gateway_ip: str | None = prop(
        update=True, doc="Address of the gateway; '' for none, the first address when absent."
    )
    enable_dhcp: bool = prop(True, update=True, doc="Whether addresses are told by DHCP.")
    allocation_pools: list[AllocationPool] | None = prop(
        update=True, doc="Ranges from which ports get addresses."
    )
    tenant_id: str | None = prop(doc="Project that owns the subnet; for administrators.")
    host_routes: Annotated[list[HostRoute] | None, Wire("host_routes", unset=[])] = prop(
        update=True, doc="Routes that the subnet's hosts are told."
    )
    ipv6_ra_mode: Annotated[str | None, IPV6_MODES] = prop(
        doc="How IPv6 routers advertise themselves.", support=since("2015.1")
    )
    ipv6_address_mode: Annotated[str | None, IPV6_MODES] = prop(
        doc="How IPv6 addresses are given.", support=since("2015.1")
    )
    segment: Annotated[str | None, Lookup("neutron.segment"), Wire("segment_id")] = prop(
        update=True,
        doc="Segment of the network, by name or id.",
        support=since("11.0.0", since("9.0.0")),
    )
    tags: Annotated[list[str] | None, Wire("")] = prop(
        update=True, doc="Tags of the subnet.", support=since("9.0.0")
    )

    @classmethod
    def rule(cls, values: Mapping[str, Value]) -> list[Problem]:
        problems = super().rule(values)

        def add(name: str, message: str, hint: str = "") -> None:
            problems.append(Problem((name,), ProblemKind.CONFLICT, message, hint))

        ra, address = values.get("ipv6_ra_mode"), values.get("ipv6_address_mode")
        if values.get("cidr") is None and values.get("subnetpool") is None:
            add("cidr", "neither 'cidr' nor 'subnetpool' is given", "give one of them")
        if values.get("cidr") is not None and values.get("subnetpool") is not None:
            add("subnetpool", "'cidr' and 'subnetpool' can't be given together")
        if values.get("prefixlen") is not None and values.get("cidr") is not None:
            add("prefixlen", "'prefixlen' goes with 'subnetpool', not with 'cidr'")
        if ra and address and isinstance(ra, str) and isinstance(address, str) and ra != address:
            add("ipv6_ra_mode", "'ipv6_ra_mode' and 'ipv6_address_mode' must be equal")
        if values.get("ip_version") == 4 and (ra or address):
            name = "ipv6_ra_mode" if ra else "ipv6_address_mode"
            add(name, f"{name!r} needs 'ip_version: 6'")
        return problems


class SubnetAttributes(Attributes):
    name: str = attribute("Name of the subnet.")
    network_id: str = attribute("Id of the network.")
    tenant_id: str = attribute("Project that owns the subnet.")
    allocation_pools: list[Any] = attribute("Ranges from which ports get addresses.")
    gateway_ip: str = attribute("Address of the gateway.")
    host_routes: list[Any] = attribute("Routes that the subnet's hosts are told.")
    ip_version: str = attribute("IP version.")
    cidr: str = attribute("Addresses of the subnet.")
    dns_nameservers: list[Any] = attribute("Addresses of the name servers.")
    enable_dhcp: str = attribute("Whether addresses are told by DHCP.")


class Subnet(NeutronType):
    """A block of addresses of a network, with what its hosts are told."""

    name = "OS::Neutron::Subnet"
    Properties = SubnetProperties
    Attributes = SubnetAttributes
    collection = SUBNETS
    identity = PhysicalName(Likeness(("name", "network_id"), ignore=("prefixlen",)))
    status = ""
    ready_words = ()

    def shape(self, body: Body, work: Work) -> None:
        super().shape(body, work)
        if body.get("gateway_ip") == "":
            body["gateway_ip"] = None

    async def shape_update(self, body: Body, work: Work, thing: Thing) -> None:
        await super().shape_update(body, work, thing)
        if body.get("gateway_ip") == "":
            body["gateway_ip"] = None

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        # Two subnets of a network can't have the same addresses.
        if before.get("network") == after.get("network"):
            return Order.OLD_FIRST
        return Order.NEW_FIRST

    def implicit_needs(self, own: Sibling, siblings: Mapping[str, Sibling]) -> tuple[str, ...]:
        segments = of_type(siblings, "OS::Neutron::Segment")
        return tuple(other.name for other in segments if same(own, "network", other, "network"))


TYPE = Subnet()

"""OS::Neutron::FloatingIP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from calor.base.values import Value
from calor.model.plan import Order
from calor.model.resource_type import Sibling, Work
from calor.resources.identity import Likeness
from calor.resources.neutron.base import FLOATING_IPS, NeutronProperties, NeutronType
from calor.resources.neutron.ways import gateways, interfaces
from calor.resources.refer import of_type, same
from calor.resources.rest import Thing, known_before
from calor.resources.wire import Body
from calor.schema import FORMATS, Attributes, Lookup, Wire, attribute, hidden, prop, since


class FloatingIPProperties(NeutronProperties):
    floating_network_id: Annotated[str | None, Lookup("neutron.network")] = prop(
        replaced_by="floating_network",
        doc="Old name of `floating_network`.",
        support=hidden("5.0.0", deprecated="2014.2"),
    )
    floating_network: Annotated[str, Lookup("neutron.network"), Wire("floating_network_id")] = prop(
        required=True,
        doc="External network of the address, by name or id.",
        support=since("2014.2"),
    )
    floating_subnet: Annotated[str | None, Lookup("neutron.subnet"), Wire("subnet_id")] = prop(
        doc="Subnet of the external network, by name or id.", support=since("9.0.0")
    )
    value_specs: Annotated[dict[str, Any], Wire("")] = prop(
        {}, doc="More fields for the request, for what the properties don't cover."
    )
    port_id: Annotated[str | None, Lookup("neutron.port")] = prop(
        update=True, doc="Port to which the address leads, by name or id."
    )
    fixed_ip_address: Annotated[str | None, FORMATS["ip_addr"]] = prop(
        update=True, doc="Address of the port to which it leads, where the port has several."
    )
    floating_ip_address: Annotated[str | None, FORMATS["ip_addr"]] = prop(
        doc="The address; a free one when absent.", support=since("5.0.0")
    )
    dns_name: Annotated[str | None, FORMATS["rel_dns_name"], Wire("dns_name", unset="")] = prop(
        update=True, doc="DNS name of the address.", support=since("7.0.0")
    )
    dns_domain: Annotated[str | None, FORMATS["dns_domain"], Wire("dns_domain", unset="")] = prop(
        update=True, doc="DNS domain of the address.", support=since("7.0.0")
    )


class FloatingIPAttributes(Attributes):
    router_id: str = attribute("Id of the router that translates the address.")
    tenant_id: str = attribute("Project that owns the address.")
    floating_network_id: str = attribute("Id of the external network.")
    fixed_ip_address: str = attribute("Address of the port to which it leads.")
    floating_ip_address: str = attribute("The address.")
    port_id: str = attribute("Id of the port to which it leads.")


class FloatingIP(NeutronType):
    """An address of an external network that leads to a port behind a router."""

    name = "OS::Neutron::FloatingIP"
    Properties = FloatingIPProperties
    Attributes = FloatingIPAttributes
    collection = FLOATING_IPS
    identity = Likeness(
        ("floating_network_id", "floating_ip_address"), ignore=("subnet_id", "fixed_ip_address")
    )
    ready_words = ()

    async def shape_update(self, body: Body, work: Work, thing: Thing) -> None:
        await super().shape_update(body, work, thing)
        before = known_before(work) or {}
        if before.get("port_id") is not None and "port_id" not in work.properties:
            # Not when in doubt: it may be the work of a FloatingIPAssociation.
            body["port_id"] = None
        if "fixed_ip_address" in body and "port_id" not in body:
            body["port_id"] = thing.get("port_id")

    def affected(self, changed: Sequence[str]) -> tuple[str, ...] | None:
        """The cloud finds router and address by the port."""
        return None if "port_id" in changed else super().affected(changed)

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        address = before.get("floating_ip_address")
        if address is not None and address == after.get("floating_ip_address"):
            return Order.OLD_FIRST
        port = before.get("port_id")
        if port is not None and port == after.get("port_id"):
            return Order.OLD_FIRST  # a port's address has one floating IP of a network
        return Order.NEW_FIRST

    def implicit_needs(self, own: Sibling, siblings: Mapping[str, Sibling]) -> tuple[str, ...]:
        subnets = of_type(siblings, "OS::Neutron::Subnet")
        found = [other.name for other in subnets if same(own, "floating_network", other, "network")]
        found += gateways(own, "floating_network", siblings)
        found += interfaces(own, "port_id", siblings)
        return tuple(dict.fromkeys(found))


TYPE = FloatingIP()

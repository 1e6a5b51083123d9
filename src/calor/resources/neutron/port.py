"""OS::Neutron::Port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from calor.base.values import Value
from calor.model.plan import Order
from calor.model.resource_type import Sibling, Work
from calor.resources.identity import Likeness, PhysicalName
from calor.resources.neutron.base import (
    NETWORKS,
    PORTS,
    SUBNETS,
    NeutronProperties,
    NeutronType,
)
from calor.resources.refer import of_type, same
from calor.resources.rest import Thing, known_before
from calor.resources.wire import Body, at
from calor.schema import (
    FORMATS,
    AllowedValues,
    Attributes,
    Lookup,
    Properties,
    Wire,
    attribute,
    hidden,
    prop,
    since,
)
from calor.schema.support import Support

VNIC_TYPES = AllowedValues(
    "normal",
    "direct",
    "macvtap",
    "direct-physical",
    "baremetal",
    "virtio-forwarder",
    "smart-nic",
)


class FixedIp(Properties):
    subnet_id: Annotated[str | None, Lookup("neutron.subnet")] = prop(
        replaced_by="subnet",
        doc="Old name of `subnet`.",
        support=hidden("5.0.0", deprecated="2014.2 "),
    )
    subnet: Annotated[str | None, Lookup("neutron.subnet"), Wire("subnet_id")] = prop(
        doc="Subnet from which the address is, by name or id.", support=since("2014.2")
    )
    ip_address: Annotated[str | None, FORMATS["ip_addr"]] = prop(
        doc="The address; a free one of the subnet when absent."
    )


class AddressPair(Properties):
    mac_address: Annotated[str | None, FORMATS["mac_addr"]] = prop(
        doc="MAC address; the port's own when absent."
    )
    ip_address: Annotated[str, FORMATS["ip_or_cidr"]] = prop(
        required=True, doc="Address, or network in CIDR notation."
    )


class PortExtra(NeutronProperties):
    """What a port may have whoever makes it; a server's port too (see OS::Nova::Server)."""

    value_specs: Annotated[dict[str, Any], Wire("")] = prop(
        {}, update=True, doc="More fields for the request, for what the properties don't cover."
    )
    admin_state_up: bool = prop(True, update=True, doc="Whether the port is switched on.")
    mac_address: Annotated[str | None, FORMATS["mac_addr"]] = prop(
        doc="MAC address; a new one when absent."
    )
    allowed_address_pairs: Annotated[
        list[AddressPair] | None, Wire("allowed_address_pairs", unset=[])
    ] = prop(update=True, doc="Further addresses from which the port may send.")
    binding_vnic_type: Annotated[str, VNIC_TYPES] = prop(
        "normal",
        name="binding:vnic_type",
        update=True,
        doc="Sort of virtual network card.",
        support=since("2015.1"),
    )
    port_security_enabled: Annotated[bool | None, Wire("port_security_enabled", unset=True)] = prop(
        update=True, doc="Whether the port has port security.", support=since("5.0.0")
    )
    qos_policy: Annotated[
        str | None, Lookup("neutron.qos_policy"), Wire("qos_policy_id", unset=None)
    ] = prop(update=True, doc="QoS policy of the port, by name or id.", support=since("6.0.0"))
    propagate_uplink_status: Annotated[bool | None, Wire("propagate_uplink_status", unset=True)] = (
        prop(
            update=True,
            doc="Whether the port goes down with its uplink.",
            support=since("15.0.0"),
        )
    )
    no_fixed_ips: Annotated[bool, Wire("")] = prop(
        False, update=True, doc="Makes a port without addresses.", support=since("16.0.0")
    )


class PortProperties(PortExtra):
    name: str | None = prop(update=True, doc="Name of the port.")
    network_id: Annotated[str | None, Lookup("neutron.network")] = prop(
        replaced_by="network",
        doc="Old name of `network`.",
        support=hidden("5.0.0", deprecated="2014.2"),
    )
    network: Annotated[str, Lookup("neutron.network"), Wire("network_id")] = prop(
        required=True, doc="Network of the port, by name or id.", support=since("2014.2")
    )
    device_id: Annotated[str, Wire("device_id", loose=True)] = prop(
        "", update=True, doc="Id of the device that uses the port."
    )
    device_owner: Annotated[str, Wire("device_owner", loose=True)] = prop(
        "", update=True, doc="Name of the service that owns the device."
    )
    fixed_ips: list[FixedIp] | None = prop(
        update=True, doc="Addresses of the port; one of each IP version when absent."
    )
    security_groups: Annotated[list[Any] | None, Lookup("neutron.security_group", shown=False)] = (
        prop(update=True, doc="Security groups, by name or id; the project's default when absent.")
    )
    replacement_policy: Annotated[str, AllowedValues("REPLACE_ALWAYS", "AUTO"), Wire("")] = prop(
        "AUTO",
        update=True,
        doc="REPLACE_ALWAYS makes a new port whenever a property changes.",
        support=Support(
            "HIDDEN", "9.0.0", previous=Support("DEPRECATED", "6.0.0", previous=since("2014.2"))
        ),
    )
    dns_name: Annotated[str | None, FORMATS["dns_name"], Wire("dns_name", unset="")] = prop(
        update=True, doc="DNS name of the port.", support=since("7.0.0")
    )
    tags: Annotated[list[str] | None, Wire("")] = prop(
        update=True, doc="Tags of the port.", support=since("9.0.0")
    )


class PortAttributes(Attributes):
    admin_state_up: str = attribute("Whether the port is switched on.")
    device_id: str = attribute("Id of the device that uses the port.")
    device_owner: str = attribute("Name of the service that owns the device.")
    fixed_ips: list[Any] = attribute("Addresses of the port, with their subnets.")
    mac_address: str = attribute("MAC address.")
    name: str = attribute("Name of the port.")
    network_id: str = attribute("Id of the network.")
    security_groups: list[Any] = attribute("Ids of the security groups.")
    status: str = attribute("State of the port.")
    tenant_id: str = attribute("Project that owns the port.")
    allowed_address_pairs: list[Any] = attribute("Further addresses from which it may send.")
    subnets: list[Any] = attribute("The subnets of its addresses, whole.", live=True)
    port_security_enabled: bool = attribute(
        "Whether the port has port security.", support=since("5.0.0")
    )
    qos_policy_id: str = attribute("Id of the QoS policy.", support=since("6.0.0"))
    dns_assignment: dict[str, Any] = attribute(
        "Names and addresses that DNS knows for it.", support=since("7.0.0")
    )
    propagate_uplink_status: bool = attribute(
        "Whether the port goes down with its uplink.", support=since("15.0.0")
    )
    network: dict[str, Any] = attribute("The network, whole.", live=True, support=since("11.0.0"))


class Port(NeutronType):
    """A port: where a device is connected to a network, with its addresses."""

    name = "OS::Neutron::Port"
    Properties = PortProperties
    Attributes = PortAttributes
    collection = PORTS
    identity = PhysicalName(Likeness(("name", "network_id")))

    def shape(self, body: Body, work: Work) -> None:
        super().shape(body, work)
        if work.properties.get("no_fixed_ips"):
            body["fixed_ips"] = []

    async def shape_update(self, body: Body, work: Work, thing: Thing) -> None:
        await super().shape_update(body, work, thing)
        if work.properties.get("no_fixed_ips"):
            body.pop("fixed_ips", None)
            if thing.get("fixed_ips"):
                body["fixed_ips"] = []
        before = known_before(work) or {}
        if before.get("no_fixed_ips") and "fixed_ips" not in body:
            await self._addresses_again(body, work, thing)
        if before.get("security_groups") is not None and "security_groups" not in work.properties:
            default = await work.cloud.find("neutron.security_group", "default")
            body["security_groups"] = [default]

    async def _addresses_again(self, body: Body, work: Work, thing: Thing) -> None:
        """A port without addresses gets one of each IP version, as a new port does."""
        if thing.get("fixed_ips") or work.properties.get("no_fixed_ips"):
            return
        subnets = await work.cloud.list(SUBNETS, {"network_id": str(thing["network_id"])})
        first = {subnet["ip_version"]: subnet["id"] for subnet in reversed(subnets)}
        body["fixed_ips"] = [{"subnet_id": first[version]} for version in sorted(first)]

    async def live_attribute(self, work: Work, thing: Thing, name: str) -> Value:
        if name == "network":
            return await work.cloud.show(NETWORKS, str(thing["network_id"]))
        ids = [str(fixed["subnet_id"]) for fixed in thing.get("fixed_ips") or []]
        return [await work.cloud.show(SUBNETS, id) for id in dict.fromkeys(ids)]

    def forces_replacement(
        self, before: Mapping[str, Value], after: Mapping[str, Value], changed: Sequence[str]
    ) -> tuple[str, ...]:
        if after.get("replacement_policy") == "REPLACE_ALWAYS":
            return tuple(changed)
        return super().forces_replacement(before, after, changed)

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        mac = before.get("mac_address")
        if mac is not None and mac == after.get("mac_address"):
            return Order.OLD_FIRST
        new = _addresses(after)
        if any(address in new for address in _addresses(before)):
            return Order.OLD_FIRST
        return Order.NEW_FIRST

    def implicit_needs(self, own: Sibling, siblings: Mapping[str, Sibling]) -> tuple[str, ...]:
        # Which subnet a port gets its address from is not known before, so all come first.
        subnets = of_type(siblings, "OS::Neutron::Subnet")
        return tuple(other.name for other in subnets if same(own, "network", other, "network"))


def _addresses(properties: Mapping[str, Value]) -> list[str]:
    fixed = properties.get("fixed_ips")
    items = fixed if isinstance(fixed, list) else []
    found = [at(item, "ip_address") for item in items]
    return [address for address in found if isinstance(address, str)]


TYPE = Port()

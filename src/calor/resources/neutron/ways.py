"""What a floating IP has to wait for: the ways from its network to the port. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from calor.model.resource_type import Sibling
from calor.resources.refer import of_type, refers, same, same_value
from calor.resources.wire import at

INTERFACE = "OS::Neutron::RouterInterface"
PORT = "OS::Neutron::Port"
ROUTER = "OS::Neutron::Router"
ROUTER_GATEWAY = "OS::Neutron::RouterGateway"


def gateways(own: Sibling, key: str, siblings: Mapping[str, Sibling]) -> list[str]:
    """Routers and gateways towards the network that a property names."""
    found = [
        other.name
        for other in of_type(siblings, ROUTER_GATEWAY)
        if same(own, key, other, "network") or same(own, key, other, "network_id")
    ]
    for other in of_type(siblings, ROUTER):
        network = at(other.properties.get("external_gateway_info"), "network")
        if same(own, key, other, "external_gateway_info") or same_value(
            own.properties.get(key), network
        ):
            found.append(other.name)
    return found


def interfaces(own: Sibling, key: str, siblings: Mapping[str, Sibling]) -> list[str]:
    """Interfaces that connect a router with the subnets of the port that a property names."""
    named = [siblings[name] for name in own.refers.get(key, ()) if name in siblings]
    ports = [other for other in named if other.type == PORT]
    return [
        other.name
        for other in of_type(siblings, INTERFACE)
        if any(_serves(other, port, siblings) for port in ports)
    ]


def _serves(interface: Sibling, port: Sibling, siblings: Mapping[str, Sibling]) -> bool:
    if refers(interface, "port", port) or same(interface, "subnet", port, "fixed_ips"):
        return True
    for subnet in of_type(siblings, "OS::Neutron::Subnet"):
        if refers(interface, "subnet", subnet) and same(subnet, "network", port, "network"):
            return True
    return False

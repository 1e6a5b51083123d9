"""The interfaces of Neutron's routers: subnets and ports plugged in and out.

Gateways are `routers`' work.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.neutron.kind import find
from calor.sandbox.neutron.networks import NETWORK, usable
from calor.sandbox.neutron.ports import PORT, add_port
from calor.sandbox.neutron.removal import release_port
from calor.sandbox.neutron.routers import INTERFACE, ROUTER, port_values, router_ports
from calor.sandbox.neutron.rules import bad_request, denied
from calor.sandbox.neutron.state import Network, owns, touch
from calor.sandbox.neutron.subnets import SUBNET
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World


def _target(call: Call) -> tuple[str | None, str | None]:
    body = call.json()
    subnet_id, port_id = body.get("subnet_id"), body.get("port_id")
    if not subnet_id and not port_id:
        raise bad_request("router", "Either subnet_id or port_id must be specified")
    return subnet_id, port_id


def _check_free(world: World, router: Row, subnets: list[Row]) -> None:
    """The router has neither these subnets yet, nor one that overlaps them."""
    state = world.part(Network)
    for port in router_ports(world, router["id"], INTERFACE):
        for fixed in port["fixed_ips"]:
            other = state.subnets.get(fixed["subnet_id"])
            if other is None:
                continue
            for subnet in subnets:
                _check_pair(other, subnet)


def _check_pair(other: Row, subnet: Row) -> None:
    if other["id"] == subnet["id"]:
        raise bad_request("router", f"Router already has a port on subnet {subnet['id']}")
    mine, theirs = ip_network(subnet["cidr"]), ip_network(other["cidr"])
    if mine.version == theirs.version and mine.overlaps(theirs):
        raise bad_request(
            "router",
            f"Cidr {mine} of subnet {subnet['id']} overlaps with cidr {theirs} of subnet "
            f"{other['id']}",
        )


def _by_subnet(world: World, call: Call, router: Row, subnet_id: str) -> Row:
    subnet = find(world, SUBNET, call.actor, subnet_id)
    network = find(world, NETWORK, call.actor, subnet["network_id"])
    if not usable(world, call.actor, network):
        raise denied("add_router_interface")
    if not subnet["gateway_ip"]:
        raise bad_request("router", "Subnet for router interface must have a gateway IP")
    _check_free(world, router, [subnet])
    fixed = [{"subnet_id": subnet_id, "ip_address": subnet["gateway_ip"]}]
    values = port_values(
        subnet["network_id"],
        router["project_id"],
        device_id=router["id"],
        device_owner=INTERFACE,
        fixed_ips=fixed,
    )
    return add_port(world, call, values)


def _by_port(world: World, call: Call, router: Row, port_id: str) -> Row:
    state = world.part(Network)
    port = find(world, PORT, call.actor, port_id)
    if port["device_id"]:
        raise Refusal(
            409,
            f"Unable to complete operation on port {port_id} for network {port['network_id']}. "
            f"Port already has an attached device {port['device_id']}.",
            "PortInUse",
        )
    if not port["fixed_ips"]:
        raise bad_request("router", "Port for router interface must have an IP address")
    found = [state.subnets.get(fixed["subnet_id"]) for fixed in port["fixed_ips"]]
    _check_free(world, router, [subnet for subnet in found if subnet is not None])
    state.ports.change(port, device_id=router["id"], device_owner=INTERFACE)
    port["security_groups"], port["port_security_enabled"] = [], False
    touch(port, call.now)
    return port


def _info(router: Row, port: Row, subnet_id: str | None = None) -> Row:
    ids = [fixed["subnet_id"] for fixed in port["fixed_ips"]]
    return {
        "id": router["id"],
        "tenant_id": router["project_id"],
        "project_id": router["project_id"],
        "port_id": port["id"],
        "network_id": port["network_id"],
        "subnet_id": subnet_id or (ids[0] if ids else None),
        "subnet_ids": [subnet_id] if subnet_id else ids,
    }


def _add(world: World, call: Call) -> Response:
    router = find(world, ROUTER, call.actor, call.params["id"])
    if not owns(call.actor, router):
        raise denied("add_router_interface")
    subnet_id, port_id = _target(call)
    if subnet_id and port_id:
        raise bad_request("router", "Cannot specify both subnet-id and port-id")
    if port_id:
        port = _by_port(world, call, router, port_id)
    else:
        port = _by_subnet(world, call, router, str(subnet_id))
    port["status"] = "ACTIVE"
    touch(router, call.now)
    return reply(200, _info(router, port))


def _find_interface(world: World, router: Row, subnet_id: str | None, port_id: str | None) -> Row:
    ports = router_ports(world, router["id"], INTERFACE)
    for port in ports:
        subnets = [fixed["subnet_id"] for fixed in port["fixed_ips"]]
        if port_id in (None, port["id"]) and (subnet_id is None or subnet_id in subnets):
            return port
    if port_id:
        raise Refusal(
            404,
            f"Router {router['id']} does not have an interface with id {port_id}",
            "RouterInterfaceNotFound",
        )
    raise Refusal(
        404,
        f"Router {router['id']} has no interface on subnet {subnet_id}",
        "RouterInterfaceNotFoundForSubnet",
    )


def _check_unused(world: World, router: Row, subnet: Row) -> None:
    state = world.part(Network)
    text = (
        f"Router interface for subnet {subnet['id']} on router {router['id']} cannot be deleted, "
        "as it is required by one or more "
    )
    block = ip_network(subnet["cidr"])
    if any(ip_address(route["nexthop"]) in block for route in router["routes"]):
        raise Refusal(409, text + "routes.", "RouterInterfaceInUseByRoute")
    for floating in state.floating_ips:
        fixed = floating["fixed_ip_address"]
        if floating["router_id"] == router["id"] and fixed and ip_address(fixed) in block:
            raise Refusal(409, text + "floating IPs.", "RouterInterfaceInUseByFloatingIP")


def _remove(world: World, call: Call) -> Response:
    state = world.part(Network)
    router = find(world, ROUTER, call.actor, call.params["id"])
    if not owns(call.actor, router):
        raise denied("remove_router_interface")
    subnet_id, port_id = _target(call)
    port = _find_interface(world, router, subnet_id, port_id)
    for fixed in port["fixed_ips"]:
        subnet = state.subnets.get(fixed["subnet_id"])
        if subnet is not None:
            _check_unused(world, router, subnet)
    info = _info(router, port, subnet_id)
    release_port(world, port, call.now)
    touch(router, call.now)
    return reply(200, info)


ROUTES = (
    Route("PUT", "/v2.0/routers/{id}/add_router_interface", _add),
    Route("PUT", "/v2.0/routers/{id}/remove_router_interface", _remove),
)

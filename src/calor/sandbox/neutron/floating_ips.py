"""Neutron's floating IPs: an address outside, and the port that it leads to.

No packet is translated.
"""

from __future__ import annotations

from typing import Any

from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.neutron.kind import READ_ONLY, STANDARD, UNSET, Field, Kind, find
from calor.sandbox.neutron.networks import NETWORK
from calor.sandbox.neutron.ports import PORT, add_port
from calor.sandbox.neutron.removal import disassociate, release_port
from calor.sandbox.neutron.routers import GATEWAY, INTERFACE, port_values
from calor.sandbox.neutron.rules import (
    bad_request,
    denied,
    identifier,
    optional_address,
    optional_identifier,
    string,
)
from calor.sandbox.neutron.state import Network, owns, standard, touch
from calor.sandbox.table import Row
from calor.sandbox.world import World

FIELDS = {
    **{name: STANDARD[name] for name in STANDARD if name != "name"},
    "floating_network_id": Field(required=True, check=identifier, put=False),
    "subnet_id": Field(None, optional_identifier, put=False),
    "floating_ip_address": Field(None, optional_address, put=False, admin=True),
    "port_id": Field(None, optional_identifier),
    "fixed_ip_address": Field(None, optional_address),
    "qos_policy_id": Field(None, optional_identifier),
    "dns_name": Field("", string, put=False),
    "dns_domain": Field("", string, put=False),
    "router_id": READ_ONLY,
    "port_details": READ_ONLY,
    "port_forwardings": READ_ONLY,
}


def _outside(world: World, call: Call, values: Row) -> Row:
    network = find(world, NETWORK, call.actor, values["floating_network_id"])
    if not network["router:external"]:
        raise bad_request("floatingip", f"Network {network['id']} is not a valid external network")
    return network


def _address_port(world: World, call: Call, values: Row, network: Row, key: str) -> Row:
    """The port that holds the floating address on the external network."""
    wanted: dict[str, Any] = {}
    if values["subnet_id"]:
        wanted["subnet_id"] = values["subnet_id"]
    if values["floating_ip_address"]:
        wanted["ip_address"] = values["floating_ip_address"]
    if not wanted:
        subnets = world.part(Network).subnets.where("network_id", network["id"])
        pools = world.part(Network).pools
        for subnet in subnets:
            if subnet["ip_version"] == 4 and pools[subnet["id"]].first_free() is not None:
                wanted["subnet_id"] = subnet["id"]
                break
    port = port_values(
        network["id"],
        "",
        device_id=key,
        device_owner="network:floatingip",
        fixed_ips=[wanted] if wanted else UNSET,
    )
    made = add_port(world, call, port)
    if not made["fixed_ips"]:
        release_port(world, made, call.now)
        raise Refusal(
            400,
            f"Network {network['id']} does not contain any IPv4 subnet",
            "BadRequest",
        )
    return made


def _create(world: World, call: Call, values: Row) -> Row:
    network = _outside(world, call, values)
    for name in ("dns_name", "dns_domain"):
        values.pop(name)
    key = world.ids.uuid()
    port = _address_port(world, call, values, network, key)
    row = {
        **standard(world, call.now, values["project_id"]),
        "id": key,
        "floating_network_id": network["id"],
        "floating_ip_address": port["fixed_ips"][0]["ip_address"],
        "router_id": None,
        "port_id": None,
        "fixed_ip_address": None,
        "status": "DOWN",
        "description": values["description"],
        "qos_policy_id": values["qos_policy_id"],
        "port_forwardings": [],
        "_port_id": port["id"],
    }
    state = world.part(Network)
    try:
        if values["port_id"]:
            _associate(world, call, row, values["port_id"], values["fixed_ip_address"])
    except Refusal:
        release_port(world, port, call.now)
        raise
    return state.floating_ips.add(row)


def _associate(world: World, call: Call, row: Row, port_id: str, fixed_address: str | None) -> None:
    """Lead the floating IP to a port. Raises Refusal 400, 404, 409."""
    port = find(world, PORT, call.actor, port_id)
    if not owns(call.actor, port):
        raise denied("update_floatingip")
    fixed = _inside_address(world, port, fixed_address)
    _check_unused(world, row, port, fixed["ip_address"])
    router_id = _router_between(world, row["floating_network_id"], port, fixed["subnet_id"])
    row |= {
        "port_id": port_id,
        "fixed_ip_address": fixed["ip_address"],
        "router_id": router_id,
        "status": "ACTIVE",
    }


def _check_unused(world: World, row: Row, port: Row, address: str) -> None:
    for other in world.part(Network).floating_ips.where("port_id", port["id"]):
        same = other["floating_network_id"] == row["floating_network_id"]
        if same and other["fixed_ip_address"] == address and other["id"] != row["id"]:
            raise Refusal(
                409,
                f"Cannot associate floating IP {row['floating_ip_address']} ({row['id']}) with "
                f"port {port['id']} using fixed IP {address}, as that fixed IP already has a "
                f"floating IP on external network {row['floating_network_id']}.",
                "FloatingIPPortAlreadyAssociated",
            )


def _inside_address(world: World, port: Row, wanted: str | None) -> dict[str, str]:
    choices = [fixed for fixed in port["fixed_ips"] if ":" not in fixed["ip_address"]]
    if wanted:
        choices = [fixed for fixed in choices if fixed["ip_address"] == wanted]
        if not choices:
            raise bad_request("floatingip", f"Port {port['id']} does not have fixed ip {wanted}")
    if not choices:
        raise bad_request(
            "floatingip",
            f"Cannot add floating IP to port {port['id']} that has no fixed IPv4 addresses",
        )
    if len(choices) > 1:
        raise bad_request(
            "floatingip",
            f"Port {port['id']} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 "
            "address when assigning a floating IP",
        )
    found: dict[str, str] = choices[0]
    return found


def _router_between(world: World, outside: str, port: Row, subnet_id: str) -> str:
    state = world.part(Network)
    for interface in state.ports.where("network_id", port["network_id"]):
        if interface["device_owner"] != INTERFACE:
            continue
        if all(fixed["subnet_id"] != subnet_id for fixed in interface["fixed_ips"]):
            continue
        router_id: str = interface["device_id"]
        for gateway in state.ports.where("device_id", router_id):
            if gateway["device_owner"] == GATEWAY and gateway["network_id"] == outside:
                return router_id
    raise Refusal(
        404,
        f"External network {outside} is not reachable from subnet {subnet_id}.  Therefore, cannot "
        f"associate Port {port['id']} with a Floating IP.",
        "ExternalGatewayForFloatingIPNotFound",
    )


def _update(world: World, call: Call, row: Row, changes: Row) -> None:
    state = world.part(Network)
    plain = {name: changes[name] for name in ("description", "qos_policy_id") if name in changes}
    state.floating_ips.change(row, **plain)
    if "port_id" not in changes and "fixed_ip_address" not in changes:
        touch(row, call.now)
        return
    port_id = changes.get("port_id", row["port_id"])
    if not port_id:
        disassociate(world, row, call.now)
        return
    draft = dict(row)
    _associate(world, call, draft, port_id, changes.get("fixed_ip_address"))
    names = ("port_id", "fixed_ip_address", "router_id", "status")
    state.floating_ips.change(row, **{name: draft[name] for name in names})
    touch(row, call.now)


def _drop(world: World, row: Row) -> None:
    state = world.part(Network)
    port = state.ports.get(row["_port_id"])
    if port is not None:
        release_port(world, port, 0.0)
    state.floating_ips.remove(row)


def _view(world: World, actor: Actor, row: Row) -> Row:
    view = {key: value for key, value in row.items() if not key.startswith("_")}
    port = world.part(Network).ports.get(row["port_id"] or "")
    names = (
        "name",
        "network_id",
        "mac_address",
        "admin_state_up",
        "status",
        "device_id",
        "device_owner",
    )
    view["port_details"] = {name: port[name] for name in names} if port else None
    return view


def _missing(key: str) -> Refusal:
    return Refusal(404, f"Floating IP {key} could not be found", "FloatingIPNotFound")


FLOATING_IP = Kind(
    one="floatingip",
    many="floatingips",
    table=lambda state: state.floating_ips,
    fields=FIELDS,
    missing=_missing,
    create=_create,
    update=_update,
    delete=lambda world, call, row: _drop(world, row),
    drop=_drop,
    view=_view,
    visible=lambda world, actor, row: owns(actor, row),
    quota="floatingip",
)

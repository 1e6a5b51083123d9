"""Neutron's ports.

Choosing addresses is `addresses`' work, plugging them into servers Nova's.
"""

from __future__ import annotations

from typing import Any

from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.neutron.addresses import choose, release
from calor.sandbox.neutron.kind import READ_ONLY, STANDARD, UNSET, Field, Kind, find
from calor.sandbox.neutron.networks import NETWORK, usable
from calor.sandbox.neutron.removal import release_port
from calor.sandbox.neutron.rules import (
    anything,
    bad,
    boolean,
    denied,
    dictionaries,
    dictionary,
    identifier,
    identifiers,
    mac,
    missing,
    one_of,
    optional_identifier,
    string,
)
from calor.sandbox.neutron.security_groups import ensure_default, no_group
from calor.sandbox.neutron.state import Network, owns, standard, touch
from calor.sandbox.table import Row
from calor.sandbox.world import World

VNIC_TYPES = (
    "normal",
    "direct",
    "macvtap",
    "baremetal",
    "direct-physical",
    "virtio-forwarder",
    "smart-nic",
    "accelerator-direct",
    "accelerator-direct-physical",
    "vdpa",
    "remote-managed",
)


def _fixed_ips(name: str, value: Any) -> list[dict[str, Any]] | None:
    found = dictionaries(name, value)
    for item in found:
        unknown = [key for key in item if key not in ("subnet_id", "ip_address")]
        if unknown:
            raise bad(
                f"Invalid input for {name}. Reason: Unrecognized attribute(s) '{unknown[0]}'."
            )
        if item.get("subnet_id"):
            identifier("subnet_id", item["subnet_id"])
    return found


FIELDS = {
    **STANDARD,
    "network_id": Field(required=True, put=False, check=identifier),
    "admin_state_up": Field(True, boolean),
    "mac_address": Field(UNSET, mac),
    "fixed_ips": Field(UNSET, _fixed_ips),
    "device_id": Field("", string),
    "device_owner": Field("", string),
    "security_groups": Field(UNSET, identifiers),
    "allowed_address_pairs": Field([], dictionaries),
    "extra_dhcp_opts": Field([], dictionaries),
    "port_security_enabled": Field(UNSET, boolean),
    "qos_policy_id": Field(None, optional_identifier),
    "binding:vnic_type": Field("normal", one_of(*VNIC_TYPES)),
    "binding:host_id": Field("", anything, admin=True),
    "binding:profile": Field({}, dictionary, admin=True),
    "propagate_uplink_status": Field(True, boolean),
    "dns_name": Field("", string),
    "dns_domain": Field("", string),
    "numa_affinity_policy": Field(None, anything, admin=True),
    "hints": Field(None, anything, admin=True),
    "device_profile": Field(None, anything),
    "mac_learning_enabled": Field(None, anything),
    "binding:vif_type": READ_ONLY,
    "binding:vif_details": READ_ONLY,
    "qos_network_policy_id": READ_ONLY,
    "resource_request": READ_ONLY,
    "ip_allocation": READ_ONLY,
}
ADMIN_ONLY = (
    "binding:profile",
    "binding:host_id",
    "binding:vif_type",
    "binding:vif_details",
    "resource_request",
)
NOT_KEPT = (
    "propagate_uplink_status",
    "dns_name",
    "dns_domain",
    "numa_affinity_policy",
    "hints",
    "device_profile",
    "mac_learning_enabled",
)
OTHERS_DEVICES = ("compute:", "baremetal:", "manila:")
"""Starts of owners whose ports only services and administrators delete."""

SERVICE_OWNERS = ("network:router_interface", "network:router_gateway", "network:floatingip")


def new_mac(world: World) -> str:
    """A free address with OpenStack's prefix."""
    ports = world.part(Network).ports
    while True:
        digits = world.ids.choice("0123456789abcdef", 6)
        found = "fa:16:3e:" + ":".join(digits[at : at + 2] for at in (0, 2, 4))
        if not ports.where("mac_address", found):
            return found


def _groups(world: World, call: Call, row: Row, wanted: Any) -> list[str]:
    """The security groups of a port: those wanted, or the project's default."""
    if wanted is UNSET or wanted is None:
        secured = row["port_security_enabled"] and not row["device_owner"].startswith("network:")
        if not secured:
            return []
        return [ensure_default(world, row["project_id"], call.now)["id"]]
    for key in wanted:
        group = world.part(Network).security_groups.get(key)
        if group is None or not (owns(call.actor, group) or group["shared"]):
            raise no_group(key)
    if wanted and not row["port_security_enabled"]:
        raise Refusal(
            409,
            "Port security must be enabled and port must have an IP address in order to use "
            "security groups.",
            "PortSecurityAndIPRequiredForSecurityGroups",
        )
    return list(wanted)


def _pairs(row: Row, pairs: list[dict[str, Any]]) -> list[dict[str, str]]:
    if pairs and not row["port_security_enabled"]:
        raise Refusal(
            409,
            "Port Security must be enabled in order to have allowed address pairs on a port.",
            "AddressPairAndPortSecurityRequired",
        )
    for pair in pairs:
        if not pair.get("ip_address"):
            raise bad("AllowedAddressPair must contain ip_address")
    return [
        {
            "mac_address": pair.get("mac_address") or row["mac_address"],
            "ip_address": pair["ip_address"],
        }
        for pair in pairs
    ]


def add_port(world: World, call: Call, values: Row) -> Row:
    """Make a port of checked values, without asking who asks. Raises Refusal."""
    state = world.part(Network)
    network = state.networks.get(values["network_id"])
    if network is None:
        raise missing("Network", values["network_id"])
    row = {**values, **standard(world, call.now, values["project_id"])}
    for name in NOT_KEPT:
        row.pop(name, None)
    if row["mac_address"] is UNSET:
        row["mac_address"] = new_mac(world)
    elif any(
        port["network_id"] == network["id"]
        for port in state.ports.where("mac_address", row["mac_address"])
    ):
        raise Refusal(
            409,
            f"Unable to complete operation for network {network['id']}. The mac address "
            f"{row['mac_address']} is in use.",
            "MacAddressInUse",
        )
    if row["port_security_enabled"] is UNSET:
        service = row["device_owner"].startswith("network:")
        row["port_security_enabled"] = network["port_security_enabled"] and not service
    row["security_groups"] = _groups(world, call, row, row["security_groups"])
    row["allowed_address_pairs"] = _pairs(row, row["allowed_address_pairs"])
    wanted = None if row["fixed_ips"] is UNSET else row["fixed_ips"]
    row["fixed_ips"] = choose(world, row, wanted)
    host = row["binding:host_id"]
    row |= {
        "status": "DOWN",
        "binding:vif_type": "ovs" if host else "unbound",
        "binding:vif_details": {"port_filter": True} if host else {},
        "qos_network_policy_id": network["qos_policy_id"],
        "resource_request": None,
        "ip_allocation": "immediate",
        "revision_number": 1,
    }
    state.ports.add(row)
    if row["binding:host_id"]:
        _bind(world, row, call.now)
    return row


def _bind(world: World, row: Row, now: float) -> None:
    """The port becomes ACTIVE a little later, if it is still bound then."""

    def active(at: float) -> None:
        if row["binding:host_id"] and row["id"] in world.part(Network).ports:
            row["status"] = "ACTIVE"
            touch(row, at)

    world.agenda.enter(now + world.settings.delays.port_bind, active)


def plug(world: World, row: Row, now: float, *, device_id: str, owner: str, host: str) -> None:
    """A server takes the port."""
    details = {"port_filter": True, "connectivity": "l2"}
    world.part(Network).ports.change(
        row,
        device_id=device_id,
        device_owner=owner,
        **{"binding:host_id": host, "binding:vif_type": "ovs", "binding:vif_details": details},
    )
    touch(row, now)
    _bind(world, row, now)


def unplug(world: World, row: Row, now: float) -> None:
    """A server lets the port go."""
    world.part(Network).ports.change(
        row,
        device_id="",
        device_owner="",
        status="DOWN",
        **{"binding:host_id": "", "binding:vif_type": "unbound", "binding:vif_details": {}},
    )
    touch(row, now)


def _create(world: World, call: Call, values: Row) -> Row:
    network = find(world, NETWORK, call.actor, values["network_id"])
    if not usable(world, call.actor, network):
        raise denied("create_port")
    if not owns(call.actor, network):
        _borrowed(values)
    ensure_default(world, values["project_id"], call.now)
    return add_port(world, call, values)


def _borrowed(values: Row) -> None:
    """What only a network's owner may choose on it."""
    for name in ("mac_address", "port_security_enabled"):
        if values[name] is not UNSET:
            raise denied("create_port", name)
    fixed = [] if values["fixed_ips"] is UNSET else values["fixed_ips"]
    if any(item.get("ip_address") for item in fixed):
        raise denied("create_port", "fixed_ips")


def _update(world: World, call: Call, row: Row, changes: Row) -> None:
    state = world.part(Network)
    for name in NOT_KEPT:
        changes.pop(name, None)
    merged = {**row, **changes}
    changes["allowed_address_pairs"] = _pairs(merged, merged["allowed_address_pairs"])
    if "security_groups" in changes or "port_security_enabled" in changes:
        wanted = changes.get("security_groups", row["security_groups"])
        changes["security_groups"] = _groups(world, call, merged, wanted)
    if changes.get("fixed_ips") is not None:
        changes["fixed_ips"] = _readdress(world, row, changes["fixed_ips"])
    host = changes.get("binding:host_id")
    state.ports.change(row, **changes)
    touch(row, call.now)
    if host:
        row["binding:vif_type"] = "ovs"
        _bind(world, row, call.now)
    elif host is not None:
        row["binding:vif_type"], row["status"] = "unbound", "DOWN"


def _readdress(world: World, row: Row, wanted: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The port's new addresses; those it has and keeps stay the same."""
    pools = world.part(Network).pools
    old = row["fixed_ips"]
    asked = []
    spare = list(old)
    for item in wanted:
        for fixed in spare:
            same_subnet = item.get("subnet_id") in (None, fixed["subnet_id"])
            if same_subnet and item.get("ip_address") in (None, fixed["ip_address"]):
                asked.append(fixed)
                spare.remove(fixed)
                break
        else:
            asked.append(item)
    release(world, old)
    try:
        return choose(world, row, asked)
    except Refusal:
        for fixed in old:
            pools[fixed["subnet_id"]].take(fixed["ip_address"], row["id"])
        raise


def _delete(world: World, call: Call, row: Row) -> None:
    services = call.actor.is_admin or call.actor.has("service")
    if row["device_owner"].startswith(OTHERS_DEVICES) and not services:
        raise denied("delete_port")
    if row["device_owner"] in SERVICE_OWNERS and row["device_id"]:
        raise Refusal(
            409,
            f"Port {row['id']} cannot be deleted directly via the port API: has device owner "
            f"{row['device_owner']}.",
            "ServicePortInUse",
        )
    release_port(world, row, call.now)


def _drop(world: World, row: Row) -> None:
    release(world, row["fixed_ips"])
    world.part(Network).ports.remove(row)


def _view(world: World, actor: Actor, row: Row) -> Row:
    if actor.is_admin:
        return row
    view = dict(row)
    for name in ADMIN_ONLY:
        del view[name]
    return view


def _visible(world: World, actor: Actor, row: Row) -> bool:
    if owns(actor, row):
        return True
    network = world.part(Network).networks.get(row["network_id"])
    return network is not None and network["project_id"] == actor.project_id


def _by_address(world: World, row: Row, text: str) -> bool:
    """`fixed_ips=ip_address=10.0.0.2`, `subnet_id=...`, `ip_address_substr=...`."""
    key, _, value = text.partition("=")
    for fixed in row["fixed_ips"]:
        if key == "ip_address_substr" and value in fixed["ip_address"]:
            return True
        if fixed.get(key) == value:
            return True
    return False


PORT = Kind(
    one="port",
    many="ports",
    table=lambda state: state.ports,
    fields=FIELDS,
    missing=lambda key: missing("Port", key),
    create=_create,
    update=_update,
    delete=_delete,
    drop=_drop,
    view=_view,
    visible=_visible,
    quota="port",
    filters={"fixed_ips": _by_address},
)

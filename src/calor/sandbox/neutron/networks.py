"""Neutron's networks.

What hangs on them lives in `subnets` and `ports`.
"""

from __future__ import annotations

from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.neutron.kind import READ_ONLY, STANDARD, Field, Kind
from calor.sandbox.neutron.removal import release_port, remove_subnet
from calor.sandbox.neutron.rules import (
    anything,
    boolean,
    integer,
    invalid,
    missing,
    optional_identifier,
    optional_integer,
    optional_string,
    string,
)
from calor.sandbox.neutron.security_groups import ensure_default
from calor.sandbox.neutron.state import ZONE, Network, owns, shares, standard, touch
from calor.sandbox.table import Row
from calor.sandbox.world import World

MTU = 1450
AUTOMATIC_OWNERS = ("network:dhcp", "network:distributed", "network:router_centralized_snat")


def _mtu(name: str, value: object) -> int:
    number = integer(name, value)
    if number > MTU:
        raise invalid(f"Requested MTU is too big, maximum is {MTU}")
    return number or MTU


FIELDS = {
    **STANDARD,
    "admin_state_up": Field(True, boolean),
    "mtu": Field(MTU, _mtu),
    "shared": Field(False, boolean, admin=True),
    "router:external": Field(False, boolean, admin=True),
    "is_default": Field(False, boolean, admin=True),
    "port_security_enabled": Field(True, boolean),
    "qos_policy_id": Field(None, optional_identifier),
    "availability_zone_hints": Field([], anything, put=False),
    "vlan_transparent": Field(None, anything, put=False),
    "dns_domain": Field("", string),
    "provider:network_type": Field(None, optional_string, admin=True),
    "provider:physical_network": Field(None, optional_string, admin=True),
    "provider:segmentation_id": Field(None, optional_integer, admin=True),
    "segments": Field(None, anything, admin=True),
    "subnets": READ_ONLY,
    "availability_zones": READ_ONLY,
    "ipv4_address_scope": READ_ONLY,
    "ipv6_address_scope": READ_ONLY,
    "l2_adjacency": READ_ONLY,
}
ADMIN_ONLY = (
    "provider:network_type",
    "provider:physical_network",
    "provider:segmentation_id",
    "segments",
    "vlan_transparent",
    "dns_domain",
)


def visible(world: World, actor: Actor, row: Row) -> bool:
    return bool(
        owns(actor, row)
        or row["shared"]
        or row["router:external"]
        or shares(world, actor, row)
        or shares(world, actor, row, "access_as_external")
    )


def usable(world: World, actor: Actor, row: Row) -> bool:
    """Whether the actor may put ports on the network."""
    return bool(owns(actor, row) or row["shared"] or shares(world, actor, row))


def _create(world: World, call: Call, values: Row) -> Row:
    state = world.part(Network)
    ensure_default(world, values["project_id"], call.now)
    external = values["router:external"]
    if not values["provider:network_type"]:
        values["provider:network_type"] = "flat" if external else "vxlan"
    if values["provider:segmentation_id"] is None and not external:
        state.segmentation += 1
        values["provider:segmentation_id"] = state.segmentation
    row = {
        **values,
        **standard(world, call.now, values["project_id"]),
        "status": "ACTIVE",
        "l2_adjacency": True,
    }
    row["revision_number"] = 1
    return state.networks.add(row)


def _update(world: World, call: Call, row: Row, changes: Row) -> None:
    if changes.get("router:external") is False and row["router:external"]:
        for port in world.part(Network).ports.where("network_id", row["id"]):
            if port["device_owner"] in ("network:router_gateway", "network:floatingip"):
                raise Refusal(
                    409,
                    f"External network {row['id']} cannot be updated to be made non-external, "
                    "since it has existing gateway ports.",
                    "ExternalNetworkInUse",
                )
    world.part(Network).networks.change(row, **changes)
    touch(row, call.now)


def _delete(world: World, call: Call, row: Row) -> None:
    state = world.part(Network)
    ports = state.ports.where("network_id", row["id"])
    held = sorted(port["id"] for port in ports if port["device_owner"] not in AUTOMATIC_OWNERS)
    if held:
        raise Refusal(
            409,
            f"Unable to complete operation on network {row['id']}. There are one or more ports "
            f"still in use on the network, id for these ports is: {','.join(held)}.",
            "NetworkInUse",
        )
    for port in ports:
        release_port(world, port, call.now)
    for subnet in state.subnets.where("network_id", row["id"]):
        remove_subnet(world, subnet)
    _drop(world, row)


def _drop(world: World, row: Row) -> None:
    state = world.part(Network)
    for rule in state.rbac.where("object_id", row["id"]):
        state.rbac.remove(rule)
    for segment in state.segments.where("network_id", row["id"]):
        state.segments.remove(segment)
    state.networks.remove(row)


def _scope(world: World, subnets: list[Row], version: int) -> str | None:
    state = world.part(Network)
    for subnet in subnets:
        pool = state.subnet_pools.get(subnet["subnetpool_id"] or "")
        if pool is not None and subnet["ip_version"] == version:
            scope: str | None = pool["address_scope_id"]
            return scope
    return None


def _zones(row: Row) -> list[str]:
    """Where the agents are that serve DHCP on a network."""
    return row["availability_zone_hints"] or [ZONE]


def _view(world: World, actor: Actor, row: Row) -> Row:
    subnets = world.part(Network).subnets.where("network_id", row["id"])
    view = {
        **row,
        "subnets": [subnet["id"] for subnet in subnets],
        "availability_zones": _zones(row) if any(one["enable_dhcp"] for one in subnets) else [],
        "shared": row["shared"] or (not owns(actor, row) and shares(world, actor, row)),
        "ipv4_address_scope": _scope(world, subnets, 4),
        "ipv6_address_scope": _scope(world, subnets, 6),
    }
    if not row["router:external"]:
        del view["is_default"]
    hidden = ("segments", "vlan_transparent", "dns_domain") if actor.is_admin else ADMIN_ONLY
    for name in hidden:
        view.pop(name, None)
    return view


NETWORK = Kind(
    one="network",
    many="networks",
    table=lambda state: state.networks,
    fields=FIELDS,
    missing=lambda key: missing("Network", key),
    create=_create,
    update=_update,
    delete=_delete,
    drop=_drop,
    view=_view,
    visible=visible,
    quota="network",
)

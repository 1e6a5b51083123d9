"""Neutron's subnets.

Handing out addresses is `ipam`'s and `addresses`' work.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.neutron.ipam import Pool
from calor.sandbox.neutron.kind import READ_ONLY, STANDARD, UNSET, Field, Kind, find
from calor.sandbox.neutron.networks import AUTOMATIC_OWNERS, NETWORK, visible
from calor.sandbox.neutron.removal import remove_subnet
from calor.sandbox.neutron.rules import (
    anything,
    bad_request,
    boolean,
    cidr,
    denied,
    host_routes,
    integer,
    invalid,
    missing,
    nameservers,
    one_of,
    optional_address,
    optional_identifier,
    optional_integer,
    optional_string,
)
from calor.sandbox.neutron.state import Network, owns, standard, touch
from calor.sandbox.neutron.subnet_pools import allocate_cidr
from calor.sandbox.table import Row
from calor.sandbox.world import World

AnyNetwork = IPv4Network | IPv6Network
IPV6_MODES = (None, "slaac", "dhcpv6-stateful", "dhcpv6-stateless")

FIELDS = {
    **STANDARD,
    "network_id": Field(required=True, put=False),
    "ip_version": Field(required=True, check=one_of(4, 6, "4", "6"), put=False),
    "cidr": Field(None, cidr, put=False),
    "subnetpool_id": Field(None, optional_string, put=False),
    "prefixlen": Field(None, optional_integer, put=False),
    "use_default_subnetpool": Field(False, boolean, put=False),
    "gateway_ip": Field(UNSET, optional_address),
    "allocation_pools": Field(None, anything),
    "enable_dhcp": Field(True, boolean),
    "dns_nameservers": Field([], nameservers),
    "dns_publish_fixed_ip": Field(False, boolean),
    "host_routes": Field([], host_routes),
    "ipv6_ra_mode": Field(None, one_of(*IPV6_MODES), put=False),
    "ipv6_address_mode": Field(None, one_of(*IPV6_MODES), put=False),
    "service_types": Field([], anything),
    "segment_id": Field(None, optional_identifier, admin=True),
    "router:external": READ_ONLY,
}
NOT_SHOWN = ("prefixlen", "use_default_subnetpool", "dns_publish_fixed_ip")
AUTOMATIC = ("slaac", "dhcpv6-stateless")


def is_automatic(row: Row) -> bool:
    """Whether addresses follow from the MAC address instead of being handed out."""
    return row["ipv6_address_mode"] in AUTOMATIC


def _pools(sent: Any, network: AnyNetwork, gateway: str | None) -> list[tuple[str, str]]:
    """The allocation pools, checked, or the whole subnet without its gateway."""
    if sent is None:
        return _whole(network, gateway)
    found = []
    for item in sent:
        low, high = ip_address(item["start"]), ip_address(item["end"])
        text = f"{low}-{high}"
        if int(low) > int(high):
            raise Refusal(400, f"The allocation pool {text} is not valid.", "InvalidAllocationPool")
        if low not in network or high not in network:
            raise Refusal(
                400,
                f"The allocation pool {text} spans beyond the subnet cidr {network}.",
                "OutOfBoundsAllocationPool",
            )
        if gateway and int(low) <= int(ip_address(gateway)) <= int(high):
            raise Refusal(
                409,
                f"Gateway ip {gateway} conflicts with allocation pool {text}.",
                "GatewayConflictWithAllocationPools",
            )
        found.append((str(low), str(high)))
    return found


def _whole(network: AnyNetwork, gateway: str | None) -> list[tuple[str, str]]:
    first, last = int(network.network_address), int(network.broadcast_address)
    if network.version == 4 and network.prefixlen < 31:
        first, last = first + 1, last - 1
    kind = type(network.network_address)
    if gateway is None or ip_address(gateway) not in network:
        return [(str(kind(first)), str(kind(last)))] if first <= last else []
    at = int(ip_address(gateway))
    halves = ((first, at - 1), (at + 1, last))
    return [(str(kind(low)), str(kind(high))) for low, high in halves if low <= high]


def _check_modes(values: Row) -> None:
    for name in ("ipv6_ra_mode", "ipv6_address_mode"):
        if values[name] and values["ip_version"] == 4:
            raise invalid(f"{name} is not valid when ip_version is 4")
    modes = [values["ipv6_ra_mode"], values["ipv6_address_mode"]]
    if all(modes) and modes[0] != modes[1]:
        raise invalid(
            f"ipv6_ra_mode set to '{modes[0]}' with ipv6_address_mode set to '{modes[1]}' is not "
            "valid. If both attributes are set, they must be the same value"
        )
    if any(mode in AUTOMATIC for mode in modes) and ip_network(values["cidr"]).prefixlen != 64:
        raise invalid(
            f"Invalid CIDR {values['cidr']} for IPv6 address mode. OpenStack uses the EUI-64 "
            "address format, which requires the prefix to be /64"
        )


def _check_overlap(world: World, values: Row, network: AnyNetwork) -> None:
    for other in world.part(Network).subnets.where("network_id", values["network_id"]):
        theirs = ip_network(other["cidr"])
        if theirs.version == network.version and theirs.overlaps(network):
            raise invalid(
                f"Requested subnet with cidr: {network} for network: {values['network_id']} "
                "overlaps with another subnet"
            )


def _choose_cidr(world: World, call: Call, values: Row) -> None:
    if values["subnetpool_id"]:
        values["cidr"] = allocate_cidr(world, call, values)
    if not values["cidr"]:
        raise bad_request("subnets", "a subnetpool must be specified in the absence of a cidr")
    if ip_network(values["cidr"]).version != values["ip_version"]:
        raise invalid(
            f"cidr '{values['cidr']}' does not match the ip_version '{values['ip_version']}'"
        )


def _create(world: World, call: Call, values: Row) -> Row:
    state = world.part(Network)
    parent = find(world, NETWORK, call.actor, values["network_id"])
    if not owns(call.actor, parent):
        raise denied("create_subnet")
    values["ip_version"] = integer("ip_version", values["ip_version"])
    _choose_cidr(world, call, values)
    _check_modes(values)
    network = ip_network(values["cidr"])
    _check_overlap(world, values, network)
    if values["gateway_ip"] is UNSET:
        values["gateway_ip"] = _default_gateway(network)
    ranges = _pools(values["allocation_pools"], network, values["gateway_ip"])
    row = {
        **values,
        **standard(world, call.now, values["project_id"]),
        "allocation_pools": _as_json(ranges),
        "router:external": parent["router:external"],
    }
    for name in NOT_SHOWN:
        row.pop(name, None)
    state.subnets.add(row)
    state.pools[row["id"]] = Pool(values["cidr"], ranges, automatic=is_automatic(row))
    touch(parent, call.now)
    return row


def _default_gateway(network: AnyNetwork) -> str | None:
    if network.num_addresses <= 1:
        return None
    offset = 1 if network.version == 4 and network.prefixlen < 31 else 0
    return str(network.network_address + offset)


def _as_json(ranges: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"start": low, "end": high} for low, high in ranges]


def _update(world: World, call: Call, row: Row, changes: Row) -> None:
    state = world.part(Network)
    pool = state.pools[row["id"]]
    gateway = changes.get("gateway_ip", row["gateway_ip"])
    if "gateway_ip" in changes and gateway != row["gateway_ip"]:
        _check_gateway(world, row)
    if "allocation_pools" in changes or "gateway_ip" in changes:
        kept = row["allocation_pools"]
        sent = changes.get("allocation_pools", kept)
        ranges = _pools(sent if sent is not None else kept, ip_network(row["cidr"]), gateway)
        changes["allocation_pools"] = _as_json(ranges)
        pool.set_ranges(ranges)
    state.subnets.change(row, **changes)
    touch(row, call.now)


def _check_gateway(world: World, row: Row) -> None:
    for port in world.part(Network).ports.where("network_id", row["network_id"]):
        for fixed in port["fixed_ips"]:
            held = fixed["subnet_id"] == row["id"] and fixed["ip_address"] == row["gateway_ip"]
            if held and port["device_owner"] == "network:router_interface":
                raise Refusal(
                    409,
                    f"Current gateway ip {row['gateway_ip']} already in use by port "
                    f"{port['id']}. Unable to update.",
                    "GatewayIpInUse",
                )


def _delete(world: World, call: Call, row: Row) -> None:
    for port in world.part(Network).ports.where("network_id", row["network_id"]):
        if port["device_owner"] in AUTOMATIC_OWNERS:
            continue
        if is_automatic(row) and port["device_owner"] != "network:router_interface":
            continue
        if any(fixed["subnet_id"] == row["id"] for fixed in port["fixed_ips"]):
            raise Refusal(
                409,
                f"Unable to complete operation on subnet {row['id']}: One or more ports have an "
                "IP allocation from this subnet.",
                "SubnetInUse",
            )
    parent = world.part(Network).networks.get(row["network_id"])
    remove_subnet(world, row)
    if parent is not None:
        touch(parent, call.now)


def _view(world: World, actor: Actor, row: Row) -> Row:
    view = dict(row)
    if not actor.is_admin:
        view.pop("segment_id")
    return view


def _visible(world: World, actor: Actor, row: Row) -> bool:
    parent = world.part(Network).networks.get(row["network_id"])
    return owns(actor, row) or (parent is not None and visible(world, actor, parent))


SUBNET = Kind(
    one="subnet",
    many="subnets",
    table=lambda state: state.subnets,
    fields=FIELDS,
    missing=lambda key: missing("Subnet", key),
    create=_create,
    update=_update,
    delete=_delete,
    drop=remove_subnet,
    view=_view,
    visible=_visible,
    quota="subnet",
)

"""Choosing the fixed IPs of a port.

It changes nothing but the pools of the subnets.
"""

from __future__ import annotations

from typing import Any

from calor.sandbox.call import Refusal
from calor.sandbox.neutron.ipam import Pool
from calor.sandbox.neutron.rules import invalid, missing
from calor.sandbox.neutron.state import Network
from calor.sandbox.table import Row
from calor.sandbox.world import World

NO_AUTOMATIC = ("network:router_interface", "network:router_gateway", "network:floatingip")


def choose(world: World, port: Row, wanted: list[dict[str, Any]] | None) -> list[dict[str, str]]:
    """Take addresses for a port: those that are `wanted`, or one of each IP version.

    Raises Refusal 400, 404, 409, and then holds none of them.
    """
    taken: list[dict[str, str]] = []
    subnets = world.part(Network).subnets.where("network_id", port["network_id"])
    try:
        if wanted is None:
            _default(world, port, subnets, taken)
        else:
            for item in wanted:
                _one(world, port, subnets, item, taken)
        if wanted != [] and port["device_owner"] not in NO_AUTOMATIC:
            _automatic(world, port, subnets, taken)
    except Refusal:
        release(world, taken)
        raise
    return taken


def release(world: World, fixed_ips: list[dict[str, str]]) -> None:
    pools = world.part(Network).pools
    for fixed in fixed_ips:
        pool = pools.get(fixed["subnet_id"])
        if pool is not None:
            pool.release(fixed["ip_address"])


def _take(pool: Pool, subnet: Row, address: str, port: Row, taken: list[dict[str, str]]) -> None:
    pool.take(address, port["id"])
    taken.append({"subnet_id": subnet["id"], "ip_address": address})


def _exhausted(port: Row) -> Refusal:
    return Refusal(
        409,
        f"No more IP addresses available on network {port['network_id']}.",
        "IpAddressGenerationFailure",
    )


def _default(world: World, port: Row, subnets: list[Row], taken: list[dict[str, str]]) -> None:
    pools = world.part(Network).pools
    for version in (4, 6):
        candidates = [
            subnet
            for subnet in subnets
            if subnet["ip_version"] == version and not pools[subnet["id"]].automatic
        ]
        for subnet in candidates:
            address = pools[subnet["id"]].first_free()
            if address is not None:
                _take(pools[subnet["id"]], subnet, address, port, taken)
                break
        else:
            if candidates:
                raise _exhausted(port)


def _automatic(world: World, port: Row, subnets: list[Row], taken: list[dict[str, str]]) -> None:
    pools = world.part(Network).pools
    have = [fixed["subnet_id"] for fixed in taken]
    for subnet in subnets:
        pool = pools[subnet["id"]]
        if pool.automatic and subnet["id"] not in have:
            _take(pool, subnet, pool.from_mac(port["mac_address"]), port, taken)


def _one(
    world: World,
    port: Row,
    subnets: list[Row],
    item: dict[str, Any],
    taken: list[dict[str, str]],
) -> None:
    address = item.get("ip_address")
    subnet = _subnet(world, port, subnets, item)
    pool = world.part(Network).pools[subnet["id"]]
    if address is None:
        free = pool.from_mac(port["mac_address"]) if pool.automatic else pool.first_free()
        if free is None:
            raise _exhausted(port)
        _take(pool, subnet, free, port, taken)
        return
    if not pool.holds(address):
        raise Refusal(
            400,
            f"IP address {address} is not a valid IP for the specified subnet.",
            "InvalidIpForSubnet",
        )
    if pool.is_used(address):
        raise Refusal(
            409,
            f"IP address {address} already allocated in subnet {subnet['id']}",
            "IpAddressAlreadyAllocated",
        )
    _take(pool, subnet, address, port, taken)


def _subnet(world: World, port: Row, subnets: list[Row], item: dict[str, Any]) -> Row:
    """The subnet that an entry of `fixed_ips` means."""
    if item.get("subnet_id"):
        found = world.part(Network).subnets.get(item["subnet_id"])
        if found is None:
            raise missing("Subnet", item["subnet_id"])
        if found["network_id"] != port["network_id"]:
            raise invalid(
                f"Failed to create port on network {port['network_id']}, because fixed_ips "
                f"included invalid subnet {found['id']}"
            )
        return found
    if item.get("ip_address"):
        pools = world.part(Network).pools
        for subnet in subnets:
            if pools[subnet["id"]].holds(item["ip_address"]):
                return subnet
        raise Refusal(
            400,
            f"IP address {item['ip_address']} is not a valid IP for any of the subnets on the "
            "specified network.",
            "InvalidIpForNetwork",
        )
    raise invalid("IP allocation requires subnet_id or ip_address")

"""Taking ports and subnets away together with what they hold.

No conflict is checked here; who calls has decided.
"""

from __future__ import annotations

from calor.sandbox.neutron.state import Network, touch
from calor.sandbox.table import Row
from calor.sandbox.world import World


def release_port(world: World, port: Row, now: float) -> None:
    """Remove a port, free its addresses, and let its floating IPs go."""
    state = world.part(Network)
    for floating in state.floating_ips.where("port_id", port["id"]):
        disassociate(world, floating, now)
    for fixed in port["fixed_ips"]:
        pool = state.pools.get(fixed["subnet_id"])
        if pool is not None:
            pool.release(fixed["ip_address"])
    state.ports.remove(port)


def disassociate(world: World, floating: Row, now: float) -> None:
    """The floating IP leads nowhere from now on."""
    nowhere = {"port_id": None, "fixed_ip_address": None, "router_id": None, "status": "DOWN"}
    world.part(Network).floating_ips.change(floating, **nowhere)
    touch(floating, now)


def remove_subnet(world: World, subnet: Row) -> None:
    """Remove a subnet, and its addresses from the ports that still have some."""
    state = world.part(Network)
    for port in state.ports.where("network_id", subnet["network_id"]):
        port["fixed_ips"] = [
            fixed for fixed in port["fixed_ips"] if fixed["subnet_id"] != subnet["id"]
        ]
    state.pools.pop(subnet["id"], None)
    state.subnets.remove(subnet)

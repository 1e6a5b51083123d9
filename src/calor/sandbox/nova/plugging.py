"""Putting Neutron's ports and Cinder's volumes into servers, and taking them out.

It parses no request and knows no status machine of servers.
"""

from __future__ import annotations

from typing import Any

from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.cinder import attachments
from calor.sandbox.cinder.state import Storage
from calor.sandbox.neutron.kind import UNSET
from calor.sandbox.neutron.networks import usable, visible
from calor.sandbox.neutron.ports import PORT, add_port
from calor.sandbox.neutron.ports import plug as plug_port
from calor.sandbox.neutron.ports import unplug as unplug_port
from calor.sandbox.neutron.quotas import spend
from calor.sandbox.neutron.removal import release_port
from calor.sandbox.neutron.routers import port_values
from calor.sandbox.neutron.state import Network
from calor.sandbox.table import Row
from calor.sandbox.world import World


def owner_of(row: Row) -> str:
    return f"compute:{row['zone']}"


def find_port(world: World, actor: Actor, key: str) -> Row:
    """A port that a server may get. Raises Refusal 404, 409."""
    port = world.part(Network).ports.get(key)
    if port is None or not PORT.visible(world, actor, port):
        raise Refusal(404, f"Port id {key} could not be found.")
    if port["device_id"]:
        raise Refusal(409, f"Port {key} is still in use.")
    return port


def find_network(world: World, actor: Actor, key: str) -> Row:
    """A network on which a server may get a port. Raises Refusal 400."""
    row = world.part(Network).networks.get(key)
    if row is None or not visible(world, actor, row):
        raise Refusal(400, f"Network {key} could not be found.")
    return row


def automatic_networks(world: World, actor: Actor) -> list[Row]:
    """The networks that a server gets when nobody said which. Raises Refusal 409."""
    found = [
        row
        for row in world.part(Network).networks
        if not row["router:external"]
        and (row["project_id"] == actor.project_id or row["shared"])
        and usable(world, actor, row)
    ]
    if len(found) > 1:
        raise Refusal(
            409, "Multiple possible networks found, use a Network ID to be more specific."
        )
    return found


def new_port(
    world: World, call: Call, row: Row, network_id: str, *, groups: list[str], fixed: list[Any]
) -> Row:
    """Make a port for a server. Raises Refusal."""
    network = world.part(Network).networks.get(network_id)
    if network is None or not usable(world, call.actor, network):
        raise Refusal(
            403,
            f"It is not allowed to create an interface on external network {network_id}",
        )
    values = port_values(
        network_id,
        row["project_id"],
        device_id=row["id"],
        device_owner=owner_of(row),
        fixed_ips=fixed or UNSET,
        port_security_enabled=UNSET,
        security_groups=groups or UNSET,
    )
    spend(world, "port", world.part(Network).ports, [values])
    return add_port(world, call, values)


def plug(world: World, row: Row, port: Row, now: float, *, made: bool, tag: str | None) -> None:
    """The server has the port from now on; `made`: the port goes with the server."""
    plug_port(world, port, now, device_id=row["id"], owner=owner_of(row), host=row["_host"])
    row["_ports"].append({"id": port["id"], "made": made, "tag": tag})


def unplug(world: World, row: Row, plugged: Row, now: float) -> None:
    """The server has the port no more."""
    row["_ports"] = [item for item in row["_ports"] if item is not plugged]
    port = world.part(Network).ports.get(plugged["id"])
    if port is None or port["device_id"] != row["id"]:
        return
    if plugged["made"]:
        release_port(world, port, now)
    else:
        unplug_port(world, port, now)


def plugged(world: World, row: Row) -> list[Row]:
    """The server's entries whose ports still exist; ports deleted behind Nova's back fall out."""
    ports = world.part(Network).ports
    row["_ports"] = [item for item in row["_ports"] if item["id"] in ports]
    found: list[Row] = row["_ports"]
    return found


def device(row: Row) -> str:
    """The next free device name."""
    taken = [item["device"] for item in row["_volumes"]]
    first = "a" if row["_image"] is None else "b"
    letters = "abcdefghijklmnopqrstuvwxyz"
    for letter in letters[letters.index(first) :]:
        if f"/dev/vd{letter}" not in taken:
            return f"/dev/vd{letter}"
    return "/dev/vdz"


def detach_all(world: World, row: Row, now: float) -> None:
    """The server lets go of its ports and volumes."""
    for item in list(row["_ports"]):
        unplug(world, row, item, now)
    state = world.part(Storage)
    for item in row["_volumes"]:
        attachment = state.attachments.get(item["attachment_id"] or "")
        if attachment is not None:
            delete = item["delete_on_termination"]
            attachments.detach(world, attachment, now, delete=delete)
    row["_volumes"] = []

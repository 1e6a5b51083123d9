"""The addresses of a server as attributes tell them: Nova's list joined with Neutron's ports."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from calor.base.values import Value
from calor.model.cloud import Collection
from calor.model.resource_type import Work
from calor.resources.neutron.base import FLOATING_IPS, NETWORKS, PORTS, SUBNETS
from calor.resources.nova.server_interfaces import MAC, attached, floating_ips
from calor.resources.nova.server_ports import Port, entries
from calor.resources.rest import Thing

KIND = "OS-EXT-IPS:type"


async def ports_of(work: Work) -> Sequence[Port]:
    """The server's ports. Those that the user brought are read by id, which others share, unless
    they were seen lately: their addresses stay."""
    wanted = entries(work.properties)
    if not wanted or not all(entry.get("port") for entry in wanted):
        return await attached(work)
    found = await _shown(work, PORTS, [str(entry["port"]) for entry in wanted], lately=True)
    return [port for port in found.values() if port is not None]


async def foresee(work: Work) -> None:
    """While the server starts, what will be told of its ports is read already; of those that the
    user brought, for they do not change any more."""
    wanted = [entry.get("port") for entry in entries(work.properties)]
    if wanted and all(wanted):
        _foresee(work, _asked(await ports_of(work)))


def _asked(ports: Sequence[Port]) -> list[tuple[Collection, list[str]]]:
    """The networks and subnets of ports."""
    return [
        (NETWORKS, [str(port["network_id"]) for port in ports]),
        (SUBNETS, [id for port in ports for id in _subnet_ids(port)]),
    ]


def _foresee(work: Work, asked: Sequence[tuple[Collection, Sequence[str]]]) -> None:
    for collection, ids in asked:
        for id in dict.fromkeys(ids):
            work.cloud.foresee(collection, id)


async def told(work: Work, thing: Thing, ports: Sequence[Port]) -> Mapping[str, Value]:
    """The attributes `addresses`, `networks` and `first_address`."""
    by_mac = {str(port.get("mac_address")).lower(): port for port in ports}
    asked = _asked(ports)
    _foresee(work, asked)  # networks and subnets at once
    networks, subnets = [await _shown(work, *both, lately=True) for both in asked]
    floating = await _shown(work, FLOATING_IPS, floating_ips(work.properties))
    listed = _listed(thing, ports, [item for item in floating.values() if item is not None])
    addresses: dict[str, Value] = {}
    plain: dict[str, Value] = {}
    for name, items in sorted(listed.items()):
        owners = [by_mac.get(str(item.get(MAC)).lower()) for item in items]
        full = [
            {**item, **_behind(owner, networks, subnets)}
            for item, owner in zip(items, owners, strict=True)
        ]
        ids = [str(owner["network_id"]) for owner in owners if owner is not None]
        for key in dict.fromkeys([name, *ids]):
            addresses[key] = full
            plain[key] = [item.get("addr") for item in items]
    return {"addresses": addresses, "networks": plain, "first_address": _first(listed)}


def _listed(
    thing: Thing, ports: Sequence[Port], floating: Sequence[Thing]
) -> dict[str, list[Thing]]:
    """Nova's list of addresses by network, with those of our floating IPs that it does not know
    yet."""
    listed = {name: list(items) for name, items in (thing.get("addresses") or {}).items()}
    macs = {port["id"]: port.get("mac_address") for port in ports}
    for ip in floating:
        address, mac = ip.get("floating_ip_address"), macs.get(ip.get("port_id"))
        for items in listed.values():
            if any(item.get("addr") == address for item in items):
                break
            if mac is not None and any(item.get(MAC) == mac for item in items):
                items.append({"version": 4, "addr": address, KIND: "floating", MAC: mac})
    return listed


def _behind(
    port: Port | None, networks: Mapping[str, Any], subnets: Mapping[str, Any]
) -> dict[str, Value]:
    if port is None:
        return {"port": None, "network": None, "subnets": None}
    return {
        "port": port["id"],
        "network": networks.get(str(port["network_id"])),
        "subnets": [subnets.get(id) for id in _subnet_ids(port)],
    }


def _subnet_ids(port: Port) -> list[str]:
    return [str(item["subnet_id"]) for item in port.get("fixed_ips") or []]


async def _shown(
    work: Work, collection: Collection, ids: Sequence[str], *, lately: bool = False
) -> dict[str, Any]:
    unique = list(dict.fromkeys(ids))
    if len(unique) == 1:  # as mostly, and then for hundreds of servers
        return {unique[0]: await work.cloud.show(collection, unique[0], lately=lately)}
    found = await asyncio.gather(*(work.cloud.show(collection, id, lately=lately) for id in unique))
    return dict(zip(unique, found, strict=True))


def _first(listed: Mapping[str, list[Thing]]) -> str:
    """The first address of the network whose name is last in the alphabet, as Heat tells it."""
    for name in sorted(listed, reverse=True):
        if listed[name]:
            return str(listed[name][0].get("addr"))
    return ""

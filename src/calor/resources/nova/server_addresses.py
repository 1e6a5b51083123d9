"""The addresses of a server as attributes tell them: Nova's list joined with Neutron's ports."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
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
    found = await _told_lately(work, _foreseen(work, PORTS, [str(it["port"]) for it in wanted]))
    return [port for port in found.values() if port is not None]


async def foresee(work: Work) -> None:
    """While the server starts, what will be told of its ports is read already; of those that the
    user brought, for they do not change any more."""
    wanted = [entry.get("port") for entry in entries(work.properties)]
    if wanted and all(wanted):
        _behind_ports(work, await ports_of(work))


_Foreseen = tuple[Collection, dict[str, Any]]
"""Objects of a collection by id, None for those that are being read."""


def _foreseen(work: Work, collection: Collection, ids: Iterable[str]) -> _Foreseen:
    found: dict[str, Any] = {}
    for id in ids:
        if id not in found:
            found[id] = work.cloud.foresee(collection, id)
    return collection, found


async def _told_lately(work: Work, foreseen: _Foreseen) -> Mapping[str, Any]:
    """The objects with those that had to be read; None for what is not there."""
    collection, objects = foreseen
    for id, known in objects.items():
        if known is None:
            objects[id] = await work.cloud.show(collection, id, lately=True)
    return objects


def _behind_ports(work: Work, ports: Sequence[Port]) -> tuple[_Foreseen, _Foreseen]:
    """The networks and subnets of ports, all asked for at once."""
    networks = _foreseen(work, NETWORKS, (str(port["network_id"]) for port in ports))
    return networks, _foreseen(work, SUBNETS, (id for port in ports for id in _subnet_ids(port)))


async def told(work: Work, thing: Thing, ports: Sequence[Port]) -> Mapping[str, Value]:
    """The attributes `addresses`, `networks` and `first_address`."""
    by_mac = {str(port.get("mac_address")).lower(): port for port in ports}
    networks, subnets = [
        await _told_lately(work, objects) for objects in _behind_ports(work, ports)
    ]
    floating = await _floating(work)
    listed = _listed(thing, ports, [item for item in floating if item is not None])
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


async def _floating(work: Work) -> Sequence[Thing | None]:
    ids = dict.fromkeys(floating_ips(work.properties))
    if not ids:
        return ()
    return await asyncio.gather(*(work.cloud.show(FLOATING_IPS, id) for id in ids))


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


def _first(listed: Mapping[str, list[Thing]]) -> str:
    """The first address of the network whose name is last in the alphabet, as Heat tells it."""
    for name in sorted(listed, reverse=True):
        if listed[name]:
            return str(listed[name][0].get("addr"))
    return ""

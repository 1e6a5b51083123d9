"""Neutron's ports behind a server's interfaces: those that we make for it, and which serves which.

A port that we make bears our name with a word after it, so that it is found again whatever
happened; nobody has to remember it. It attaches nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from calor.model.resource_type import Work
from calor.resources.neutron.base import PORTS, SUBNETS
from calor.resources.neutron.port import PortExtra
from calor.resources.nova.server_identity import generated_name
from calor.resources.wire import Body, create_body, matches, update_body

Entry = Mapping[str, Any]
"""An item of `networks`, pinned and revealed."""
Port = Mapping[str, Any]


def entries(properties: Mapping[str, Any]) -> list[Entry]:
    """The wanted interfaces; none where Nova is to choose."""
    return [item for item in properties.get("networks") or [] if not item.get("allocate_network")]


def allocation(properties: Mapping[str, Any]) -> str:
    """`auto`, `none`, or '' where the interfaces are listed or nothing is said."""
    items = properties.get("networks") or []
    return next((item["allocate_network"] for item in items if item.get("allocate_network")), "")


def needs_own_port(entry: Entry) -> bool:
    """Whether Nova can't be told what the interface shall be like."""
    return not entry.get("port") and bool(
        entry.get("subnet") or entry.get("port_extra_properties") is not None
    )


def may_have_own(work: Work) -> bool:
    """Whether there may be ports of ours: wanted from the beginning, added by an update, or by one
    that was cut off."""
    return bool(
        work.resource.data.get("own_ports")
        or work.before is not None
        or any(needs_own_port(entry) for entry in entries(work.properties))
    )


# --- our own ----------------------------------------------------------------------------------


def own_name(work: Work) -> str:
    return f"{generated_name(work.resource)}-port"


async def own_ports(work: Work) -> Sequence[Port]:
    """The ports that we made for the server, attached or not."""
    return await work.cloud.list(PORTS, {"name": own_name(work)})


async def remove(work: Work, ports: Sequence[Port]) -> None:
    await asyncio.gather(*(work.cloud.delete(PORTS, str(port["id"])) for port in ports))


async def provide(work: Work, wanted: Sequence[Entry]) -> list[Port]:
    """A free port of ours for each entry, in order: one that an earlier try left, or a new one."""
    left = [port for port in await own_ports(work) if not port.get("device_id")]
    pairs = assign(wanted, left)
    new = [entry for entry, port in zip(wanted, pairs, strict=True) if port is None]
    made = iter(await asyncio.gather(*(_make(work, entry) for entry in new)))
    return [next(made) if port is None else port for port in pairs]


async def _make(work: Work, entry: Entry) -> Port:
    extra = _extra(entry)
    body = {**create_body(PortExtra.schema, extra), **(extra.get("value_specs") or {})}
    body |= {"name": own_name(work), "network_id": await _network(work, entry)}
    fixed = {
        key: entry[name]
        for name, key in (("subnet", "subnet_id"), ("fixed_ip", "ip_address"))
        if entry.get(name)
    }
    if fixed:
        body["fixed_ips"] = [fixed]
    elif extra.get("no_fixed_ips"):
        body["fixed_ips"] = []
    groups = [
        await work.cloud.find("neutron.security_group", str(group))
        for group in work.properties.get("security_groups") or []
    ]
    if groups:
        body.setdefault("security_groups", groups)
    return await work.cloud.create(PORTS, body)


def _extra(entry: Entry) -> dict[str, Any]:
    given = entry.get("port_extra_properties")
    return dict(given) if given is not None else PortExtra.schema.normalise({})


async def _network(work: Work, entry: Entry) -> str:
    if entry.get("network"):
        return str(entry["network"])
    subnet = await work.cloud.show(SUBNETS, str(entry["subnet"]))
    return str((subnet or {}).get("network_id"))


async def adjust(work: Work, wanted: Sequence[Entry], ports: Sequence[Port | None]) -> None:
    """Makes our own ports that stay what their entries say now."""
    name = own_name(work)
    for entry, port in zip(wanted, ports, strict=True):
        if port is not None and port.get("name") == name:
            body = _difference(_extra(entry), port)
            if body:
                await work.cloud.update(PORTS, str(port["id"]), body)


def _difference(extra: Mapping[str, Any], port: Port) -> Body:
    body = update_body(PortExtra.schema, extra, None, port)
    for key, value in (extra.get("value_specs") or {}).items():
        if not matches(value, port.get(key)):
            body[key] = value
    if extra.get("no_fixed_ips") and port.get("fixed_ips"):
        body["fixed_ips"] = []
    return body


# --- which port is which ------------------------------------------------------------------------


def assign(wanted: Sequence[Entry], ports: Sequence[Port]) -> list[Port | None]:
    """For each entry a port that is as it says, None where there is none; no port twice."""
    given = {entry["port"]: None for entry in wanted if entry.get("port")}
    left = {str(port["id"]): port for port in ports}
    found: dict[int, Port] = {}
    # The most demanding first, so that a modest one does not take what only it can have.
    order = sorted(range(len(wanted)), key=lambda at: (-_demands(wanted[at]), at))
    for at in order:
        entry = wanted[at]
        if entry.get("port"):
            fit = left.get(str(entry["port"]))
        else:
            free = (port for id, port in left.items() if id not in given)
            fit = next((port for port in free if _fits(entry, port)), None)
        if fit is not None:
            found[at] = fit
            del left[str(fit["id"])]
    return [found.get(at) for at in range(len(wanted))]


def _demands(entry: Entry) -> int:
    extra = entry.get("port_extra_properties") or {}
    parts = [entry.get(name) for name in ("network", "subnet", "fixed_ip")]
    return sum(part is not None for part in [*parts, extra.get("mac_address")])


def _fits(entry: Entry, port: Port) -> bool:
    fixed = port.get("fixed_ips") or []
    extra = entry.get("port_extra_properties") or {}
    checks = (
        (entry.get("network"), [port.get("network_id")]),
        (entry.get("subnet"), [item.get("subnet_id") for item in fixed]),
        (entry.get("fixed_ip"), [item.get("ip_address") for item in fixed]),
        (extra.get("mac_address"), [port.get("mac_address")]),
    )
    return all(value is None or value in found for value, found in checks)

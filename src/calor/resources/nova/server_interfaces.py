"""The interfaces of a server: what is asked for with the create, and what an update attaches and
detaches. Ports themselves are `server_ports`' matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from calor.base.errors import HttpFault, LostAnswer
from calor.model.resource_type import Work
from calor.resources.neutron.base import FLOATING_IPS, PORTS
from calor.resources.nova import server_ports
from calor.resources.nova.server_identity import SERVERS
from calor.resources.nova.server_ports import Entry, Port, allocation, entries
from calor.resources.pace import unless_missing, until_free
from calor.resources.rest import Thing

TAGGED = "2.49"
"""The microversion since which an interface may be attached with a tag; shown since 2.70."""
TAGS_SHOWN = "2.70"

MAC = "OS-EXT-IPS-MAC:mac_addr"

PAUSES = (0.5, 2.0)
"""Seconds after which an interface is attached again when nobody knows what became of the call."""

Done = Callable[[Sequence[Port]], bool]


def asked(properties: Mapping[str, Any], ports: Sequence[Port] = ()) -> Any:
    """`networks` of the create, None to leave it out. `ports` are those that we made, in order;
    without them the interfaces that need one are left out."""
    if allocation(properties):
        return allocation(properties)
    own = iter(ports)
    sent = []
    for entry in entries(properties):
        tag = {"tag": entry["tag"]} if entry.get("tag") else {}
        if server_ports.needs_own_port(entry):
            port = next(own, None)
            sent += [{"port": port["id"], **tag}] if port is not None else []
        elif entry.get("port"):
            sent.append({"port": entry["port"], **tag})
        else:
            address = {"fixed_ip": entry["fixed_ip"]} if entry.get("fixed_ip") else {}
            sent.append({"uuid": entry["network"], **address, **tag})
    return sent or None


async def attached(work: Work) -> Sequence[Port]:
    """The ports of the server."""
    return await work.cloud.list(PORTS, {"device_id": work.id})


# --- update ---------------------------------------------------------------------------------------


async def reconcile(work: Work, before: Mapping[str, Any] | None) -> None:
    """Attaches and detaches until the server has the wanted interfaces; those that are as wanted
    stay. `before` are the properties of the last settled state, None when nobody knows."""
    said = work.properties.get("networks")
    if before is not None and before.get("networks") == said:
        return
    if not said and not work.resource.settled:
        return  # a new server has what Nova chose for it
    live = await attached(work)
    wanted = entries(work.properties)
    if not wanted:
        await _leave_to_nova(work, before, live)
    else:
        await _list_as_wanted(work, before, wanted, live)
    left = [port for port in await server_ports.own_ports(work) if not port.get("device_id")]
    await server_ports.remove(work, left)


async def _leave_to_nova(
    work: Work, before: Mapping[str, Any] | None, live: Sequence[Port]
) -> None:
    """Nova chooses, or there is no interface at all. What Nova made without being told for which
    network stays."""
    if allocation(work.properties) == "none":
        stay: list[Port] = []
    elif before is not None and entries(before):
        stay = []
    else:
        stay = [port for port in live if not port.get("name")]
    await _detach(work, [port for port in live if port not in stay])
    if not stay and allocation(work.properties) != "none":
        await _attach(work, {}, bool)


async def _list_as_wanted(
    work: Work, before: Mapping[str, Any] | None, wanted: Sequence[Entry], live: Sequence[Port]
) -> None:
    tags = await _tags(work, [*wanted, *entries(before or {})])
    theirs = [entry["port"] for entry in entries(before or {}) if entry.get("port")]
    ours = [entry["port"] for entry in wanted if entry.get("port")]
    # A port that the user gave and takes back now serves no other entry: it may be deleted.
    able = [port for port in live if port["id"] not in theirs or port["id"] in ours]
    able = [port for port in able if port["id"] in ours or _made_for_it(work, port)]
    found = server_ports.assign(wanted, able)
    found = [
        port if port is None or _same_tag(entry, tags.get(str(port["id"]))) else None
        for entry, port in zip(wanted, found, strict=True)
    ]
    stay = [port["id"] for port in found if port is not None]
    await _detach(work, [port for port in live if port["id"] not in stay])
    await server_ports.adjust(work, wanted, found)
    missing = [entry for entry, port in zip(wanted, found, strict=True) if port is None]
    new = iter(await server_ports.provide(work, [e for e in missing if not e.get("port")]))
    for entry in missing:
        id = str(entry.get("port") or next(new)["id"])
        tag = {"tag": entry["tag"]} if entry.get("tag") else {}
        await _attach(work, {"port_id": id, **tag}, _has(id))


def _made_for_it(work: Work, port: Port) -> bool:
    """Whether we or Nova made the port for this server; Nova gives its ports no name."""
    return port.get("name") in ("", None, server_ports.own_name(work))


def _has(id: str) -> Done:
    return lambda ports: any(port["id"] == id for port in ports)


async def _tags(work: Work, all: Sequence[Entry]) -> dict[str, str | None]:
    """Tags by port, if anybody speaks of any."""
    if not any(entry.get("tag") for entry in all):
        return {}
    answer = await work.cloud.call(
        "GET", "compute", f"{SERVERS.path}/{work.id}/os-interface", microversion=TAGS_SHOWN
    )
    return {item["port_id"]: item.get("tag") for item in answer.body["interfaceAttachments"]}


def _same_tag(entry: Entry, tag: str | None) -> bool:
    return (entry.get("tag") or None) == (tag or None)


async def _detach(work: Work, ports: Sequence[Port]) -> None:
    own = server_ports.own_name(work)
    for port in ports:
        await _detach_one(work, str(port["id"]))
    for port in ports:
        await work.cloud.watch(PORTS, str(port["id"]), _free_of(work.id))
    if ports:  # Nova forgets an address a moment after Neutron does
        gone = [str(port.get("mac_address")).lower() for port in ports]
        await work.cloud.watch(SERVERS, work.id, _without(gone))
    await server_ports.remove(work, [port for port in ports if port.get("name") == own])


async def _detach_one(work: Work, id: str) -> None:
    path = f"{SERVERS.path}/{work.id}/os-interface/{id}"
    await until_free(work, lambda: unless_missing(work.cloud.call("DELETE", "compute", path)))


def _free_of(server: str) -> Callable[[Thing | None], bool]:
    return lambda port: port is None or port.get("device_id") != server


def _without(macs: Sequence[str]) -> Callable[[Thing | None], bool]:
    def done(server: Thing | None) -> bool:
        networks = ((server or {}).get("addresses") or {}).values()
        shown = [str(item.get(MAC)).lower() for items in networks for item in items]
        return not any(mac in shown for mac in macs)

    return done


async def _attach(work: Work, body: Mapping[str, Any], done: Done) -> None:
    """Attaches an interface, once: whether a call whose answer is lost took effect is looked
    after. `done` says of the server's ports whether they are as they should be."""

    async def attach() -> None:
        if done(await attached(work)):
            return
        await work.cloud.call(
            "POST",
            "compute",
            f"{SERVERS.path}/{work.id}/os-interface",
            body={"interfaceAttachment": dict(body)},
            microversion=TAGGED if "tag" in body else "",
        )

    for pause in PAUSES:
        try:
            return await until_free(work, attach)
        except LostAnswer:
            pass
        except HttpFault as error:
            if error.status < 500:
                raise
        await work.clock.sleep(pause)
    await until_free(work, attach)


# --- floating IPs ---------------------------------------------------------------------------------


def floating_ips(properties: Mapping[str, Any]) -> list[str]:
    """Ids of the floating IPs that lead to the server's interfaces."""
    return [str(entry["floating_ip"]) for entry in entries(properties) if entry.get("floating_ip")]


async def lead(work: Work) -> None:
    """Leads each wanted floating IP to its interface."""
    wanted = entries(work.properties)
    if not floating_ips(work.properties):
        return
    ports = server_ports.assign(wanted, await attached(work))
    for entry, port in zip(wanted, ports, strict=True):
        if port is None or not entry.get("floating_ip"):
            continue
        id = str(entry["floating_ip"])
        live = await work.cloud.show(FLOATING_IPS, id)
        if live is None or live.get("port_id") != port["id"]:
            address = {"fixed_ip_address": entry["fixed_ip"]} if entry.get("fixed_ip") else {}
            await work.cloud.update(FLOATING_IPS, id, {"port_id": port["id"], **address})


async def release(work: Work, ids: Sequence[str]) -> None:
    """Takes these floating IPs from the server, those that still lead to it."""
    if not ids:
        return
    ports = [port["id"] for port in await attached(work)]
    for id in ids:
        live = await work.cloud.show(FLOATING_IPS, id)
        if live is not None and live.get("port_id") in ports:
            await unless_missing(work.cloud.update(FLOATING_IPS, id, {"port_id": None}))

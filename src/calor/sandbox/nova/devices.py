"""The interfaces and volumes of a Nova server: `os-interface` and `os-volume_attachments`.

The ports are Neutron's, the volumes Cinder's; `plugging` does the work.
"""

from __future__ import annotations

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.cinder import attachments
from calor.sandbox.cinder.state import Storage
from calor.sandbox.cinder.state import owns as owns_volume
from calor.sandbox.neutron.state import Network
from calor.sandbox.nova.actions import check_state
from calor.sandbox.nova.plugging import (
    automatic_networks,
    device,
    find_network,
    find_port,
    new_port,
    plug,
    plugged,
    unplug,
)
from calor.sandbox.nova.state import find_server, invalid, may_write
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World

ATTACHABLE = ("active", "paused", "stopped", "suspended", "resized")


def _interface(world: World, call: Call, item: Row) -> Row:
    port = world.part(Network).ports.get(item["id"]) or {}
    view = {
        "net_id": port["network_id"],
        "port_id": port["id"],
        "mac_addr": port["mac_address"],
        "port_state": port["status"],
        "fixed_ips": port["fixed_ips"],
    }
    if call.version >= (2, 70):
        view["tag"] = item["tag"]
    return view


def _interfaces(world: World, call: Call) -> Response:
    row = find_server(world, call.actor, call.params["id"])
    views = [_interface(world, call, item) for item in plugged(world, row)]
    return reply(200, {"interfaceAttachments": views})


def _find_interface(world: World, call: Call, row: Row) -> Row:
    for item in plugged(world, row):
        if item["id"] == call.params["port"]:
            return item
    raise Refusal(
        404, f"No interface attachment for port {call.params['port']} on instance {row['id']}"
    )


def _show_interface(world: World, call: Call) -> Response:
    row = find_server(world, call.actor, call.params["id"])
    item = _find_interface(world, call, row)
    return reply(200, {"interfaceAttachment": _interface(world, call, item)})


def _attach_interface(world: World, call: Call) -> Response:
    may_write(call, "os-attach-interfaces:create")
    row = find_server(world, call.actor, call.params["id"])
    sent = call.json().get("interfaceAttachment") or {}
    port_id, network_id = sent.get("port_id"), sent.get("net_id")
    if port_id and network_id:
        raise Refusal(400, "Must not input both network_id and port_id")
    if sent.get("fixed_ips") and not network_id:
        raise Refusal(400, "Must input network_id when request IP address")
    if sent.get("tag") and call.version < (2, 49):
        raise invalid(
            "interfaceAttachment",
            sent,
            "Additional properties are not allowed ('tag' was unexpected)",
        )
    check_state(row, "attach_interface", *ATTACHABLE)
    if port_id:
        port = find_port(world, call.actor, port_id)
    else:
        port = _fresh_port(world, call, row, network_id, sent.get("fixed_ips") or [])
    plug(world, row, port, call.now, made=not port_id, tag=sent.get("tag"))
    return reply(200, {"interfaceAttachment": _interface(world, call, row["_ports"][-1])})


def _fresh_port(
    world: World, call: Call, row: Row, network_id: str | None, fixed: list[Row]
) -> Row:
    if network_id:
        try:
            network = find_network(world, call.actor, network_id)
        except Refusal as refusal:
            raise Refusal(404, refusal.message) from None
    else:
        found = automatic_networks(world, call.actor)
        if not found:
            raise Refusal(400, "No network is available to attach.")
        network = found[0]
    return new_port(world, call, row, network["id"], groups=[], fixed=fixed)


def _detach_interface(world: World, call: Call) -> Response:
    may_write(call, "os-attach-interfaces:delete")
    row = find_server(world, call.actor, call.params["id"])
    check_state(row, "detach_interface", *ATTACHABLE)
    item = _find_interface(world, call, row)

    def gone(at: float) -> None:
        if item in row["_ports"]:
            unplug(world, row, item, at)

    world.agenda.enter(call.now + world.settings.delays.interface_detach, gone)
    return reply(202)


def _volume(call: Call, row: Row, item: Row) -> Row:
    view: Row = {}
    if call.version < (2, 89):
        view["id"] = item["volume_id"]
    view |= {
        "volumeId": item["volume_id"],
        "serverId": row["id"],
        "device": item["device"],
    }
    if call.version >= (2, 70):
        view["tag"] = item["tag"]
    if call.version >= (2, 79):
        view["delete_on_termination"] = item["delete_on_termination"]
    if call.version >= (2, 89):
        view |= {"attachment_id": item["attachment_id"], "bdm_uuid": item["id"]}
    return view


def _volumes(world: World, call: Call) -> Response:
    row = find_server(world, call.actor, call.params["id"])
    views = [_volume(call, row, item) for item in row["_volumes"] if item["volume_id"]]
    return reply(200, {"volumeAttachments": views})


def _find_volume(call: Call, row: Row) -> Row:
    for item in row["_volumes"]:
        if item["volume_id"] == call.params["volume"]:
            found: Row = item
            return found
    raise Refusal(404, f"Instance {row['id']} is not attached to volume {call.params['volume']}")


def _show_volume(world: World, call: Call) -> Response:
    row = find_server(world, call.actor, call.params["id"])
    return reply(200, {"volumeAttachment": _volume(call, row, _find_volume(call, row))})


def _attach_volume(world: World, call: Call) -> Response:
    may_write(call, "os-volumes-attachments:create")
    row = find_server(world, call.actor, call.params["id"])
    sent = call.wrapped("volumeAttachment")
    key = str(sent.get("volumeId"))
    check_state(row, "attach_volume", *ATTACHABLE)
    volume = world.part(Storage).volumes.get(key)
    if volume is None or not owns_volume(call.actor, volume):
        raise Refusal(404, f"Volume {key} could not be found.")
    _check_free(world, row, volume)
    attachment = attachments.reserve(world, volume, row["id"], call.now)
    item = {
        "id": world.ids.uuid(),
        "volume_id": key,
        "attachment_id": attachment["id"],
        "device": sent.get("device") or device(row),
        "delete_on_termination": bool(sent.get("delete_on_termination")),
        "tag": sent.get("tag"),
        "source": None,
        "boots": False,
    }
    row["_volumes"].append(item)

    def done(at: float) -> None:
        if item in row["_volumes"] and volume["status"] == "attaching":
            if call.doom is None:
                attachments.attach(world, attachment, item["device"], at)
            else:
                row["_volumes"].remove(item)
                attachments.detach(world, attachment, at)

    world.agenda.enter(call.now + world.settings.delays.volume_attach, done)
    view = _volume(call, row, item)
    for name in ("attachment_id", "bdm_uuid"):
        view.pop(name, None)
    return reply(200, {"volumeAttachment": {"id": key, **view}})


def _check_free(world: World, row: Row, volume: Row) -> None:
    held = world.part(Storage).attachments.where("volume_id", volume["id"])
    servers = [item["instance"] for item in held]
    if row["id"] in servers or (held and not volume["multiattach"]):
        raise Refusal(
            400,
            f"Invalid volume: volume {volume['id']} is already attached to instances: "
            f"{', '.join(servers)}",
        )
    if volume["status"] not in ("available", "in-use"):
        raise Refusal(
            400,
            f"Invalid volume: volume '{volume['id']}' status must be 'available' or 'in-use'. "
            f"Currently in '{volume['status']}' status",
        )


def _update_volume(world: World, call: Call) -> Response:
    """Since 2.85 `delete_on_termination` may change; swapping the volume is not for members."""
    row = find_server(world, call.actor, call.params["id"])
    item = _find_volume(call, row)
    sent = call.wrapped("volumeAttachment")
    if sent.get("volumeId") != item["volume_id"]:
        raise Refusal(403, "Policy doesn't allow os_compute_api:os-volumes-attachments:swap.")
    if "delete_on_termination" in sent and call.version >= (2, 85):
        item["delete_on_termination"] = bool(sent["delete_on_termination"])
    return reply(202)


def _detach_volume(world: World, call: Call) -> Response:
    may_write(call, "os-volumes-attachments:delete")
    row = find_server(world, call.actor, call.params["id"])
    item = _find_volume(call, row)
    check_state(row, "detach_volume", *ATTACHABLE)
    if item["boots"] and row["_vm"] != "stopped":
        raise Refusal(403, "Cannot detach a root device volume")
    attachment = world.part(Storage).attachments.get(item["attachment_id"])
    if attachment is None:
        row["_volumes"].remove(item)
        return reply(202)
    attachments.begin_detach(world, attachment, call.now)

    def gone(at: float) -> None:
        if item in row["_volumes"]:
            row["_volumes"].remove(item)
            attachments.detach(world, attachment, at)

    world.agenda.enter(call.now + world.settings.delays.volume_detach, gone)
    return reply(202)


def _security_groups(world: World, call: Call) -> Response:
    row = find_server(world, call.actor, call.params["id"])
    state = world.part(Network)
    found: dict[str, Row] = {}
    for item in plugged(world, row):
        port = state.ports.get(item["id"]) or {"security_groups": []}
        for key in port["security_groups"]:
            group = state.security_groups.get(key)
            if group is not None:
                found[key] = {
                    "id": key,
                    "name": group["name"],
                    "description": group["description"],
                    "tenant_id": group["project_id"],
                    "rules": [],
                }
    return reply(200, {"security_groups": list(found.values())})


_INTERFACES = "/v2.1/servers/{id}/os-interface"
_VOLUMES = "/v2.1/servers/{id}/os-volume_attachments"
ROUTES = (
    Route("GET", _INTERFACES, _interfaces),
    Route("POST", _INTERFACES, _attach_interface),
    Route("GET", _INTERFACES + "/{port}", _show_interface),
    Route("DELETE", _INTERFACES + "/{port}", _detach_interface),
    Route("GET", _VOLUMES, _volumes),
    Route("POST", _VOLUMES, _attach_volume),
    Route("GET", _VOLUMES + "/{volume}", _show_volume),
    Route("PUT", _VOLUMES + "/{volume}", _update_volume),
    Route("DELETE", _VOLUMES + "/{volume}", _detach_volume),
    Route("GET", "/v2.1/servers/{id}/os-security-groups", _security_groups),
)

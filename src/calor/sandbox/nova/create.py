"""`POST /servers`: what it may say, and the server that it begins.

The building itself is in `build`.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.cinder.state import Storage
from calor.sandbox.cinder.state import owns as owns_volume
from calor.sandbox.glance.images import find_image
from calor.sandbox.neutron.state import Network
from calor.sandbox.nova.build import begin, record
from calor.sandbox.nova.flavors import find_flavor
from calor.sandbox.nova.groups import find_group
from calor.sandbox.nova.keypairs import find_keypair
from calor.sandbox.nova.plugging import automatic_networks, find_network, find_port
from calor.sandbox.nova.state import (
    ZONE,
    Compute,
    invalid,
    limits,
    links,
    may_write,
    metadata,
    only,
    required,
    spend,
)
from calor.sandbox.router import Route
from calor.sandbox.settings import UNLIMITED
from calor.sandbox.table import Row
from calor.sandbox.world import World

KNOWN = {
    **dict.fromkeys(
        (
            "name",
            "flavorRef",
            "imageRef",
            "networks",
            "metadata",
            "security_groups",
            "user_data",
            "key_name",
            "config_drive",
            "availability_zone",
            "block_device_mapping",
            "block_device_mapping_v2",
            "adminPass",
            "accessIPv4",
            "accessIPv6",
            "OS-DCF:diskConfig",
            "min_count",
            "max_count",
            "return_reservation_id",
            "personality",
            "os:scheduler_hints",
            "OS-SCH-HNT:scheduler_hints",
        ),
        (2, 1),
    ),
    "description": (2, 19),
    "tags": (2, 52),
    "trusted_image_certificates": (2, 63),
    "host": (2, 74),
    "hypervisor_hostname": (2, 74),
    "hostname": (2, 90),
}
PASSWORD = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
UUID_LENGTH = 36


def _checked(call: Call) -> tuple[Row, Row]:
    """The server and the scheduler hints that were sent."""
    body = call.json()
    sent = call.wrapped("server")
    only("server", sent, KNOWN, call)
    required("server", sent, "name", "flavorRef")
    if not isinstance(sent["name"], str) or not sent["name"].strip():
        raise invalid("name", sent["name"], "An invalid 'name' value was provided.")
    if call.version >= (2, 37):
        required("server", sent, "networks")
    if call.version >= (2, 57) and "personality" in sent:
        raise invalid(
            "server", sent, "Additional properties are not allowed ('personality' was unexpected)"
        )
    if sent.get("user_data") is not None:
        _check_user_data(sent["user_data"])
    hints = body.get("os:scheduler_hints") or body.get("OS-SCH-HNT:scheduler_hints") or {}
    return sent, hints


def _check_user_data(value: Any) -> None:
    try:
        base64.b64decode(value)
    except (binascii.Error, TypeError, ValueError):
        raise invalid("user_data", value, f"{value!r} is not a 'base64'") from None
    if len(value) > 65535:
        raise invalid("user_data", f"{value[:20]}...", "The user data is too long")


def find_boot_image(world: World, call: Call, key: str, message: str) -> Row:
    """An image to boot from. Raises Refusal 400."""
    if len(key) != UUID_LENGTH:
        raise invalid("imageRef", key, f"{key!r} is not valid under any of the given schemas")
    image = find_image(world, call.actor, key)
    if image is None:
        raise Refusal(400, message)
    if image["status"] != "active":
        raise Refusal(400, f"Image {key} is not active.")
    return image


def _image(world: World, call: Call, sent: Row, flavor: Row) -> str | None:
    key = sent.get("imageRef")
    if not key:
        disks = sent.get("block_device_mapping_v2") or sent.get("block_device_mapping") or []
        if "imageRef" not in sent and not disks:
            raise Refusal(400, "Missing imageRef attribute")
        if not any(_boots(disk) for disk in disks):
            raise Refusal(
                400,
                "Block Device Mapping is Invalid: Boot sequence for the instance and image/"
                "block device mapping combination is not valid.",
            )
        return None
    image = find_boot_image(world, call, key, "Can not find requested image")
    if image["min_ram"] > flavor["ram"]:
        raise Refusal(400, "Flavor's memory is too small for requested image.")
    if flavor["disk"] and image["min_disk"] > flavor["disk"]:
        raise Refusal(400, "Flavor's disk is smaller than the minimum size of the image.")
    return str(key)


def _boots(disk: Row) -> bool:
    return str(disk.get("boot_index", 0 if "device_name" in disk else None)) == "0"


def _networks(world: World, call: Call, sent: Row) -> list[Row]:
    """The wanted interfaces: `{"port": id}` or `{"uuid": network, "fixed_ip": address}`."""
    wanted = sent.get("networks")
    if isinstance(wanted, str):
        if call.version < (2, 37):
            raise invalid("networks", wanted, f"{wanted!r} is not of type 'array'")
        if wanted not in ("auto", "none"):
            raise invalid(
                "networks", wanted, f"{wanted!r} is not valid under any of the given schemas"
            )
        if wanted == "none":
            return []
        wanted = None
    if not wanted:
        return [{"uuid": row["id"]} for row in automatic_networks(world, call.actor)]
    for item in wanted:
        if item.get("tag") and not _tags_devices(call):
            raise invalid("0", item, "Additional properties are not allowed ('tag' was unexpected)")
        if item.get("port"):
            try:
                find_port(world, call.actor, item["port"])
            except Refusal as refusal:
                status = 400 if refusal.status == 404 else refusal.status
                raise Refusal(status, refusal.message) from None
        elif item.get("uuid"):
            find_network(world, call.actor, item["uuid"])
        else:
            raise Refusal(400, "Bad networks format: network uuid is not given")
    return [dict(item) for item in wanted]


def _tags_devices(call: Call) -> bool:
    return call.version == (2, 32) or call.version >= (2, 42)


def _security_groups(world: World, call: Call, sent: Row) -> list[str]:
    found = []
    state = world.part(Network)
    for item in sent.get("security_groups") or []:
        name = item.get("name")
        rows = [
            row
            for row in state.security_groups.where("project_id", call.actor.project_id)
            if name in (row["id"], row["name"])
        ]
        if not rows:
            raise Refusal(400, f"Unable to find security_group with name or id '{name}'")
        if len(rows) > 1:
            raise Refusal(
                409,
                f"Multiple security_groups found matching '{name}'. Use an ID to be more specific.",
            )
        found.append(rows[0]["id"])
    return found


def _disks(world: World, call: Call, sent: Row) -> list[Row]:
    """The volumes of the server; disks that are not volumes leave no trace."""
    found = []
    for disk in sent.get("block_device_mapping_v2") or []:
        if disk.get("tag") and not _tags_devices(call):
            raise invalid("0", disk, "Additional properties are not allowed ('tag' was unexpected)")
        if disk.get("volume_type") and call.version < (2, 67):
            raise Refusal(400, "volume_type is not supported before microversion 2.67")
        source = disk.get("source_type") or ("volume" if disk.get("volume_id") else "blank")
        if disk.get("destination_type", "volume" if source == "volume" else "local") != "volume":
            continue
        found.append(_disk(world, call, sent, disk, source))
    for old in sent.get("block_device_mapping") or []:
        if old.get("volume_id"):
            modern = {**old, "uuid": old["volume_id"]}
            found.append(_disk(world, call, sent, modern, "volume"))
    return found


def _disk(world: World, call: Call, sent: Row, disk: Row, source: str) -> Row:
    key = str(disk.get("uuid") or disk.get("volume_id") or "")
    entry: Row = {
        "id": world.ids.uuid(),
        "volume_id": None,
        "attachment_id": None,
        "device": disk.get("device_name"),
        "delete_on_termination": str(disk.get("delete_on_termination")).lower() in ("true", "1"),
        "tag": disk.get("tag"),
        "source": None,
        "boots": _boots(disk),
    }
    state = world.part(Storage)
    if source == "volume":
        volume = state.volumes.get(key)
        if volume is None or not owns_volume(call.actor, volume):
            raise Refusal(400, f"Block Device Mapping is Invalid: failed to get volume {key}.")
        if volume["status"] != "available" and not volume["multiattach"]:
            raise Refusal(400, f"Invalid volume: volume {key} status must be 'available'.")
        return {**entry, "volume_id": key}
    new: Row = {
        "size": disk.get("volume_size"),
        "volume_type": disk.get("volume_type"),
        "name": "",
    }
    if source == "image":
        if find_image(world, call.actor, key) is None:
            raise Refusal(400, f"Block Device Mapping is Invalid: failed to get image {key}.")
        new["imageRef"] = key
        if not new["size"]:
            raise Refusal(
                400,
                "Images with destination_type 'volume' need to have a non-zero size specified",
            )
    elif source == "snapshot":
        snapshot = state.snapshots.get(key)
        if snapshot is None:
            raise Refusal(400, f"Block Device Mapping is Invalid: failed to get snapshot {key}.")
        new |= {"snapshot_id": key, "size": new["size"] or snapshot["size"]}
    elif not new["size"]:
        raise Refusal(
            400, "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size"
        )
    return {**entry, "source": {name: value for name, value in new.items() if value is not None}}


def _zone(sent: Row) -> str:
    zone: str = (sent.get("availability_zone") or ZONE).partition(":")[0]
    if zone != ZONE:
        raise Refusal(400, "The requested availability zone is not available")
    return zone


def _group(world: World, call: Call, hints: Row) -> Row | None:
    key = hints.get("group")
    if not key:
        return None
    try:
        return find_group(world, call, key)
    except Refusal:
        raise Refusal(400, f"Instance group {key} could not be found.") from None


def _check_metadata(world: World, call: Call, sent: Row) -> dict[str, str]:
    found = metadata(sent.get("metadata") or {})
    limit = limits(world, call.actor.project_id)["metadata_items"]
    if limit != UNLIMITED and len(found) > limit:
        raise Refusal(403, "Quota exceeded for metadata_items")
    return found


def _row(world: World, call: Call, sent: Row, flavor: Row, name: str) -> Row:
    state = world.part(Compute)
    state.count += 1
    return {
        "id": world.ids.uuid(),
        "name": name,
        "project_id": call.actor.project_id,
        "user_id": call.actor.user_id,
        "metadata": _check_metadata(world, call, sent),
        "tags": list(dict.fromkeys(sent.get("tags") or [])),
        "description": sent.get("description"),
        "key_name": sent.get("key_name"),
        "user_data": sent.get("user_data"),
        "config_drive": str(sent.get("config_drive")).lower() in ("true", "1"),
        "zone": _zone(sent),
        "pinned_zone": sent.get("availability_zone"),
        "hostname": sent.get("hostname") or name.lower().replace("_", "-").replace(" ", "-"),
        "access_v4": sent.get("accessIPv4") or "",
        "access_v6": sent.get("accessIPv6") or "",
        "disk_config": sent.get("OS-DCF:diskConfig") or "MANUAL",
        "certificates": sent.get("trusted_image_certificates"),
        "reservation_id": f"r-{world.ids.choice('abcdefghijklmnopqrstuvwxyz0123456789', 8)}",
        "_flavor": dict(flavor),
        "_image": None,
        "_vm": "building",
        "_task": "scheduling",
        "_fault": None,
        "_host": None,
        "_number": state.count,
        "_created": call.now,
        "_updated": call.now,
        "_launched": None,
        "_terminated": None,
        "_locked": None,
        "_turn": 0,
        "_ports": [],
        "_volumes": [],
        "_wanted": [],
        "_groups": [],
        "_actions": [],
    }


def _create(world: World, call: Call) -> Response:
    may_write(call, "servers:create")
    sent, hints = _checked(call)
    try:
        flavor = find_flavor(world, call.actor, str(sent["flavorRef"]).rpartition("/")[2])
    except Refusal as refusal:
        raise Refusal(400, refusal.message) from None
    if sent.get("key_name") and not find_keypair(world, call.actor.user_id, sent["key_name"]):
        raise Refusal(400, "Invalid key_name provided.")
    image = _image(world, call, sent, flavor)
    group = _group(world, call, hints)
    groups = _security_groups(world, call, sent)
    wanted = _networks(world, call, sent)
    count = int(sent.get("max_count") or sent.get("min_count") or 1)
    spend(world, call.actor.project_id, flavor, count)
    rows = []
    for number in range(1, count + 1):
        name = sent["name"] if count == 1 else f"{sent['name']}-{number}"
        row = _row(world, call, sent, flavor, name)
        row.update(_image=image, _wanted=wanted, _groups=groups)
        row["_volumes"] = _disks(world, call, sent)
        rows.append(row)
    for row in rows:
        world.part(Compute).servers.add(row)
        if group is not None:
            group["members"] = [*group["members"], row["id"]]
        record(world, call, row, "create")
        begin(world, call, row, group)
    return _answer(world, sent, rows[0], groups)


def _answer(world: World, sent: Row, row: Row, groups: list[str]) -> Response:
    password = sent.get("adminPass") or world.ids.choice(PASSWORD, 12)
    state = world.part(Network)
    names = [group["name"] for key in groups if (group := state.security_groups.get(key))]
    view = {
        "id": row["id"],
        "links": links(world, "servers", row["id"]),
        "OS-DCF:diskConfig": row["disk_config"],
        "security_groups": [{"name": name} for name in names or ["default"]],
        "adminPass": password,
    }
    if sent.get("return_reservation_id"):
        return reply(202, {"reservation_id": row["reservation_id"]})
    location = f"{world.base_url}/compute/v2.1/servers/{row['id']}"
    return reply(202, {"server": view}, {"Location": location})


ROUTES = (Route("POST", "/v2.1/servers", _create),)

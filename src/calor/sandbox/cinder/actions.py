"""What is done to a Cinder volume by `POST .../action`.

A new action is a function and a line in `ACTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.cinder.attachments import attach, begin_detach, detach, reserve
from calor.sandbox.cinder.state import (
    Storage,
    find_volume,
    limits,
    may_write,
    require_admin,
    scoped,
    spend,
    stamp,
)
from calor.sandbox.cinder.types import find_type
from calor.sandbox.cinder.volumes import begin_delete
from calor.sandbox.glance.images import activate, new_image
from calor.sandbox.settings import UNLIMITED
from calor.sandbox.table import Row
from calor.sandbox.world import World

ADMIN = "volume_extension:volume_admin_actions"
Action = Callable[[World, Call, Row, Any], Response]


def _flag(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "1", "yes")


def _extend(world: World, call: Call, row: Row, sent: Any) -> Response:
    size = int(sent["new_size"])
    live = row["status"] == "in-use" and call.version >= (3, 42)
    if row["status"] != "available" and not live:
        raise Refusal(
            400,
            f"Invalid volume: Volume {row['id']} status must be '{{'status': 'available'}}' to "
            f"extend, currently {row['status']}.",
        )
    if size <= row["size"]:
        raise Refusal(
            400,
            "Invalid input received: New size for extend must be greater than current size. "
            f"(current: {row['size']}, extended: {size}).",
        )
    largest = limits(world, row["project_id"])["per_volume_gigabytes"]
    if largest != UNLIMITED and size > largest:
        raise Refusal(413, f"VolumeSizeExceedsLimit: Requested volume size {size}G is too large.")
    spend(world, row["project_id"], "extension", size - row["size"])
    before = row["status"]
    row["status"] = "extending"

    def done(at: float) -> None:
        if row["status"] == "extending":
            failed = call.doom is not None
            row["status"] = "error_extending" if failed else before
            row["size"] = row["size"] if failed else size
            row["updated_at"] = stamp(at)

    world.agenda.enter(call.now + world.settings.delays.volume_extend, done)
    return reply(202)


def _retype(world: World, call: Call, row: Row, sent: Any) -> Response:
    kind = find_type(world, call.actor, sent.get("new_type"))
    if row["status"] not in ("available", "in-use") or kind["id"] == row["_type_id"]:
        raise Refusal(
            400,
            "Invalid volume: Retype needs volume to be in available or in-use state, not be part "
            "of an active migration or a consistency group, requested type has to be different "
            "that the one from the volume, and for in-use volumes front-end qos specs cannot "
            "change.",
        )
    before = row["status"]
    row["status"] = "retyping"

    def done(at: float) -> None:
        if row["status"] == "retyping":
            row.update(status=before, updated_at=stamp(at))
            if call.doom is None:
                row.update(volume_type=kind["name"], _type_id=kind["id"])

    world.agenda.enter(call.now + world.settings.delays.volume_retype, done)
    return reply(202)


def _set_bootable(world: World, call: Call, row: Row, sent: Any) -> Response:
    row["bootable"] = "true" if _flag(sent["bootable"]) else "false"
    return reply(200)


def _readonly(world: World, call: Call, row: Row, sent: Any) -> Response:
    if row["status"] != "available":
        raise Refusal(
            400,
            "Invalid volume: Volume status must be available to update readonly flag, but current "
            f"status is: {row['status']}.",
        )
    row["metadata"] = {**row["metadata"], "readonly": str(_flag(sent["readonly"]))}
    return reply(202)


def _reset_status(world: World, call: Call, row: Row, sent: Any) -> Response:
    require_admin(call, f"{ADMIN}:reset_status")
    if sent.get("status"):
        row["status"] = sent["status"]
    if sent.get("attach_status") == "detached":
        state = world.part(Storage)
        for item in state.attachments.where("volume_id", row["id"]):
            state.attachments.remove(item)
    return reply(202)


def _force_delete(world: World, call: Call, row: Row, sent: Any) -> Response:
    require_admin(call, f"{ADMIN}:force_delete")
    state = world.part(Storage)
    for item in state.attachments.where("volume_id", row["id"]):
        state.attachments.remove(item)
    begin_delete(world, row, call.now)
    return reply(202)


def _reserve(world: World, call: Call, row: Row, sent: Any) -> Response:
    if row["status"] != "available":
        raise Refusal(400, "Invalid volume: Volume status must be available to reserve.")
    row["status"] = "attaching"
    return reply(202)


def _unreserve(world: World, call: Call, row: Row, sent: Any) -> Response:
    if row["status"] == "attaching":
        row["status"] = "available"
    return reply(202)


def _attach(world: World, call: Call, row: Row, sent: Any) -> Response:
    if row["status"] == "attaching":
        row["status"] = "available"
    item = reserve(world, row, sent.get("instance_uuid") or "", call.now)
    attach(world, item, sent.get("mountpoint") or "/dev/vdb", call.now)
    return reply(202)


def _begin_detaching(world: World, call: Call, row: Row, sent: Any) -> Response:
    begin_detach(world, {"volume_id": row["id"]}, call.now)
    return reply(202)


def _roll_detaching(world: World, call: Call, row: Row, sent: Any) -> Response:
    if row["status"] == "detaching":
        row["status"] = "in-use"
    return reply(202)


def _detach(world: World, call: Call, row: Row, sent: Any) -> Response:
    wanted = (sent or {}).get("attachment_id")
    for item in world.part(Storage).attachments.where("volume_id", row["id"]):
        if wanted in (None, item["id"]):
            detach(world, item, call.now)
    return reply(202)


def _image_metadata(world: World, call: Call, row: Row, sent: Any) -> Response:
    row["_image"] = {**row.get("_image", {}), **(sent.get("metadata") or {})}
    return reply(200, {"metadata": row["_image"]})


def _upload_image(world: World, call: Call, row: Row, sent: Any) -> Response:
    image = new_image(
        world,
        call.now,
        name=sent.get("image_name"),
        disk_format=sent.get("disk_format", "raw"),
        container_format=sent.get("container_format", "bare"),
        owner=call.actor.project_id,
    )
    activate(world, image, b"", row["size"] * 2**30)
    view = {
        "id": row["id"],
        "image_id": image["id"],
        "image_name": image["name"],
        "status": "uploading",
        "size": row["size"],
        "disk_format": image["disk_format"],
        "container_format": image["container_format"],
        "updated_at": stamp(call.now),
        "display_description": row["description"],
        "volume_type": row["volume_type"],
    }
    return reply(202, {"os-volume_upload_image": view})


ACTIONS: dict[str, Action] = {
    "os-extend": _extend,
    "os-retype": _retype,
    "os-set_bootable": _set_bootable,
    "os-update_readonly_flag": _readonly,
    "os-reset_status": _reset_status,
    "os-force_delete": _force_delete,
    "os-reserve": _reserve,
    "os-unreserve": _unreserve,
    "os-attach": _attach,
    "os-begin_detaching": _begin_detaching,
    "os-roll_detaching": _roll_detaching,
    "os-detach": _detach,
    "os-set_image_metadata": _image_metadata,
    "os-volume_upload_image": _upload_image,
}


def _act(world: World, call: Call) -> Response:
    may_write(call, "volume:update")
    row = find_volume(world, call.actor, call.params["id"])
    body = call.json()
    name = next(iter(body), "")
    action = ACTIONS.get(name)
    if action is None:
        raise Refusal(
            400,
            f"There is no such action: {name}. Verify the request body and Content-Type header and "
            "try again.",
        )
    return action(world, call, row, body[name])


ROUTES = (scoped("POST", "/volumes/{id}/action", _act),)

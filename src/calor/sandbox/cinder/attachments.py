"""Cinder's attachments: which server has which volume, and getting there and back.

Nova calls the functions; the routes are for who works without Nova.
"""

from __future__ import annotations

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.cinder.paging import paged
from calor.sandbox.cinder.state import Storage, find_volume, missing, owns, scoped, stamp
from calor.sandbox.cinder.volumes import begin_delete
from calor.sandbox.table import Row
from calor.sandbox.world import World


def reserve(world: World, row: Row, server_id: str, now: float) -> Row:
    """The volume is being attached from now on; gives the attachment.

    Raises Refusal 400 when it can't be.
    """
    free = ("available", "in-use", "reserved") if row["multiattach"] else ("available", "reserved")
    if row["status"] not in free:
        raise Refusal(
            400,
            f"Invalid volume: Volume {row['id']} status must be available or downloading to "
            f"reserve, but the current status is {row['status']}.",
        )
    row["status"], row["updated_at"] = "attaching", stamp(now)
    return world.part(Storage).attachments.add(
        {
            "id": world.ids.uuid(),
            "status": "attaching",
            "instance": server_id,
            "volume_id": row["id"],
            "project_id": row["project_id"],
            "_device": None,
            "_attached_at": None,
        }
    )


def attach(world: World, attachment: Row, device: str, now: float) -> None:
    """The attachment is made."""
    row = world.part(Storage).volumes.get(attachment["volume_id"])
    attachment |= {"status": "attached", "_device": device, "_attached_at": stamp(now)}
    if row is not None:
        row["status"], row["updated_at"] = "in-use", stamp(now)


def begin_detach(world: World, attachment: Row, now: float) -> None:
    """Raises Refusal 400 when the volume is not in use."""
    row = world.part(Storage).volumes.get(attachment["volume_id"])
    if row is None or row["status"] != "in-use":
        raise Refusal(
            400,
            "Invalid volume: Invalid input received: Invalid volume: Unable to detach volume. "
            "Volume status must be 'in-use' and attach_status must be 'attached' to detach.",
        )
    row["status"], row["updated_at"] = "detaching", stamp(now)


def detach(world: World, attachment: Row, now: float, *, delete: bool = False) -> None:
    """The attachment is gone; with `delete`, the volume goes too."""
    state = world.part(Storage)
    state.attachments.remove(attachment)
    row = state.volumes.get(attachment["volume_id"])
    if row is None:
        return
    others = state.attachments.where("volume_id", row["id"])
    if not others:
        row["status"], row["updated_at"] = "available", stamp(now)
        if delete:
            begin_delete(world, row, now)
    elif row["status"] == "detaching":
        row["status"] = "in-use"


def _brief(row: Row) -> Row:
    return {key: row[key] for key in ("id", "status", "instance", "volume_id")}


def _full(row: Row) -> Row:
    return {
        **_brief(row),
        "attached_at": row["_attached_at"] or "",
        "detached_at": "",
        "attach_mode": "rw",
        "connection_info": {},
    }


def _since_3_27(call: Call) -> None:
    if call.version < (3, 27):
        raise Refusal(404, "The resource could not be found.")


def _find(world: World, call: Call) -> Row:
    _since_3_27(call)
    row = world.part(Storage).attachments.get(call.params["id"])
    if row is None or not owns(call.actor, row):
        raise Refusal(
            404,
            f"Volume attachment could not be found with filter: attachment_id = "
            f"{call.params['id']}.",
        )
    return row


def _list(world: World, call: Call) -> Response:
    _since_3_27(call)
    rows = [row for row in world.part(Storage).attachments if owns(call.actor, row)]
    wanted = call.option("instance_id")
    rows = [{**row, "created_at": ""} for row in rows if wanted in ("", row["instance"])]
    detail = call.path.endswith("/detail")
    return paged(
        world,
        call,
        name="attachments",
        label="Attachment",
        rows=rows,
        filters=("volume_id", "status", "instance_id", "attach_status"),
        view=_full if detail else _brief,
    )


def _show(world: World, call: Call) -> Response:
    return reply(200, {"attachment": _full(_find(world, call))})


def _create(world: World, call: Call) -> Response:
    _since_3_27(call)
    sent = call.wrapped("attachment")
    if not sent.get("volume_uuid"):
        raise missing("Volume", str(sent.get("volume_uuid")))
    volume = find_volume(world, call.actor, sent["volume_uuid"])
    row = reserve(world, volume, sent.get("instance_uuid") or "", call.now)
    if not sent.get("connector"):
        row["status"] = volume["status"] = "reserved"
    return reply(200, {"attachment": _full(row)})


def _update(world: World, call: Call) -> Response:
    row = _find(world, call)
    volume = find_volume(world, call.actor, row["volume_id"])
    row["status"] = volume["status"] = "attaching"
    return reply(200, {"attachment": _full(row)})


def _complete(world: World, call: Call) -> Response:
    row = _find(world, call)
    if "os-complete" not in call.json():
        raise Refusal(400, "There is no such action.")
    attach(world, row, "/dev/vdb", call.now)
    return reply(204)


def _delete(world: World, call: Call) -> Response:
    _since_3_27(call)
    detach(world, _find(world, call), call.now)
    return reply(200, {"attachments": []})


ROUTES = (
    scoped("GET", "/attachments", _list),
    scoped("GET", "/attachments/detail", _list),
    scoped("POST", "/attachments", _create),
    scoped("GET", "/attachments/{id}", _show),
    scoped("PUT", "/attachments/{id}", _update),
    scoped("DELETE", "/attachments/{id}", _delete),
    scoped("POST", "/attachments/{id}/action", _complete),
)

"""Cinder's volumes: create, list, show, change, delete, metadata.

What is done to them later is in `actions` and `attachments`.
"""

from __future__ import annotations

from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Actor, Call, Refusal, reply
from calor.sandbox.cinder.paging import paged
from calor.sandbox.cinder.state import (
    ZONE,
    Storage,
    limits,
    may_write,
    missing,
    owns,
    scoped,
    spend,
    stamp,
)
from calor.sandbox.cinder.types import find_type
from calor.sandbox.glance.images import find_image
from calor.sandbox.settings import UNLIMITED
from calor.sandbox.table import Row
from calor.sandbox.world import World

FILTERS = (
    "name",
    "display_name",
    "status",
    "metadata",
    "bootable",
    "migration_status",
    "availability_zone",
    "group_id",
    "size",
    "volume_type",
    "multiattach",
    "source_volid",
    "snapshot_id",
    "project_id",
    "id",
)
DELETABLE = ("available", "error", "error_restoring", "error_extending", "error_managing")
GB = 2**30


def find_volume(world: World, actor: Actor, key: str) -> Row:
    """A volume of the actor's project. Raises Refusal 404."""
    row = world.part(Storage).volumes.get(key)
    if row is None or not owns(actor, row):
        raise missing("Volume", key)
    return row


def links(world: World, row: Row) -> list[dict[str, str]]:
    base = f"{world.base_url}/volume"
    path = f"{row['project_id']}/volumes/{row['id']}"
    return [
        {"rel": "self", "href": f"{base}/v3/{path}"},
        {"rel": "bookmark", "href": f"{base}/{path}"},
    ]


def view(world: World, call: Call, row: Row, *, created: bool = False) -> Row:
    """A volume as `call.version` shows it."""
    shown: Row = {key: value for key, value in row.items() if not key.startswith("_")}
    shown.pop("project_id")
    shown["links"] = links(world, row)
    shown["attachments"] = [_attached(item) for item in _attachments(world, row)]
    if "_image" in row:
        shown["volume_image_metadata"] = row["_image"]
    if call.version >= (3, 13):
        shown["group_id"] = None
    if call.version >= (3, 48):
        shown |= {"shared_targets": False, "service_uuid": row["_service"]}
    if call.version >= (3, 61) and call.actor.is_admin:
        shown["cluster_name"] = None
    if call.version >= (3, 63):
        shown["volume_type_id"] = row["_type_id"]
    if call.version >= (3, 65):
        shown["consumes_quota"] = True
    if not created:
        shown["os-vol-tenant-attr:tenant_id"] = row["project_id"]
        if call.actor.is_admin:
            shown |= {
                "migration_status": None,
                "os-vol-mig-status-attr:migstat": None,
                "os-vol-mig-status-attr:name_id": None,
                "os-vol-host-attr:host": "sandbox@disk#disk",
            }
    return shown


def _attachments(world: World, row: Row) -> list[Row]:
    found = world.part(Storage).attachments.where("volume_id", row["id"])
    return [item for item in found if item["status"] == "attached"]


def _attached(item: Row) -> Row:
    return {
        "id": item["volume_id"],
        "attachment_id": item["id"],
        "volume_id": item["volume_id"],
        "server_id": item["instance"],
        "host_name": None,
        "device": item["_device"],
        "attached_at": item["_attached_at"],
    }


def _size(value: Any) -> int:
    if isinstance(value, str) and not value.isdigit():
        raise Refusal(
            400,
            f"Invalid input for field/attribute size. Value: {value}. '{value}' does not match "
            "'^[0-9]+$'",
        )
    size = int(value)
    if size < 1:
        raise Refusal(
            400,
            f"Invalid input for field/attribute size. Value: {value}. {value} is less than the "
            "minimum of 1",
        )
    return size


def _source(world: World, actor: Actor, sent: Row) -> tuple[Row, int]:
    """What the volume is made from, as fields of its row, and the least size in GB."""
    state = world.part(Storage)
    if sent.get("snapshot_id"):
        snapshot = state.snapshots.get(sent["snapshot_id"])
        if snapshot is None or not owns(actor, snapshot):
            raise missing("Snapshot", sent["snapshot_id"])
        parent = state.volumes.get(snapshot["volume_id"]) or {}
        fields = {"snapshot_id": snapshot["id"], "bootable": parent.get("bootable", "false")}
        return {**fields, "_type_id": parent.get("_type_id")}, snapshot["size"]
    if sent.get("source_volid"):
        parent = find_volume(world, actor, sent["source_volid"])
        fields = {"source_volid": parent["id"], "bootable": parent["bootable"]}
        return {**fields, "_type_id": parent["_type_id"]}, parent["size"]
    if sent.get("backup_id"):
        backup = state.backups.get(sent["backup_id"])
        if backup is None or not owns(actor, backup):
            raise missing("Backup", sent["backup_id"])
        return {}, backup["size"]
    key = sent.get("imageRef") or sent.get("image_id")
    if key:
        image = find_image(world, actor, key)
        if image is None:
            raise Refusal(400, "Invalid image identifier or unable to access requested image.")
        meta = {"image_id": image["id"], "image_name": image["name"] or ""}
        names = ("checksum", "container_format", "disk_format", "min_disk", "min_ram", "size")
        meta |= {name: str(image[name]) for name in names}
        least = max(image["min_disk"], -(-(image["size"] or 0) // GB), 1)
        return {"bootable": "true", "_image": meta}, least if sent.get("size") else 0
    return {"bootable": "false"}, 0


def _sized(sent: Row, least: int) -> int:
    if sent.get("size") is None:
        if not least:
            raise Refusal(
                400,
                "The server could not comply with the request since it is either malformed or "
                "otherwise incorrect.",
            )
        return least
    size = _size(sent["size"])
    if size < least:
        kind = "snapshot" if sent.get("snapshot_id") else "source volume"
        raise Refusal(
            400,
            f"Invalid input received: Volume size '{size}'GB cannot be smaller than the {kind} "
            f"size {least}GB. They must be >= original {kind} size.",
        )
    return size


def make_volume(world: World, actor: Actor, now: float, sent: Row) -> Row:
    """Begin to make a volume of what was sent. Raises Refusal."""
    source, least = _source(world, actor, sent)
    if sent.get("imageRef") and sent.get("size") and int(sent["size"]) < least:
        raise Refusal(
            400,
            f"Invalid input received: Size of specified image {least}GB is larger than volume "
            f"size {sent['size']}GB.",
        )
    size = _sized(sent, least)
    chosen = sent.get("volume_type") or source.pop("_type_id", None)
    kind = find_type(world, actor, chosen)
    zone = sent.get("availability_zone") or ZONE
    if zone != ZONE:
        raise Refusal(400, f"Availability zone '{zone}' is invalid.")
    largest = limits(world, actor.project_id)["per_volume_gigabytes"]
    if largest != UNLIMITED and size > largest:
        raise Refusal(
            413,
            f"VolumeSizeExceedsLimit: Requested volume size {size}G is larger than maximum "
            f"allowed limit {largest}G.",
        )
    spend(world, actor.project_id, "volumes", size)
    return world.part(Storage).volumes.add(
        {
            "id": world.ids.uuid(),
            "status": "creating",
            "size": size,
            "availability_zone": zone,
            "created_at": stamp(now),
            "updated_at": None,
            "name": sent.get("name", sent.get("display_name")),
            "description": sent.get("description", sent.get("display_description")),
            "volume_type": kind["name"],
            "snapshot_id": None,
            "source_volid": None,
            "metadata": dict(sent.get("metadata") or {}),
            "user_id": actor.user_id,
            "encrypted": False,
            "replication_status": None,
            "consistencygroup_id": None,
            "multiattach": bool(sent.get("multiattach"))
            or kind["extra_specs"].get("multiattach") == "<is> True",
            "project_id": actor.project_id,
            "_type_id": kind["id"],
            "_service": "5a4dc0de-0000-4000-8000-000000000001",
            **source,
        }
    )


def finish_volume(world: World, row: Row, now: float, doom: str | None) -> None:
    """The volume becomes available, or fails, when its time has come."""

    def done(at: float) -> None:
        if row["status"] in ("creating", "downloading"):
            row["status"] = "available" if doom is None else "error"
            row["updated_at"] = stamp(at)

    delay = world.settings.delays.volume_create
    if "_image" in row and doom is None:

        def download(at: float) -> None:
            if row["status"] == "creating":
                row["status"] = "downloading"

        world.agenda.enter(now + delay / 2, download)
    world.agenda.enter(now + delay, done)


def _create(world: World, call: Call) -> Response:
    may_write(call, "volume:create")
    body = call.json()
    sent = call.wrapped("volume")
    metadata = sent.get("metadata") or {}
    for key, value in metadata.items():
        if not isinstance(value, str):
            raise Refusal(
                400,
                f"Invalid input for field/attribute {key}. Value: {value}. {value} is not of type "
                "'string'",
            )
    row = make_volume(world, call.actor, call.now, sent)
    row["_hints"] = body.get("OS-SCH-HNT:scheduler_hints")
    finish_volume(world, row, call.now, call.doom)
    return reply(202, {"volume": view(world, call, row, created=True)})


def _rows(world: World, call: Call) -> list[Row]:
    volumes = world.part(Storage).volumes
    every = call.option("all_tenants").lower() in ("1", "true", "yes")
    if every and call.actor.is_admin:
        return list(volumes)
    name = call.option("name")
    if name:
        return [row for row in volumes.where("name", name) if _mine(call, row)]
    return volumes.where("project_id", call.actor.project_id)


def _mine(call: Call, row: Row) -> bool:
    return bool(row["project_id"] == call.actor.project_id)


def _list(world: World, call: Call) -> Response:
    def brief(row: Row) -> Row:
        return {"id": row["id"], "name": row["name"], "links": links(world, row)}

    return _page(world, call, detail=False, brief=brief)


def _detail(world: World, call: Call) -> Response:
    return _page(world, call, detail=True, brief=lambda row: row)


def _page(world: World, call: Call, *, detail: bool, brief: Any) -> Response:
    return paged(
        world,
        call,
        name="volumes",
        label="Volume",
        rows=_rows(world, call),
        filters=FILTERS,
        view=(lambda row: view(world, call, row)) if detail else brief,
    )


def _show(world: World, call: Call) -> Response:
    row = find_volume(world, call.actor, call.params["id"])
    return reply(200, {"volume": view(world, call, row)})


def _update(world: World, call: Call) -> Response:
    may_write(call, "volume:update")
    row = find_volume(world, call.actor, call.params["id"])
    sent = call.wrapped("volume")
    changes: Row = {}
    for old, new in (("display_name", "name"), ("display_description", "description")):
        for key in (old, new):
            if key in sent:
                changes[new] = sent[key]
    if "metadata" in sent:
        changes["metadata"] = dict(sent["metadata"])
    world.part(Storage).volumes.change(row, **changes, updated_at=stamp(call.now))
    return reply(200, {"volume": view(world, call, row, created=True)})


def check_deletable(world: World, row: Row) -> None:
    """Raise Refusal 400 when the volume can't be deleted now."""
    state = world.part(Storage)
    held = state.snapshots.where("volume_id", row["id"]) or state.attachments.where(
        "volume_id", row["id"]
    )
    if row["status"] not in DELETABLE or held:
        raise Refusal(
            400,
            "Invalid volume: Volume status must be available or error or error_restoring or "
            "error_extending or error_managing and must not be migrating, attached, belong to a "
            "group, have snapshots, awaiting a transfer, or be disassociated from snapshots after "
            "volume transfer.",
        )


def begin_delete(world: World, row: Row, now: float, doom: str | None = None) -> None:
    row["status"], row["updated_at"] = "deleting", stamp(now)

    def gone(at: float) -> None:
        if doom is not None:
            row["status"], row["updated_at"] = "error_deleting", stamp(at)
        else:
            world.part(Storage).volumes.remove(row)

    world.agenda.enter(now + world.settings.delays.volume_delete, gone)


def _delete(world: World, call: Call) -> Response:
    may_write(call, "volume:delete")
    row = find_volume(world, call.actor, call.params["id"])
    state = world.part(Storage)
    if call.option("cascade").lower() in ("true", "1"):
        for snapshot in state.snapshots.where("volume_id", row["id"]):
            state.snapshots.remove(snapshot)
    if call.option("force").lower() not in ("true", "1") or not call.actor.is_admin:
        check_deletable(world, row)
    begin_delete(world, row, call.now, call.doom)
    return reply(202)


def _metadata(world: World, call: Call) -> Response:
    return reply(200, {"metadata": find_volume(world, call.actor, call.params["id"])["metadata"]})


def _set_metadata(world: World, call: Call) -> Response:
    """PUT replaces, POST adds."""
    row = find_volume(world, call.actor, call.params["id"])
    sent = call.wrapped("metadata")
    row["metadata"] = dict(sent) if call.method == "PUT" else {**row["metadata"], **sent}
    return reply(200, {"metadata": row["metadata"]})


def _metadata_item(world: World, call: Call) -> Row:
    row = find_volume(world, call.actor, call.params["id"])
    key = call.params["key"]
    if key not in row["metadata"]:
        raise Refusal(404, f"Volume {row['id']} has no metadata with key {key}.")
    return row


def _show_item(world: World, call: Call) -> Response:
    row = _metadata_item(world, call)
    key = call.params["key"]
    return reply(200, {"meta": {key: row["metadata"][key]}})


def _set_item(world: World, call: Call) -> Response:
    row = find_volume(world, call.actor, call.params["id"])
    row["metadata"] = {**row["metadata"], **call.wrapped("meta")}
    return reply(200, {"meta": call.wrapped("meta")})


def _remove_item(world: World, call: Call) -> Response:
    row = _metadata_item(world, call)
    gone = call.params["key"]
    row["metadata"] = {key: value for key, value in row["metadata"].items() if key != gone}
    return reply(200)


ROUTES = (
    scoped("POST", "/volumes", _create),
    scoped("GET", "/volumes", _list),
    scoped("GET", "/volumes/detail", _detail),
    scoped("GET", "/volumes/{id}", _show),
    scoped("PUT", "/volumes/{id}", _update),
    scoped("DELETE", "/volumes/{id}", _delete),
    scoped("GET", "/volumes/{id}/metadata", _metadata),
    scoped("PUT", "/volumes/{id}/metadata", _set_metadata),
    scoped("POST", "/volumes/{id}/metadata", _set_metadata),
    scoped("GET", "/volumes/{id}/metadata/{key}", _show_item),
    scoped("PUT", "/volumes/{id}/metadata/{key}", _set_item),
    scoped("DELETE", "/volumes/{id}/metadata/{key}", _remove_item),
)

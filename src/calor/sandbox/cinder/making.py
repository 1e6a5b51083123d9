"""How Cinder makes a volume: of nothing, an image, a snapshot, a backup or another volume."""

from __future__ import annotations

from typing import Any

from calor.sandbox.call import Actor, Refusal
from calor.sandbox.cinder.state import (
    ZONE,
    Storage,
    find_volume,
    limits,
    missing,
    owns,
    spend,
    stamp,
)
from calor.sandbox.cinder.types import find_type
from calor.sandbox.glance.images import find_image
from calor.sandbox.settings import UNLIMITED
from calor.sandbox.table import Row
from calor.sandbox.world import World

GB = 2**30


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

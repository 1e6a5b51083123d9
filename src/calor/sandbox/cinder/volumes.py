"""Cinder's volumes: create, list, show, change, delete, metadata.

What they are made of is in `making`, what is done to them later in `actions` and `attachments`.
"""

from __future__ import annotations

from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.cinder.making import finish_volume, make_volume
from calor.sandbox.cinder.paging import paged
from calor.sandbox.cinder.state import (
    Storage,
    find_volume,
    may_write,
    scoped,
    stamp,
)
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

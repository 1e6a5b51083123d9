"""Cinder's snapshots and backups, which live alike.

Volumes made of them are `volumes`' work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.cinder.making import finish_volume, make_volume
from calor.sandbox.cinder.paging import paged
from calor.sandbox.cinder.state import (
    Storage,
    find_volume,
    may_write,
    missing,
    owns,
    require_admin,
    scoped,
    spend,
    stamp,
)
from calor.sandbox.router import Handler, Route
from calor.sandbox.settings import Delays
from calor.sandbox.table import Row, Table
from calor.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Copy:
    one: str
    many: str
    label: str
    table: Callable[[Storage], Table]
    making: Callable[[Delays], float]
    removing: Callable[[Delays], float]
    view: Callable[[Call, Row, bool], Row]


def _snapshot(call: Call, row: Row, detail: bool) -> Row:
    view = {key: value for key, value in row.items() if not key.startswith("_")}
    for name in ("project_id", "user_id"):
        view.pop(name)
    if call.version >= (3, 14):
        view["group_snapshot_id"] = None
    if call.version >= (3, 41):
        view["user_id"] = row["user_id"]
    if call.version >= (3, 65):
        view["consumes_quota"] = True
    if detail:
        view |= {
            "os-extended-snapshot-attributes:project_id": row["project_id"],
            "os-extended-snapshot-attributes:progress": "100%",
        }
    return view


def _backup(call: Call, row: Row, detail: bool) -> Row:
    if not detail:
        return {"id": row["id"], "name": row["name"]}
    view = {key: value for key, value in row.items() if not key.startswith("_")}
    for name in ("project_id", "user_id"):
        view.pop(name)
    return {
        **view,
        "availability_zone": "nova",
        "container": "backups",
        "object_count": 1,
        "fail_reason": None,
        "is_incremental": False,
        "has_dependent_backups": False,
        "snapshot_id": None,
        "data_timestamp": row["created_at"],
    }


SNAPSHOT = Copy(
    "snapshot",
    "snapshots",
    "Snapshot",
    lambda state: state.snapshots,
    lambda delays: delays.snapshot_create,
    lambda delays: delays.snapshot_delete,
    _snapshot,
)
BACKUP = Copy(
    "backup",
    "backups",
    "Backup",
    lambda state: state.backups,
    lambda delays: delays.backup_create,
    lambda delays: delays.backup_delete,
    _backup,
)


def _find(world: World, call: Call, kind: Copy) -> Row:
    row = kind.table(world.part(Storage)).get(call.params["id"])
    if row is None or not owns(call.actor, row):
        raise missing(kind.label, call.params["id"])
    return row


def _create(kind: Copy) -> Handler:
    def create(world: World, call: Call) -> Response:
        may_write(call, f"volume:create_{kind.one}")
        sent = call.wrapped(kind.one)
        volume = find_volume(world, call.actor, str(sent.get("volume_id")))
        usable = ("available", "in-use") if sent.get("force") else ("available",)
        if call.version >= (3, 66) and kind is SNAPSHOT:
            usable = ("available", "in-use")
        if volume["status"] not in usable:
            raise Refusal(
                400,
                f"Invalid volume: Volume {volume['id']} status must be available, but current "
                f"status is: {volume['status']}.",
            )
        spend(world, call.actor.project_id, kind.many, volume["size"])
        row = kind.table(world.part(Storage)).add(
            {
                "id": world.ids.uuid(),
                "created_at": stamp(call.now),
                "updated_at": None,
                "name": sent.get("name"),
                "description": sent.get("description"),
                "volume_id": volume["id"],
                "status": "creating",
                "size": volume["size"],
                "metadata": dict(sent.get("metadata") or {}),
                "project_id": call.actor.project_id,
                "user_id": call.actor.user_id,
            }
        )

        def done(at: float) -> None:
            if row["status"] == "creating":
                row["status"] = "available" if call.doom is None else "error"
                row["updated_at"] = stamp(at)

        world.agenda.enter(call.now + kind.making(world.settings.delays), done)
        return reply(202, {kind.one: kind.view(call, row, False)})

    return create


def _list(kind: Copy, detail: bool) -> Handler:
    def listing(world: World, call: Call) -> Response:
        table = kind.table(world.part(Storage))
        every = call.option("all_tenants").lower() in ("1", "true") and call.actor.is_admin
        rows = list(table) if every else table.where("project_id", call.actor.project_id)
        return paged(
            world,
            call,
            name=kind.many,
            label=kind.label,
            rows=rows,
            filters=("name", "status", "volume_id", "metadata"),
            view=lambda row: kind.view(call, row, detail),
        )

    return listing


def _show(kind: Copy) -> Handler:
    def show(world: World, call: Call) -> Response:
        return reply(200, {kind.one: kind.view(call, _find(world, call, kind), True)})

    return show


def _update(kind: Copy) -> Handler:
    def update(world: World, call: Call) -> Response:
        may_write(call, f"volume:update_{kind.one}")
        row = _find(world, call, kind)
        sent = call.wrapped(kind.one)
        changes = {name: sent[name] for name in ("name", "description") if name in sent}
        kind.table(world.part(Storage)).change(row, **changes, updated_at=stamp(call.now))
        return reply(200, {kind.one: kind.view(call, row, False)})

    return update


def _delete(kind: Copy) -> Handler:
    def delete(world: World, call: Call) -> Response:
        may_write(call, f"volume:delete_{kind.one}")
        row = _find(world, call, kind)
        if row["status"] not in ("available", "error", "error_deleting"):
            raise Refusal(
                400,
                f"Invalid {kind.one}: {kind.label} status must be available or error to delete, "
                f"but current status is: {row['status']}.",
            )
        row["status"] = "deleting"
        table = kind.table(world.part(Storage))
        delay = kind.removing(world.settings.delays)
        world.agenda.enter(call.now + delay, lambda at: table.remove(row))
        return reply(202)

    return delete


def _act(kind: Copy) -> Handler:
    def act(world: World, call: Call) -> Response:
        row = _find(world, call, kind)
        sent = call.json().get("os-reset_status")
        if sent is None:
            raise Refusal(400, f"There is no such action: {next(iter(call.json()), '')}.")
        require_admin(call, f"volume_extension:{kind.one}_admin_actions:reset_status")
        row["status"] = sent["status"]
        return reply(202)

    return act


def _metadata(world: World, call: Call) -> Response:
    """GET shows, PUT replaces, POST adds."""
    row = _find(world, call, SNAPSHOT)
    if call.method != "GET":
        sent = call.wrapped("metadata")
        row["metadata"] = dict(sent) if call.method == "PUT" else {**row["metadata"], **sent}
    return reply(200, {"metadata": row["metadata"]})


def _restore(world: World, call: Call) -> Response:
    row = _find(world, call, BACKUP)
    sent = call.wrapped("restore")
    if sent.get("volume_id"):
        volume = find_volume(world, call.actor, sent["volume_id"])
    else:
        wanted = {"size": row["size"], "name": sent.get("name")}
        volume = make_volume(world, call.actor, call.now, wanted)
        finish_volume(world, volume, call.now, call.doom)
    view = {"backup_id": row["id"], "volume_id": volume["id"], "volume_name": volume["name"]}
    return reply(202, {"restore": view})


def _routes(kind: Copy) -> tuple[Route, ...]:
    base = f"/{kind.many}"
    return (
        scoped("POST", base, _create(kind)),
        scoped("GET", base, _list(kind, False)),
        scoped("GET", base + "/detail", _list(kind, True)),
        scoped("GET", base + "/{id}", _show(kind)),
        scoped("PUT", base + "/{id}", _update(kind)),
        scoped("DELETE", base + "/{id}", _delete(kind)),
        scoped("POST", base + "/{id}/action", _act(kind)),
    )


ROUTES = (
    *_routes(SNAPSHOT),
    *_routes(BACKUP),
    *(scoped(method, "/snapshots/{id}/metadata", _metadata) for method in ("GET", "PUT", "POST")),
    scoped("POST", "/backups/{id}/restore", _restore),
)

"""What Cinder knows, and its words.

No request is handled here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from calor.base.wire import Response
from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.router import Handler, Route
from calor.sandbox.settings import UNLIMITED
from calor.sandbox.table import Row, Table
from calor.sandbox.world import World

ZONE = "nova"
LOWEST, HIGHEST = (3, 0), (3, 71)
DEFAULT_TYPE = "default"
QUOTAS = {
    "volumes": UNLIMITED,
    "per_volume_gigabytes": UNLIMITED,
    "snapshots": UNLIMITED,
    "gigabytes": UNLIMITED,
    "backups": UNLIMITED,
    "backup_gigabytes": UNLIMITED,
    "groups": 10,
}


@dataclass(slots=True)
class Storage:
    volumes: Table = field(default_factory=lambda: Table("name", "project_id"))
    snapshots: Table = field(default_factory=lambda: Table("name", "volume_id", "project_id"))
    backups: Table = field(default_factory=lambda: Table("name", "project_id"))
    types: Table = field(default_factory=lambda: Table("name"))
    attachments: Table = field(default_factory=lambda: Table("volume_id", "instance"))
    quotas: dict[str, dict[str, int]] = field(default_factory=dict)


def stamp(seconds: float) -> str:
    """A time as Cinder prints it: `2026-11-23T19:30:50.000000`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000")


def missing(label: str, key: str) -> Refusal:
    return Refusal(404, f"{label} {key} could not be found.")


def forbidden(rule: str) -> Refusal:
    return Refusal(403, f"Policy doesn't allow {rule} to be performed.")


def require_admin(call: Call, rule: str) -> None:
    if not call.actor.is_admin:
        raise forbidden(rule)


def may_write(call: Call, rule: str) -> None:
    if not (call.actor.is_admin or call.actor.has("member") or call.actor.has("service")):
        raise forbidden(rule)


def owns(actor: Actor, row: Row) -> bool:
    return actor.is_admin or row["project_id"] == actor.project_id


def find_volume(world: World, actor: Actor, key: str) -> Row:
    """A volume of the actor's project. Raises Refusal 404."""
    row = world.part(Storage).volumes.get(key)
    if row is None or not owns(actor, row):
        raise missing("Volume", key)
    return row


def limits(world: World, project_id: str) -> dict[str, int]:
    own = world.part(Storage).quotas.get(project_id, {})
    return {**QUOTAS, **world.settings.quotas.volume, **own}


def used(world: World, project_id: str) -> dict[str, int]:
    state = world.part(Storage)
    volumes = state.volumes.where("project_id", project_id)
    snapshots = state.snapshots.where("project_id", project_id)
    backups = state.backups.where("project_id", project_id)
    return {
        "volumes": len(volumes),
        "snapshots": len(snapshots),
        "gigabytes": sum(row["size"] for row in (*volumes, *snapshots)),
        "backups": len(backups),
        "backup_gigabytes": sum(row["size"] for row in backups),
    }


def _over(message: str) -> Refusal:
    return Refusal(413, message, headers={"Retry-After": "0"})


def spend(world: World, project_id: str, what: str, size: int) -> None:
    """Raise Refusal 413 when the project may not have one more `what` of `size` GB."""
    limit, have = limits(world, project_id), used(world, project_id)
    if what in limit and limit[what] != UNLIMITED and have[what] + 1 > limit[what]:
        error = {"volumes": "Volume", "snapshots": "Snapshot", "backups": "Backup"}[what]
        raise _over(
            f"{error}LimitExceeded: Maximum number of {what} allowed ({limit[what]}) exceeded for "
            f"quota '{what}'."
        )
    name = "backup_gigabytes" if what == "backups" else "gigabytes"
    if limit[name] != UNLIMITED and have[name] + size > limit[name]:
        raise _over(
            "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed "
            f"{name} quota. Requested {size}G, quota is {limit[name]}G and {have[name]}G has been "
            "consumed."
        )


def scoped(method: str, path: str, handler: Handler) -> Route:
    """A route under `/v3/PROJECT`; the project must be the token's (Refusal 400)."""

    def checked(world: World, call: Call) -> Response:
        if call.params["project"] != call.actor.project_id:
            raise Refusal(400, "Malformed request url")
        return handler(world, call)

    return Route(method, "/v3/{project}" + path, checked)

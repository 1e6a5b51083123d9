"""Cinder as the sandbox serves it: its routes, limits, quotas and first types."""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.wire import Response
from calor.sandbox.call import Call, reply
from calor.sandbox.cinder import actions, attachments, copies, types, volumes
from calor.sandbox.cinder.state import (
    DEFAULT_TYPE,
    HIGHEST,
    LOWEST,
    QUOTAS,
    ZONE,
    Storage,
    limits,
    require_admin,
    scoped,
    used,
)
from calor.sandbox.named_fault import microversion, named_fault
from calor.sandbox.router import Route
from calor.sandbox.service import Service, Thing
from calor.sandbox.table import Row
from calor.sandbox.world import World


def _versions(world: World, call: Call) -> Response:
    version = {
        "id": "v3.0",
        "status": "CURRENT",
        "version": f"{HIGHEST[0]}.{HIGHEST[1]}",
        "min_version": f"{LOWEST[0]}.{LOWEST[1]}",
        "updated": "2023-08-31T00:00:00Z",
        "links": [{"rel": "self", "href": f"{world.base_url}/volume/v3/"}],
        "media-types": [
            {"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"}
        ],
    }
    return reply(200 if call.path.startswith("/v3") else 300, {"versions": [version]})


def _limits(world: World, call: Call) -> Response:
    limit, have = limits(world, call.actor.project_id), used(world, call.actor.project_id)
    absolute = {
        "maxTotalVolumes": limit["volumes"],
        "maxTotalSnapshots": limit["snapshots"],
        "maxTotalVolumeGigabytes": limit["gigabytes"],
        "maxTotalBackups": limit["backups"],
        "maxTotalBackupGigabytes": limit["backup_gigabytes"],
        "totalVolumesUsed": have["volumes"],
        "totalGigabytesUsed": have["gigabytes"],
        "totalSnapshotsUsed": have["snapshots"],
        "totalBackupsUsed": have["backups"],
        "totalBackupGigabytesUsed": have["backup_gigabytes"],
    }
    return reply(200, {"limits": {"rate": [], "absolute": absolute}})


def _show_quota(world: World, call: Call) -> Response:
    project_id = call.params["id"]
    if project_id != call.actor.project_id:
        require_admin(call, "volume_extension:quotas:show")
    limit: Row = dict(limits(world, project_id))
    if call.option("usage").lower() in ("true", "1"):
        have = used(world, project_id)
        limit = {
            name: {"limit": value, "in_use": have.get(name, 0), "reserved": 0}
            for name, value in limit.items()
        }
    return reply(200, {"quota_set": {**limit, "id": project_id}})


def _default_quota(world: World, call: Call) -> Response:
    quota = {**QUOTAS, **world.settings.quotas.volume, "id": call.params["id"]}
    return reply(200, {"quota_set": quota})


def _set_quota(world: World, call: Call) -> Response:
    require_admin(call, "volume_extension:quotas:update")
    own = world.part(Storage).quotas.setdefault(call.params["id"], {})
    sent = call.wrapped("quota_set")
    own.update({name: int(value) for name, value in sent.items() if name in QUOTAS})
    return reply(200, {"quota_set": limits(world, call.params["id"])})


def _delete_quota(world: World, call: Call) -> Response:
    require_admin(call, "volume_extension:quotas:delete")
    world.part(Storage).quotas.pop(call.params["id"], None)
    return reply(200)


def _zones(world: World, call: Call) -> Response:
    zone = {"zoneName": ZONE, "zoneState": {"available": True}}
    return reply(200, {"availabilityZoneInfo": [zone]})


def _services(world: World, call: Call) -> Response:
    require_admin(call, "volume_extension:services:index")
    items = [
        {
            "binary": binary,
            "host": host,
            "zone": ZONE,
            "status": "enabled",
            "state": "up",
            "updated_at": None,
            "disabled_reason": None,
        }
        for binary, host in (("cinder-scheduler", "sandbox"), ("cinder-volume", "sandbox@disk"))
    ]
    return reply(200, {"services": items})


def _extensions(world: World, call: Call) -> Response:
    return reply(200, {"extensions": []})


def _pools(world: World, call: Call) -> Response:
    require_admin(call, "scheduler_extension:scheduler_stats:get_pools")
    return reply(200, {"pools": [{"name": "sandbox@disk#disk"}]})


def _seed(world: World, now: float) -> None:
    types.new_type(world, DEFAULT_TYPE, {}, "Default volume type")
    types.new_type(world, "fast", {"volume_backend_name": "fast"})


def _things(world: World) -> Iterator[Thing]:
    state = world.part(Storage)
    tables = {
        "volume": state.volumes,
        "snapshot": state.snapshots,
        "backup": state.backups,
        "volume_type": state.types,
        "attachment": state.attachments,
    }
    for kind, table in tables.items():
        for row in table:
            project = row.get("project_id") or ""
            yield Thing("cinder", kind, row["id"], row.get("name") or "", project)


def _announce(version: tuple[int, int]) -> dict[str, str]:
    return {
        "OpenStack-API-Version": f"volume {version[0]}.{version[1]}",
        "Vary": "OpenStack-API-Version",
    }


CINDER = Service(
    name="cinder",
    type="block-storage",
    prefix="/volume",
    endpoint="/volume/v3/%(project_id)s",
    routes=(
        Route("GET", "", _versions, open=True),
        Route("GET", "/", _versions, open=True),
        Route("GET", "/v3", _versions, open=True),
        Route("GET", "/v3/", _versions, open=True),
        *volumes.ROUTES,
        *actions.ROUTES,
        *attachments.ROUTES,
        *copies.ROUTES,
        *types.ROUTES,
        scoped("GET", "/limits", _limits),
        scoped("GET", "/os-quota-sets/{id}", _show_quota),
        scoped("GET", "/os-quota-sets/{id}/defaults", _default_quota),
        scoped("PUT", "/os-quota-sets/{id}", _set_quota),
        scoped("DELETE", "/os-quota-sets/{id}", _delete_quota),
        scoped("GET", "/os-availability-zone", _zones),
        scoped("GET", "/os-services", _services),
        scoped("GET", "/extensions", _extensions),
        scoped("GET", "/scheduler-stats/get_pools", _pools),
    ),
    fault=named_fault,
    things=_things,
    seed=_seed,
    negotiate=lambda call: microversion(call, "volume", LOWEST, HIGHEST),
    announce=_announce,
)

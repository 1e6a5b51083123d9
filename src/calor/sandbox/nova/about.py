"""Nova about itself: versions, limits, quotas, zones, services, hypervisors.

Only quotas change anything.
"""

from __future__ import annotations

from calor.base.wire import Response
from calor.sandbox.call import Call, reply
from calor.sandbox.nova.state import (
    HIGHEST,
    HOSTS,
    LOWEST,
    QUOTAS,
    ZONE,
    Compute,
    forbidden,
    limits,
    require_admin,
    used,
)
from calor.sandbox.router import Route
from calor.sandbox.settings import UNLIMITED
from calor.sandbox.table import Row
from calor.sandbox.world import World

OLD_QUOTAS = {
    "fixed_ips": UNLIMITED,
    "floating_ips": UNLIMITED,
    "injected_file_content_bytes": 10240,
    "injected_file_path_bytes": 255,
    "injected_files": 5,
    "security_group_rules": UNLIMITED,
    "security_groups": UNLIMITED,
}
"""What quota sets had before 2.36 and 2.57."""


def _version(world: World) -> Row:
    return {
        "id": "v2.1",
        "status": "CURRENT",
        "version": f"{HIGHEST[0]}.{HIGHEST[1]}",
        "min_version": f"{LOWEST[0]}.{LOWEST[1]}",
        "updated": "2013-07-23T11:33:21Z",
        "links": [{"rel": "self", "href": f"{world.base_url}/compute/v2.1/"}],
    }


def _versions(world: World, call: Call) -> Response:
    return reply(200, {"versions": [_version(world)]})


def _one_version(world: World, call: Call) -> Response:
    kind = "application/vnd.openstack.compute+json;version=2.1"
    media = [{"base": "application/json", "type": kind}]
    return reply(200, {"version": {**_version(world), "media-types": media}})


def _limits(world: World, call: Call) -> Response:
    project_id = call.actor.project_id
    if call.option("tenant_id") and call.actor.is_admin:
        project_id = call.option("tenant_id")
    limit, have = limits(world, project_id), used(world, project_id)
    absolute = {
        "maxTotalCores": limit["cores"],
        "maxTotalInstances": limit["instances"],
        "maxTotalKeypairs": limit["key_pairs"],
        "maxServerMeta": limit["metadata_items"],
        "maxTotalRAMSize": limit["ram"],
        "maxServerGroups": limit["server_groups"],
        "maxServerGroupMembers": limit["server_group_members"],
        "totalRAMUsed": have["ram"],
        "totalCoresUsed": have["cores"],
        "totalInstancesUsed": have["instances"],
        "totalServerGroupsUsed": have["server_groups"],
    }
    if call.version < (2, 39):
        absolute["maxImageMeta"] = 128
    if call.version < (2, 57):
        absolute |= {"maxPersonality": 5, "maxPersonalitySize": 10240}
    return reply(200, {"limits": {"rate": [], "absolute": absolute}})


def _with_old(call: Call, quotas: dict[str, int]) -> dict[str, int]:
    return quotas if call.version >= (2, 57) else {**quotas, **OLD_QUOTAS}


def _may_see(call: Call) -> str:
    project_id = call.params["id"]
    if project_id != call.actor.project_id and not call.actor.is_admin:
        raise forbidden("os-quota-sets:show")
    return project_id


def _quota(world: World, call: Call) -> Response:
    project_id = _may_see(call)
    quotas = _with_old(call, limits(world, project_id))
    return reply(200, {"quota_set": {"id": project_id, **quotas}})


def _quota_detail(world: World, call: Call) -> Response:
    project_id = _may_see(call)
    have = used(world, project_id)
    detail = {
        name: {"limit": limit, "in_use": have.get(name, 0), "reserved": 0}
        for name, limit in _with_old(call, limits(world, project_id)).items()
    }
    return reply(200, {"quota_set": {"id": project_id, **detail}})


def _quota_defaults(world: World, call: Call) -> Response:
    quotas = _with_old(call, {**QUOTAS, **world.settings.quotas.compute})
    return reply(200, {"quota_set": {"id": call.params["id"], **quotas}})


def _set_quota(world: World, call: Call) -> Response:
    require_admin(call, "os-quota-sets:update")
    own = world.part(Compute).quotas.setdefault(call.params["id"], {})
    sent = call.wrapped("quota_set")
    own.update({name: int(value) for name, value in sent.items() if name in QUOTAS})
    return reply(200, {"quota_set": _with_old(call, limits(world, call.params["id"]))})


def _delete_quota(world: World, call: Call) -> Response:
    require_admin(call, "os-quota-sets:delete")
    world.part(Compute).quotas.pop(call.params["id"], None)
    return reply(202)


def _zones(world: World, call: Call) -> Response:
    zone = {"zoneName": ZONE, "zoneState": {"available": True}, "hosts": None}
    return reply(200, {"availabilityZoneInfo": [zone]})


def _zones_detail(world: World, call: Call) -> Response:
    require_admin(call, "os-availability-zone:detail")
    up = {"nova-compute": {"available": True, "active": True, "updated_at": None}}
    hosts = dict.fromkeys(HOSTS, up)
    zone = {"zoneName": ZONE, "zoneState": {"available": True}, "hosts": hosts}
    return reply(200, {"availabilityZoneInfo": [zone]})


def _services(world: World, call: Call) -> Response:
    require_admin(call, "os-services:list")
    binaries = [("nova-scheduler", "sandbox"), ("nova-conductor", "sandbox")]
    binaries += [("nova-compute", host) for host in HOSTS]
    items = []
    for number, (binary, host) in enumerate(binaries, 1):
        key: Row = {"id": number}
        if call.version >= (2, 53):
            key = {"id": f"00000000-0000-4000-8000-{number:012d}", "forced_down": False}
        items.append(
            {
                **key,
                "binary": binary,
                "host": host,
                "zone": ZONE if binary == "nova-compute" else "internal",
                "status": "enabled",
                "state": "up",
                "updated_at": None,
                "disabled_reason": None,
            }
        )
    return reply(200, {"services": items})


def _hypervisor(call: Call, number: int, host: str) -> Row:
    key = number if call.version < (2, 53) else f"10000000-0000-4000-8000-{number:012d}"
    return {"id": key, "hypervisor_hostname": host, "state": "up", "status": "enabled"}


def _hypervisors(world: World, call: Call) -> Response:
    require_admin(call, "os-hypervisors:list")
    items = [_hypervisor(call, number, host) for number, host in enumerate(HOSTS, 1)]
    return reply(200, {"hypervisors": items})


def _hypervisors_detail(world: World, call: Call) -> Response:
    require_admin(call, "os-hypervisors:list-detail")
    items = [
        {
            **_hypervisor(call, number, host),
            "hypervisor_type": "sandbox",
            "hypervisor_version": 1000,
            "host_ip": "127.0.0.1",
            "service": {"id": number, "host": host, "disabled_reason": None},
        }
        for number, host in enumerate(HOSTS, 1)
    ]
    return reply(200, {"hypervisors": items})


def _nothing(name: str) -> Route:
    def handler(world: World, call: Call) -> Response:
        require_admin(call, f"os-{name}:list")
        return reply(200, {name: []})

    return Route("GET", f"/v2.1/os-{name}", handler)


def _extensions(world: World, call: Call) -> Response:
    return reply(200, {"extensions": []})


_QUOTA = "/v2.1/os-quota-sets/{id}"
ROUTES = (
    Route("GET", "", _versions, open=True),
    Route("GET", "/", _versions, open=True),
    Route("GET", "/v2.1", _one_version, open=True),
    Route("GET", "/v2.1/", _one_version, open=True),
    Route("GET", "/v2.1/limits", _limits),
    Route("GET", _QUOTA, _quota),
    Route("GET", _QUOTA + "/detail", _quota_detail),
    Route("GET", _QUOTA + "/defaults", _quota_defaults),
    Route("PUT", _QUOTA, _set_quota),
    Route("DELETE", _QUOTA, _delete_quota),
    Route("GET", "/v2.1/os-availability-zone", _zones),
    Route("GET", "/v2.1/os-availability-zone/detail", _zones_detail),
    Route("GET", "/v2.1/os-services", _services),
    Route("GET", "/v2.1/os-hypervisors", _hypervisors),
    Route("GET", "/v2.1/os-hypervisors/detail", _hypervisors_detail),
    Route("GET", "/v2.1/extensions", _extensions),
    _nothing("migrations"),
    _nothing("aggregates"),
)

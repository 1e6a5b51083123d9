"""Neutron's quotas: what each project may have, and counting it.

It creates nothing.
"""

from __future__ import annotations

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.neutron.rules import denied, integer
from calor.sandbox.neutron.state import Network
from calor.sandbox.router import Route
from calor.sandbox.settings import UNLIMITED
from calor.sandbox.table import Row, Table
from calor.sandbox.world import World

DEFAULTS = {
    "network": UNLIMITED,
    "subnet": UNLIMITED,
    "subnetpool": UNLIMITED,
    "port": UNLIMITED,
    "router_route": 30,
    "router": UNLIMITED,
    "floatingip": UNLIMITED,
    "rbac_policy": 10,
    "security_group": UNLIMITED,
    "security_group_rule": UNLIMITED,
    "trunk": UNLIMITED,
}


def limits(world: World, project_id: str) -> dict[str, int]:
    """The quotas of a project: Neutron's defaults, the settings', then its own."""
    own = world.part(Network).quotas.get(project_id, {})
    return {**DEFAULTS, **world.settings.quotas.network, **own}


def spend(world: World, name: str, table: Table, rows: list[Row]) -> None:
    """Raise Refusal 409 when the new rows are more than their projects may have."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["project_id"]] = counts.get(row["project_id"], 0) + 1
    for project_id, count in counts.items():
        limit = limits(world, project_id)[name]
        if limit != UNLIMITED and len(table.where("project_id", project_id)) + count > limit:
            raise Refusal(409, f"Quota exceeded for resources: ['{name}'].", "OverQuota")


def _used(world: World, project_id: str) -> dict[str, int]:
    state = world.part(Network)
    tables = {
        "network": state.networks,
        "subnet": state.subnets,
        "subnetpool": state.subnet_pools,
        "port": state.ports,
        "router": state.routers,
        "floatingip": state.floating_ips,
        "rbac_policy": state.rbac,
        "security_group": state.security_groups,
        "security_group_rule": state.rules,
    }
    return {name: len(table.where("project_id", project_id)) for name, table in tables.items()}


def _readable(call: Call) -> str:
    project_id = call.params["id"]
    if project_id != call.actor.project_id and not call.actor.is_admin:
        raise denied("get_quota")
    return project_id


def _show(world: World, call: Call) -> Response:
    return reply(200, {"quota": limits(world, _readable(call))})


def _default(world: World, call: Call) -> Response:
    _readable(call)
    return reply(200, {"quota": {**DEFAULTS, **world.settings.quotas.network}})


def _details(world: World, call: Call) -> Response:
    project_id = _readable(call)
    used = _used(world, project_id)
    details = {
        name: {"limit": limit, "used": used.get(name, 0), "reserved": 0}
        for name, limit in limits(world, project_id).items()
    }
    return reply(200, {"quota": details})


def _list(world: World, call: Call) -> Response:
    if not call.actor.is_admin:
        raise denied("get_quota")
    quotas = world.part(Network).quotas
    items = [{**limits(world, key), "project_id": key, "tenant_id": key} for key in quotas]
    return reply(200, {"quotas": items})


def _update(world: World, call: Call) -> Response:
    if not call.actor.is_admin:
        raise denied("update_quota")
    project_id = call.params["id"]
    sent = call.wrapped("quota")
    own = world.part(Network).quotas.setdefault(project_id, {})
    for name, value in sent.items():
        if name in DEFAULTS:
            own[name] = integer(name, value)
    return reply(200, {"quota": limits(world, project_id)})


def _delete(world: World, call: Call) -> Response:
    if not call.actor.is_admin:
        raise denied("delete_quota")
    if world.part(Network).quotas.pop(call.params["id"], None) is None:
        raise Refusal(
            404, f"Quota for tenant {call.params['id']} could not be found.", "TenantQuotaNotFound"
        )
    return reply(204)


ROUTES = (
    Route("GET", "/v2.0/quotas", _list),
    Route("GET", "/v2.0/quotas/{id}", _show),
    Route("GET", "/v2.0/quotas/{id}/default", _default),
    Route("GET", "/v2.0/quotas/{id}/details", _details),
    Route("GET", "/v2.0/quotas/{id}/details.json", _details),
    Route("PUT", "/v2.0/quotas/{id}", _update),
    Route("DELETE", "/v2.0/quotas/{id}", _delete),
)

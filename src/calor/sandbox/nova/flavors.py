"""Nova's flavors, their extra specs and who may use the private ones."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from calor.base.wire import Response
from calor.sandbox.call import Actor, Call, Refusal, reply
from calor.sandbox.nova.state import (
    Compute,
    invalid,
    links,
    missing,
    only,
    page,
    require_admin,
    required,
)
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World

KNOWN = {
    **dict.fromkeys(
        (
            "name",
            "id",
            "ram",
            "vcpus",
            "disk",
            "swap",
            "rxtx_factor",
            "OS-FLV-EXT-DATA:ephemeral",
            "os-flavor-access:is_public",
        ),
        (2, 1),
    ),
    "description": (2, 55),
}
FIRST = (
    ("m1.nano", 64, 1, 1),
    ("m1.micro", 192, 1, 1),
    ("m1.tiny", 512, 1, 1),
    ("m1.small", 2048, 1, 20),
    ("m1.medium", 4096, 2, 40),
    ("m1.large", 8192, 4, 80),
    ("m1.xlarge", 16384, 8, 160),
)
"""Name, MB of memory, CPUs, GB of disk."""


def add_flavor(world: World, **values: Any) -> Row:
    row: Row = {
        "swap": 0,
        "ephemeral": 0,
        "rxtx_factor": 1.0,
        "is_public": True,
        "description": None,
        **values,
        "id": values.get("id") or world.ids.uuid(),
        "extra_specs": {},
        "access": {},
    }
    return world.part(Compute).flavors.add(row)


def visible(actor: Actor, row: Row) -> bool:
    return bool(actor.is_admin or row["is_public"] or actor.project_id in row["access"])


def find_flavor(world: World, actor: Actor, key: str) -> Row:
    row = world.part(Compute).flavors.get(key)
    if row is None or not visible(actor, row):
        raise missing("Flavor", key)
    return row


def _view(world: World, call: Call, row: Row) -> Row:
    view = {
        "id": row["id"],
        "name": row["name"],
        "ram": row["ram"],
        "disk": row["disk"],
        "swap": row["swap"] if row["swap"] or call.version >= (2, 75) else "",
        "OS-FLV-EXT-DATA:ephemeral": row["ephemeral"],
        "OS-FLV-DISABLED:disabled": False,
        "vcpus": row["vcpus"],
        "os-flavor-access:is_public": row["is_public"],
        "rxtx_factor": row["rxtx_factor"],
        "links": links(world, "flavors", row["id"]),
    }
    if call.version >= (2, 55):
        view["description"] = row["description"]
    if call.version >= (2, 61):
        view["extra_specs"] = row["extra_specs"]
    return view


def _rows(world: World, call: Call) -> list[Row]:
    rows = [row for row in world.part(Compute).flavors if visible(call.actor, row)]
    wanted = call.option("is_public").lower()
    if call.actor.is_admin:
        if wanted in ("", "1", "true", "t", "yes"):
            rows = [row for row in rows if row["is_public"]]
        elif wanted in ("0", "false", "f", "no"):
            rows = [row for row in rows if not row["is_public"]]
    for name, field in (("minRam", "ram"), ("minDisk", "disk")):
        text = call.option(name)
        if text:
            if not text.isdigit():
                raise Refusal(400, f"Invalid {name} filter [{text}]")
            rows = [row for row in rows if row[field] >= int(text)]
    return sorted(rows, key=lambda row: str(row["id"]))


def _listing(world: World, call: Call, *, detail: bool) -> Response:
    rows, marker = page(world, call, "flavors", _rows(world, call))
    if detail:
        views = [_view(world, call, row) for row in rows]
    else:
        views = [
            {"id": row["id"], "name": row["name"], "links": links(world, "flavors", row["id"])}
            for row in rows
        ]
    body: Row = {"flavors": views}
    if marker:
        query = [(key, value) for key, value in call.query if key != "marker"]
        href = f"{world.base_url}/compute{call.path}?{urlencode([*query, ('marker', marker)])}"
        body["flavors_links"] = [{"rel": "next", "href": href}]
    return reply(200, body)


def _list(world: World, call: Call) -> Response:
    return _listing(world, call, detail=False)


def _detail(world: World, call: Call) -> Response:
    return _listing(world, call, detail=True)


def _show(world: World, call: Call) -> Response:
    row = find_flavor(world, call.actor, call.params["id"])
    return reply(200, {"flavor": _view(world, call, row)})


def _number(sent: Row, name: str, least: int) -> int:
    value = sent.get(name, 0)
    try:
        number = int(value or 0)
    except (TypeError, ValueError):
        raise invalid(name, value, f"{value!r} is not of type 'integer'") from None
    if number < least:
        raise invalid(name, value, f"{number} is less than the minimum of {least}")
    return number


def _create(world: World, call: Call) -> Response:
    require_admin(call, "os-flavor-manage:create")
    sent = call.wrapped("flavor")
    only("flavor", sent, KNOWN, call)
    required("flavor", sent, "name", "ram", "vcpus", "disk")
    values = {
        "name": sent["name"],
        "ram": _number(sent, "ram", 1),
        "vcpus": _number(sent, "vcpus", 1),
        "disk": _number(sent, "disk", 0),
        "swap": _number(sent, "swap", 0),
        "ephemeral": _number(sent, "OS-FLV-EXT-DATA:ephemeral", 0),
        "rxtx_factor": float(sent.get("rxtx_factor") or 1.0),
        "is_public": sent.get("os-flavor-access:is_public", True) in (True, "true", "True"),
        "description": sent.get("description"),
    }
    key = sent.get("id")
    flavors = world.part(Compute).flavors
    if key and key != "auto":
        if key in flavors:
            raise Refusal(409, f"Flavor with ID {key} already exists.")
        values["id"] = key
    if flavors.where("name", sent["name"]):
        raise Refusal(409, f"Flavor with name {sent['name']} already exists.")
    row = add_flavor(world, **values)
    return reply(200, {"flavor": _view(world, call, row)})


def _update(world: World, call: Call) -> Response:
    require_admin(call, "os-flavor-manage:update")
    row = find_flavor(world, call.actor, call.params["id"])
    row["description"] = call.wrapped("flavor").get("description")
    return reply(200, {"flavor": _view(world, call, row)})


def _delete(world: World, call: Call) -> Response:
    require_admin(call, "os-flavor-manage:delete")
    row = find_flavor(world, call.actor, call.params["id"])
    world.part(Compute).flavors.remove(row)
    return reply(202)


def _specs(world: World, call: Call) -> Response:
    row = find_flavor(world, call.actor, call.params["id"])
    return reply(200, {"extra_specs": row["extra_specs"]})


def _add_specs(world: World, call: Call) -> Response:
    require_admin(call, "os-flavor-extra-specs:create")
    row = find_flavor(world, call.actor, call.params["id"])
    sent = call.wrapped("extra_specs")
    for key, value in sent.items():
        if not isinstance(value, str | int | float):
            raise invalid(key, value, f"{value!r} is not of type 'string'")
    row["extra_specs"] = {**row["extra_specs"], **{key: str(sent[key]) for key in sent}}
    return reply(200, {"extra_specs": sent})


def _spec(world: World, call: Call) -> Row:
    row = find_flavor(world, call.actor, call.params["id"])
    if call.params["key"] not in row["extra_specs"]:
        raise Refusal(404, f"Flavor {row['id']} has no extra specs with key {call.params['key']}.")
    return row


def _show_spec(world: World, call: Call) -> Response:
    key = call.params["key"]
    return reply(200, {key: _spec(world, call)["extra_specs"][key]})


def _put_spec(world: World, call: Call) -> Response:
    require_admin(call, "os-flavor-extra-specs:update")
    row = find_flavor(world, call.actor, call.params["id"])
    sent = call.json()
    row["extra_specs"] = {**row["extra_specs"], **sent}
    return reply(200, sent)


def _remove_spec(world: World, call: Call) -> Response:
    require_admin(call, "os-flavor-extra-specs:delete")
    row = _spec(world, call)
    gone = call.params["key"]
    row["extra_specs"] = {key: row["extra_specs"][key] for key in row["extra_specs"] if key != gone}
    return reply(200)


def _access_view(row: Row) -> Response:
    items = [{"flavor_id": row["id"], "tenant_id": key} for key in row["access"]]
    return reply(200, {"flavor_access": items})


def _access(world: World, call: Call) -> Response:
    require_admin(call, "os-flavor-access")
    row = find_flavor(world, call.actor, call.params["id"])
    if row["is_public"]:
        raise Refusal(404, "Access list not available for public flavors.")
    return _access_view(row)


def _act(world: World, call: Call) -> Response:
    require_admin(call, "os-flavor-access:add_tenant_access")
    row = find_flavor(world, call.actor, call.params["id"])
    body = call.json()
    if "addTenantAccess" in body:
        tenant = body["addTenantAccess"]["tenant"]
        if row["is_public"]:
            raise Refusal(409, "Can not add access to a public flavor.")
        if tenant in row["access"]:
            raise Refusal(
                409,
                f"Flavor access already exists for flavor {row['id']} and project {tenant} "
                "combination.",
            )
        row["access"][tenant] = True
    elif "removeTenantAccess" in body:
        tenant = body["removeTenantAccess"]["tenant"]
        if row["access"].pop(tenant, None) is None:
            raise Refusal(404, f"Flavor access not found for {row['id']} / {tenant} combination.")
    else:
        raise Refusal(400, f"There is no such action: {next(iter(body), '')}")
    return _access_view(row)


def seed(world: World) -> None:
    for name, ram, vcpus, disk in FIRST:
        add_flavor(world, name=name, ram=ram, vcpus=vcpus, disk=disk)


_BASE = "/v2.1/flavors"
ROUTES = (
    Route("GET", _BASE, _list),
    Route("GET", _BASE + "/detail", _detail),
    Route("POST", _BASE, _create),
    Route("GET", _BASE + "/{id}", _show),
    Route("PUT", _BASE + "/{id}", _update),
    Route("DELETE", _BASE + "/{id}", _delete),
    Route("POST", _BASE + "/{id}/action", _act),
    Route("GET", _BASE + "/{id}/os-flavor-access", _access),
    Route("GET", _BASE + "/{id}/os-extra_specs", _specs),
    Route("POST", _BASE + "/{id}/os-extra_specs", _add_specs),
    Route("GET", _BASE + "/{id}/os-extra_specs/{key}", _show_spec),
    Route("PUT", _BASE + "/{id}/os-extra_specs/{key}", _put_spec),
    Route("DELETE", _BASE + "/{id}/os-extra_specs/{key}", _remove_spec),
)

"""Nova's servers: list, show, rename, delete, history.

What is done to them is in `actions`, what is written on them in `labels`.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from calor.base.clock import iso, parse_iso
from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.nova.build import begin_delete, record
from calor.sandbox.nova.state import (
    Compute,
    find_server,
    forbidden,
    links,
    may_write,
    only,
    owns,
    page,
    require_admin,
    stamp,
)
from calor.sandbox.nova.view import addresses, show, status
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World

PAGING = ("limit", "marker", "sort_key", "sort_dir", "all_tenants", "deleted")
TAG_FILTERS = ("tags", "tags-any", "not-tags", "not-tags-any")
FILTERS = (
    "name",
    "status",
    "image",
    "flavor",
    "ip",
    "ip6",
    "changes-since",
    "changes-before",
    "reservation_id",
    "user_id",
    "key_name",
    "availability_zone",
    "config_drive",
    "vm_state",
    "task_state",
    "locked",
    *TAG_FILTERS,
)
ADMIN_FILTERS = ("host", "uuid", "project_id", "tenant_id", "hostname", "node")
SORT_KEYS = {
    "display_name": "name",
    "created_at": "_created",
    "updated_at": "_updated",
    "uuid": "id",
    "project_id": "project_id",
    "user_id": "user_id",
    "vm_state": "_vm",
    "task_state": "_task",
    "key_name": "key_name",
    "hostname": "hostname",
    "host": "_host",
    "launched_at": "_launched",
    "image_ref": "_image",
    "display_description": "description",
}


def _known(call: Call) -> None:
    names = (*PAGING, *FILTERS, *ADMIN_FILTERS)
    for key, _ in call.query:
        if key not in names and not key.startswith("_") and call.version >= (2, 75):
            raise Refusal(400, f"{key!r} does not match any of the regexes: '^_'")


def _every_project(call: Call) -> bool:
    text = call.option("all_tenants", "false").lower()
    if text in ("false", "0", "no", "f", "n"):
        return False
    if not call.actor.is_admin:
        raise forbidden("servers:index:get_all_tenants")
    return True


def _moment(text: str) -> float:
    try:
        return parse_iso(text)
    except ValueError:
        raise Refusal(400, f"Invalid changes-since value: {text}") from None


def _candidates(world: World, call: Call) -> list[Row]:
    state = world.part(Compute)
    every = _every_project(call)
    project = call.option("project_id") or call.option("tenant_id")
    if not (every and call.actor.is_admin):
        project = call.actor.project_id
    deleted = call.actor.is_admin and call.option("deleted").lower() in ("true", "1")
    tables = [state.gone] if deleted else [state.servers]
    if call.option("changes-since") or call.option("changes-before"):
        tables = [state.servers, state.gone]
    return [
        row
        for table in tables
        for row in (table.where("project_id", project) if project else table)
    ]


def _accepts(world: World, call: Call, row: Row, key: str, value: str) -> bool:
    if key == "name":
        return re.search(value, row["name"]) is not None
    if key == "status":
        return status(row) in [item.upper() for item in call.options("status")]
    if key in ("changes-since", "changes-before"):
        moment = _moment(value)
        updated: float = row["_updated"]
        return updated >= moment if key == "changes-since" else updated <= moment
    if key in ("ip", "ip6"):
        found = addresses(world, row, full=False).values()
        return any(re.search(value, entry["addr"]) for entries in found for entry in entries)
    if key in TAG_FILTERS:
        return _tagged(call, row, key, value)
    if key == "locked":
        return (row["_locked"] is not None) is (value.lower() == "true")
    fields = {
        "image": row["_image"],
        "flavor": row["_flavor"]["id"],
        "vm_state": row["_vm"],
        "task_state": row["_task"],
        "availability_zone": row["zone"],
        "config_drive": str(row["config_drive"]),
        "host": row["_host"],
        "uuid": row["id"],
    }
    if key in ADMIN_FILTERS and not call.actor.is_admin:
        return True
    return str(fields.get(key, row.get(key))) == value


def _tagged(call: Call, row: Row, key: str, value: str) -> bool:
    if call.version < (2, 26):
        return True
    wanted = value.split(",")
    every = all(tag in row["tags"] for tag in wanted)
    some = any(tag in row["tags"] for tag in wanted)
    return {"tags": every, "tags-any": some, "not-tags": not every, "not-tags-any": not some}[key]


def _filtered(world: World, call: Call) -> list[Row]:
    _known(call)
    rows = _candidates(world, call)
    for key, value in call.query:
        if key in FILTERS or key in ("host", "uuid", "hostname"):
            rows = [row for row in rows if _accepts(world, call, row, key, value)]
    return _sorted(call, rows)


def _sorted(call: Call, rows: list[Row]) -> list[Row]:
    keys, directions = call.options("sort_key"), call.options("sort_dir")
    rows = sorted(rows, key=lambda row: (row["_created"], row["id"]), reverse=True)
    for at in range(len(keys) - 1, -1, -1):
        field = SORT_KEYS.get(keys[at])
        if field is None:
            raise Refusal(
                400,
                f"Invalid input for query parameters sort_key. Value: {keys[at]}. {keys[at]!r} is "
                f"not one of {list(SORT_KEYS)}",
            )
        direction = directions[at] if at < len(directions) else "desc"
        rows.sort(key=lambda row: _value(row[field]), reverse=direction == "desc")
    return rows


def _value(value: object) -> tuple[int, float, str]:
    if isinstance(value, float):
        return (1, value, "")
    return (0, 0.0, "" if value is None else str(value))


def _brief(world: World, row: Row) -> Row:
    return {"id": row["id"], "name": row["name"], "links": links(world, "servers", row["id"])}


def _body(world: World, call: Call, *, detail: bool) -> Response:
    rows, marker = page(world, call, "servers", _filtered(world, call))
    views = [show(world, call, row) if detail else _brief(world, row) for row in rows]
    body: Row = {"servers": views}
    if marker:
        query = [(key, value) for key, value in call.query if key != "marker"]
        href = f"{world.base_url}/compute{call.path}?{urlencode([*query, ('marker', marker)])}"
        body["servers_links"] = [{"rel": "next", "href": href}]
    return reply(200, body)


def _list(world: World, call: Call) -> Response:
    return _body(world, call, detail=False)


def _detail(world: World, call: Call) -> Response:
    return _body(world, call, detail=True)


def _show(world: World, call: Call) -> Response:
    return reply(
        200, {"server": show(world, call, find_server(world, call.actor, call.params["id"]))}
    )


def _update(world: World, call: Call) -> Response:
    may_write(call, "servers:update")
    row = find_server(world, call.actor, call.params["id"])
    sent = call.wrapped("server")
    known = {
        **dict.fromkeys(("name", "accessIPv4", "accessIPv6", "OS-DCF:diskConfig"), (2, 1)),
        "description": (2, 19),
        "hostname": (2, 90),
    }
    only("server", sent, known, call)
    names = {
        "name": "name",
        "description": "description",
        "hostname": "hostname",
        "accessIPv4": "access_v4",
        "accessIPv6": "access_v6",
        "OS-DCF:diskConfig": "disk_config",
    }
    changes = {names[key]: value for key, value in sent.items()}
    world.part(Compute).servers.change(row, **changes, _updated=call.now)
    return reply(200, {"server": show(world, call, row, updated=True)})


def _delete(world: World, call: Call) -> Response:
    may_write(call, "servers:delete")
    row = find_server(world, call.actor, call.params["id"])
    if row["_locked"] is not None and not call.actor.is_admin:
        raise Refusal(409, f"Instance {row['id']} is locked")
    if row["_task"] != "deleting":
        record(world, call, row, "delete")
        begin_delete(world, call, row)
    return reply(204)


def _ips(world: World, call: Call) -> Response:
    row = find_server(world, call.actor, call.params["id"])
    return reply(200, {"addresses": addresses(world, row, full=False)})


def _action_view(row: Row, item: Row) -> Row:
    view = {key: value for key, value in item.items() if key != "start"}
    return {
        **view,
        "instance_uuid": row["id"],
        "start_time": stamp(item["start"]),
        "message": "Error" if row["_vm"] == "error" and item is row["_actions"][0] else None,
        "updated_at": stamp(row["_updated"]),
    }


def _history(world: World, call: Call) -> Row:
    key = call.params["id"]
    gone = world.part(Compute).gone.get(key)
    if gone is not None and call.version >= (2, 21) and owns(call.actor, gone):
        return gone
    return find_server(world, call.actor, key)


def _actions(world: World, call: Call) -> Response:
    row = _history(world, call)
    return reply(200, {"instanceActions": [_action_view(row, item) for item in row["_actions"]]})


def _action(world: World, call: Call) -> Response:
    row = _history(world, call)
    for item in row["_actions"]:
        if item["request_id"] == call.params["request"]:
            return reply(200, {"instanceAction": {**_action_view(row, item), "events": []}})
    raise Refusal(404, f"Action {call.params['request']} on server {row['id']} could not be found")


def _diagnostics(world: World, call: Call) -> Response:
    require_admin(call, "os-server-diagnostics")
    row = find_server(world, call.actor, call.params["id"])
    return reply(200, {"state": "running", "uptime": 0, "since": iso(row["_created"])})


_ONE = "/v2.1/servers/{id}"
ROUTES = (
    Route("GET", "/v2.1/servers", _list),
    Route("GET", "/v2.1/servers/detail", _detail),
    Route("GET", _ONE, _show),
    Route("PUT", _ONE, _update),
    Route("DELETE", _ONE, _delete),
    Route("GET", _ONE + "/ips", _ips),
    Route("GET", _ONE + "/diagnostics", _diagnostics),
    Route("GET", _ONE + "/os-instance-actions", _actions),
    Route("GET", _ONE + "/os-instance-actions/{request}", _action),
)

"""Cinder's volume types, their extra specs and who may use the private ones.

No scheduler reads them.
"""

from __future__ import annotations

from calor.base.wire import Response
from calor.sandbox.call import Actor, Call, Refusal, reply
from calor.sandbox.cinder.state import (
    DEFAULT_TYPE,
    Storage,
    missing,
    require_admin,
    scoped,
)
from calor.sandbox.table import Row
from calor.sandbox.world import World

MANAGE = "volume_extension:types_manage"


def new_type(world: World, name: str, specs: dict[str, str], description: str | None = None) -> Row:
    return world.part(Storage).types.add(
        {
            "id": world.ids.uuid(),
            "name": name,
            "is_public": True,
            "description": description,
            "extra_specs": specs,
            "_access": {},
        }
    )


def _visible(actor: Actor, row: Row) -> bool:
    return bool(actor.is_admin or row["is_public"] or actor.project_id in row["_access"])


def find_type(world: World, actor: Actor, key: str | None) -> Row:
    """A type by id or name; the default one when `key` is None. Raises Refusal 404."""
    types = world.part(Storage).types
    row = types.get(key or "") or next(iter(types.where("name", key or DEFAULT_TYPE)), None)
    if row is None or not _visible(actor, row):
        raise Refusal(404, f"Volume type with name {key} could not be found.")
    return row


def _view(actor: Actor, row: Row) -> Row:
    view = {key: value for key, value in row.items() if not key.startswith("_")}
    view["os-volume-type-access:is_public"] = row["is_public"]
    if actor.is_admin:
        view["qos_specs_id"] = None
    else:
        view["extra_specs"] = {
            key: value
            for key, value in row["extra_specs"].items()
            if key in ("multiattach", "RESKEY:availability_zones", "replication_enabled")
        }
    return view


def _one(world: World, call: Call) -> Row:
    key = call.params["id"]
    if key == "default":
        return find_type(world, call.actor, None)
    row = world.part(Storage).types.get(key)
    if row is None or not _visible(call.actor, row):
        raise missing("Volume type", key)
    return row


def _list(world: World, call: Call) -> Response:
    rows = [row for row in world.part(Storage).types if _visible(call.actor, row)]
    name = call.option("name")
    wanted = call.option("is_public").lower()
    if name:
        rows = [row for row in rows if row["name"] == name]
    if wanted in ("true", "false"):
        rows = [row for row in rows if row["is_public"] is (wanted == "true")]
    return reply(200, {"volume_types": [_view(call.actor, row) for row in reversed(rows)]})


def _show(world: World, call: Call) -> Response:
    return reply(200, {"volume_type": _view(call.actor, _one(world, call))})


def _create(world: World, call: Call) -> Response:
    require_admin(call, "volume_extension:type_create")
    sent = call.wrapped("volume_type")
    name = sent.get("name")
    if not name:
        raise Refusal(400, "Volume type name can not be empty.")
    if world.part(Storage).types.where("name", name):
        raise Refusal(409, f"Volume Type {name} already exists.")
    row = new_type(world, name, dict(sent.get("extra_specs") or {}), sent.get("description"))
    row["is_public"] = sent.get("os-volume-type-access:is_public", True)
    return reply(200, {"volume_type": _view(call.actor, row)})


def _update(world: World, call: Call) -> Response:
    require_admin(call, "volume_extension:type_update")
    row = _one(world, call)
    sent = call.wrapped("volume_type")
    changes = {key: sent[key] for key in ("name", "description", "is_public") if key in sent}
    world.part(Storage).types.change(row, **changes)
    return reply(200, {"volume_type": _view(call.actor, row)})


def _delete(world: World, call: Call) -> Response:
    require_admin(call, "volume_extension:type_delete")
    row = _one(world, call)
    state = world.part(Storage)
    if any(volume["_type_id"] == row["id"] for volume in state.volumes):
        raise Refusal(400, "Target volume type is still in use.")
    state.types.remove(row)
    return reply(202)


def _specs(world: World, call: Call) -> Response:
    return reply(200, {"extra_specs": _one(world, call)["extra_specs"]})


def _add_specs(world: World, call: Call) -> Response:
    require_admin(call, "volume_extension:types_extra_specs:create")
    sent = call.wrapped("extra_specs")
    _one(world, call)["extra_specs"].update(sent)
    return reply(200, {"extra_specs": sent})


def _spec(world: World, call: Call) -> Row:
    row = _one(world, call)
    if call.params["key"] not in row["extra_specs"]:
        raise Refusal(
            404, f"Volume Type {row['id']} has no extra specs with key {call.params['key']}."
        )
    return row


def _show_spec(world: World, call: Call) -> Response:
    key = call.params["key"]
    return reply(200, {key: _spec(world, call)["extra_specs"][key]})


def _put_spec(world: World, call: Call) -> Response:
    require_admin(call, "volume_extension:types_extra_specs:update")
    sent = call.json()
    _one(world, call)["extra_specs"].update(sent)
    return reply(200, sent)


def _remove_spec(world: World, call: Call) -> Response:
    require_admin(call, "volume_extension:types_extra_specs:delete")
    del _spec(world, call)["extra_specs"][call.params["key"]]
    return reply(202)


def _access(world: World, call: Call) -> Response:
    require_admin(call, "volume_extension:volume_type_access:get_all_for_type")
    row = _one(world, call)
    if row["is_public"]:
        raise Refusal(404, "Access list not available for public volume types.")
    items = [{"volume_type_id": row["id"], "project_id": key} for key in row["_access"]]
    return reply(200, {"volume_type_access": items})


def _act(world: World, call: Call) -> Response:
    require_admin(call, "volume_extension:volume_type_access:addProjectAccess")
    row = _one(world, call)
    body = call.json()
    if "addProjectAccess" in body:
        row["_access"][body["addProjectAccess"]["project"]] = True
    elif "removeProjectAccess" in body:
        row["_access"].pop(body["removeProjectAccess"]["project"], None)
    else:
        raise Refusal(400, f"There is no such action: {next(iter(body), '')}.")
    return reply(202)


ROUTES = (
    scoped("GET", "/types", _list),
    scoped("POST", "/types", _create),
    scoped("GET", "/types/{id}", _show),
    scoped("PUT", "/types/{id}", _update),
    scoped("DELETE", "/types/{id}", _delete),
    scoped("GET", "/types/{id}/extra_specs", _specs),
    scoped("POST", "/types/{id}/extra_specs", _add_specs),
    scoped("GET", "/types/{id}/extra_specs/{key}", _show_spec),
    scoped("PUT", "/types/{id}/extra_specs/{key}", _put_spec),
    scoped("DELETE", "/types/{id}/extra_specs/{key}", _remove_spec),
    scoped("GET", "/types/{id}/os-volume-type-access", _access),
    scoped("POST", "/types/{id}/action", _act),
)

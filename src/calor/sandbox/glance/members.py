"""Who else may use a Glance image, and the short documents about Glance itself.

The images are `images`' work.
"""

from __future__ import annotations

from calor.base.clock import iso
from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.glance.images import Images, find_image
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World


def _image(world: World, call: Call) -> Row:
    row = find_image(world, call.actor, call.params["id"])
    if row is None:
        raise Refusal(404, f"No image found with ID {call.params['id']}")
    return row


def _member(world: World, call: Call) -> Row:
    found = world.part(Images).members.get((call.params["id"], call.params["member"]))
    if found is None:
        raise Refusal(404, f"{call.params['member']} not found in the member list of the image.")
    return found


def _list(world: World, call: Call) -> Response:
    row = _image(world, call)
    members = [item for key, item in world.part(Images).members.items() if key[0] == row["id"]]
    return reply(200, {"members": members, "schema": "/v2/schemas/members"})


def _add(world: World, call: Call) -> Response:
    row = _image(world, call)
    if row["visibility"] != "shared":
        raise Refusal(403, "Only shared images have members.")
    if not (call.actor.is_admin or row["owner"] == call.actor.project_id):
        raise Refusal(403, "You are not authorized to complete add_member action.")
    member = str(call.json().get("member"))
    members = world.part(Images).members
    if (row["id"], member) in members:
        raise Refusal(409, f"Project {member} is already a member of image {row['id']}.")
    moment = iso(call.now)
    members[row["id"], member] = {
        "member_id": member,
        "image_id": row["id"],
        "status": "pending",
        "created_at": moment,
        "updated_at": moment,
        "schema": "/v2/schemas/member",
    }
    return reply(200, members[row["id"], member])


def _show(world: World, call: Call) -> Response:
    return reply(200, _member(world, call))


def _update(world: World, call: Call) -> Response:
    member = _member(world, call)
    status = call.json().get("status")
    if status not in ("pending", "accepted", "rejected"):
        raise Refusal(400, f"{status!r} is no status of a member.")
    member["status"], member["updated_at"] = status, iso(call.now)
    return reply(200, member)


def _remove(world: World, call: Call) -> Response:
    _member(world, call)
    del world.part(Images).members[call.params["id"], call.params["member"]]
    return reply(204)


def _versions(world: World, call: Call) -> Response:
    link = [{"rel": "self", "href": f"{world.base_url}/image/v2/"}]
    versions = [
        {"id": f"v2.{minor}", "status": "CURRENT" if minor == 17 else "SUPPORTED", "links": link}
        for minor in (17, 15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
    ]
    return reply(200 if call.path == "/versions" else 300, {"versions": versions})


def _schema(world: World, call: Call) -> Response:
    texts = ("id", "name", "status", "visibility", "owner", "disk_format", "container_format")
    fields: Row = {name: {"type": ["null", "string"]} for name in texts}
    fields |= {name: {"type": "integer"} for name in ("min_disk", "min_ram", "size")}
    fields |= {name: {"type": "boolean"} for name in ("protected", "os_hidden")}
    fields["tags"] = {"type": "array", "items": {"type": "string"}}
    body = {"name": call.params["name"], "properties": fields}
    return reply(200, {**body, "additionalProperties": {"type": "string"}})


def _stores(world: World, call: Call) -> Response:
    return reply(200, {"stores": [{"id": "fs", "default": "true"}]})


def _imports(world: World, call: Call) -> Response:
    methods = {"description": "Import methods available.", "type": "array", "value": []}
    return reply(200, {"import-methods": methods})


_MEMBERS = "/v2/images/{id}/members"
ROUTES = (
    Route("GET", "", _versions, open=True),
    Route("GET", "/", _versions, open=True),
    Route("GET", "/versions", _versions, open=True),
    Route("GET", _MEMBERS, _list),
    Route("POST", _MEMBERS, _add),
    Route("GET", _MEMBERS + "/{member}", _show),
    Route("PUT", _MEMBERS + "/{member}", _update),
    Route("DELETE", _MEMBERS + "/{member}", _remove),
    Route("GET", "/v2/schemas/{name}", _schema),
    Route("GET", "/v2/info/stores", _stores),
    Route("GET", "/v2/info/import", _imports),
)

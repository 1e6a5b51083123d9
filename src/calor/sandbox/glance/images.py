"""Glance's images: their records, tags, members and bytes.

Nothing is converted or imported.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from calor.base.clock import iso
from calor.base.wire import Response
from calor.sandbox.call import Actor, Call, Refusal, reply
from calor.sandbox.router import Route
from calor.sandbox.table import Row, Table
from calor.sandbox.world import World

BASE = ("self", "file", "schema")
READ_ONLY = (
    "id",
    "status",
    "size",
    "virtual_size",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "created_at",
    "updated_at",
    "self",
    "file",
    "schema",
    "stores",
    "direct_url",
    "locations",
)
DISK_FORMATS = (None, "ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso")
VISIBILITIES = ("public", "private", "shared", "community")
PATCH_TYPES = (
    "application/openstack-images-v2.0-json-patch",
    "application/openstack-images-v2.1-json-patch",
)
DEFAULT_LIMIT = 25


@dataclass(slots=True)
class Images:
    """The images, their bytes by id, and who else may use which: (image, project) to status."""

    images: Table = field(default_factory=lambda: Table("name", "owner"))
    data: dict[str, bytes] = field(default_factory=dict)
    members: dict[tuple[str, str], Row] = field(default_factory=dict)


def readable(world: World, actor: Actor, row: Row) -> bool:
    if actor.is_admin or row["owner"] == actor.project_id:
        return True
    if row["visibility"] in ("public", "community"):
        return True
    return (row["id"], actor.project_id) in world.part(Images).members


def find_image(world: World, actor: Actor, key: str) -> Row | None:
    """An image that the actor can use, or None."""
    row = world.part(Images).images.get(key)
    return row if row is not None and readable(world, actor, row) else None


def _find(world: World, call: Call) -> Row:
    row = find_image(world, call.actor, call.params["id"])
    if row is None:
        raise Refusal(404, f"No image found with ID {call.params['id']}")
    return row


def _own(world: World, call: Call, action: str) -> Row:
    row = _find(world, call)
    if not (call.actor.is_admin or row["owner"] == call.actor.project_id):
        raise Refusal(403, f"You are not authorized to complete {action} action.")
    return row


def new_image(world: World, now: float, **values: Any) -> Row:
    """An image's row, with Glance's defaults for what is not given."""
    key = values.pop("id", None) or world.ids.uuid()
    row: Row = {
        "name": None,
        "disk_format": None,
        "container_format": None,
        "visibility": "shared",
        "size": None,
        "virtual_size": None,
        "status": "queued",
        "checksum": None,
        "protected": False,
        "min_ram": 0,
        "min_disk": 0,
        "owner": None,
        "os_hidden": False,
        "os_hash_algo": None,
        "os_hash_value": None,
        **values,
        "id": key,
        "created_at": iso(now),
        "updated_at": iso(now),
        "tags": list(values.get("tags") or []),
        "self": f"/v2/images/{key}",
        "file": f"/v2/images/{key}/file",
        "schema": "/v2/schemas/image",
    }
    return world.part(Images).images.add(row)


def activate(world: World, row: Row, data: bytes, size: int | None = None) -> None:
    """The image has its bytes; `size` pretends that there are more."""
    images = world.part(Images)
    digest = hashlib.sha512(data).hexdigest()
    length = len(data) if size is None else size
    images.images.change(
        row,
        status="active",
        size=length,
        virtual_size=length,
        checksum=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        os_hash_algo="sha512",
        os_hash_value=digest,
        stores="fs",
    )
    if size is None:
        images.data[row["id"]] = data


def _checked(call: Call, values: Row) -> None:
    if values.get("visibility", "shared") not in VISIBILITIES:
        raise Refusal(
            400, f"Provided object does not match schema 'image': {values['visibility']!r}"
        )
    if values.get("disk_format") not in DISK_FORMATS:
        raise Refusal(
            400,
            f"Provided object does not match schema 'image': {values['disk_format']!r} is not one "
            f"of {list(DISK_FORMATS)}",
        )
    if values.get("visibility") == "public" and not call.actor.is_admin:
        raise Refusal(403, "You are not authorized to complete publicize_image action.")


def _create(world: World, call: Call) -> Response:
    sent = call.json()
    for name in READ_ONLY:
        if name in sent and name != "id":
            raise Refusal(403, f"Attribute '{name}' is read-only.")
    if sent.get("id") and sent["id"] in world.part(Images).images:
        raise Refusal(409, f"Image ID {sent['id']} already exists!")
    _checked(call, sent)
    row = new_image(world, call.now, **{"owner": call.actor.project_id, **sent})
    location = f"{world.base_url}/image/v2/images/{row['id']}"
    return reply(201, row, {"Location": location})


EXACT = ("id", "status", "container_format", "disk_format", "owner", "checksum")


def _matches(world: World, call: Call, row: Row) -> bool:
    actor = call.actor
    if row["os_hidden"] is not (call.option("os_hidden").lower() == "true"):
        return False
    wanted = call.option("visibility")
    if wanted and wanted != "all" and row["visibility"] != wanted:
        return False
    own = row["owner"] == actor.project_id or actor.is_admin
    if row["visibility"] == "community" and wanted not in ("community", "all") and not own:
        return False
    for key, value in call.query:
        if not _accepts(row, key, value):
            return False
    return readable(world, actor, row)


def _accepts(row: Row, key: str, value: str) -> bool:
    if key in ("limit", "marker", "sort", "sort_key", "sort_dir", "visibility", "os_hidden"):
        return True
    if key in ("member_status", "changes-since"):
        return True
    if key == "tag":
        return value in row["tags"]
    if key == "protected":
        return row["protected"] is (value.lower() == "true")
    if key in ("size_min", "size_max"):
        size = row["size"] or 0
        return size >= int(value) if key == "size_min" else size <= int(value)
    wanted = value.removeprefix("in:").split(",") if value.startswith("in:") else [value]
    return str(row.get(key)) in [item.strip('"') for item in wanted]


def _sorted(call: Call, rows: list[Row]) -> list[Row]:
    keys = call.options("sort_key")
    directions = call.options("sort_dir")
    if call.option("sort"):
        parts = [part.partition(":") for part in call.option("sort").split(",")]
        keys = [part[0] for part in parts]
        directions = [part[2] or "desc" for part in parts]
    rows = sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=True)
    for at in range(len(keys) - 1, -1, -1):
        direction = directions[at] if at < len(directions) else "desc"
        rows.sort(key=lambda row: str(row.get(keys[at]) or ""), reverse=direction == "desc")
    return rows


def _list(world: World, call: Call) -> Response:
    plain = [(key, [value]) for key, value in call.query if key in ("id", "name", "owner")]
    plain = [(key, values) for key, values in plain if not values[0].startswith("in:")]
    found = world.part(Images).images.narrowed(plain)
    rows = _sorted(call, [row for row in found if _matches(world, call, row)])
    text = call.option("limit")
    if text and not text.isdigit():
        raise Refusal(400, "limit param must be an integer")
    limit = min(int(text) if text else DEFAULT_LIMIT, world.settings.page_limit)
    marker = call.option("marker")
    if marker:
        at = next((at for at, row in enumerate(rows) if row["id"] == marker), None)
        if at is None:
            raise Refusal(400, "Invalid marker. Image could not be found.")
        rows = rows[at + 1 :]
    page = rows[:limit]
    query = [(key, value) for key, value in call.query if key != "marker"]
    first = "/v2/images" + (f"?{urlencode(query)}" if query else "")
    body: Row = {"images": page, "first": first, "schema": "/v2/schemas/images"}
    if page and len(rows) > limit:
        following = urlencode([*query, ("marker", page[-1]["id"])])
        body["next"] = f"/v2/images?{following}"
    return reply(200, body)


def _show(world: World, call: Call) -> Response:
    return reply(200, _find(world, call))


def _delete(world: World, call: Call) -> Response:
    row = find_image(world, call.actor, call.params["id"])
    if row is None:
        raise Refusal(404, f"Failed to find image {call.params['id']} to delete")
    row = _own(world, call, "delete_image")
    if row["protected"]:
        raise Refusal(403, f"Image {row['id']} is protected and cannot be deleted.")
    images = world.part(Images)
    images.images.remove(row)
    images.data.pop(row["id"], None)
    for key in [key for key in images.members if key[0] == row["id"]]:
        del images.members[key]
    return reply(204)


def _update(world: World, call: Call) -> Response:
    if call.headers.get("content-type", "").split(";")[0] not in PATCH_TYPES:
        raise Refusal(415, "The request media type is not supported by this server.")
    row = _own(world, call, "modify_image")
    try:
        operations = json.loads(call.raw)
    except ValueError:
        raise Refusal(400, "Malformed JSON in request body.") from None
    changes: Row = {}
    gone: list[str] = []
    for operation in operations:
        verb = operation.get("op") or next(iter(operation))
        path = operation.get("path") or operation.get(verb)
        name = str(path).removeprefix("/").replace("~1", "/").replace("~0", "~")
        if name in READ_ONLY:
            raise Refusal(403, f"Attribute '{name}' is read-only.")
        if verb in ("replace", "remove") and name not in row:
            raise Refusal(409, f"Property {name} does not exist.")
        if verb == "remove":
            gone.append(name)
        else:
            changes[name] = operation.get("value")
    _checked(call, {**row, **changes})
    world.part(Images).images.change(row, **changes, updated_at=iso(call.now))
    for name in gone:
        row.pop(name, None)
    return reply(200, row)


def _upload(world: World, call: Call) -> Response:
    row = _own(world, call, "upload_image")
    if call.headers.get("content-type", "") != "application/octet-stream":
        raise Refusal(415, "The request media type is not supported by this server.")
    if row["status"] not in ("queued", "uploading"):
        raise Refusal(409, f"Image status transition from {row['status']} to saving is not allowed")
    activate(world, row, call.raw)
    row["updated_at"] = iso(call.now)
    return reply(204)


def _download(world: World, call: Call) -> Response:
    row = _find(world, call)
    if row["status"] != "active":
        raise Refusal(403, "The image is not active.")
    data = world.part(Images).data.get(row["id"], b"")
    if not data:
        return Response(204)
    headers = {"Content-Type": "application/octet-stream", "Content-MD5": row["checksum"]}
    return Response(200, headers, data)


def _add_tag(world: World, call: Call) -> Response:
    row = _own(world, call, "modify_image")
    row["tags"] = list(dict.fromkeys([*row["tags"], call.params["tag"]]))
    return reply(204)


def _remove_tag(world: World, call: Call) -> Response:
    row = _own(world, call, "modify_image")
    if call.params["tag"] not in row["tags"]:
        raise Refusal(404, "The resource could not be found.")
    row["tags"] = [tag for tag in row["tags"] if tag != call.params["tag"]]
    return reply(204)


ROUTES = (
    Route("POST", "/v2/images", _create),
    Route("GET", "/v2/images", _list),
    Route("GET", "/v2/images/{id}", _show),
    Route("PATCH", "/v2/images/{id}", _update),
    Route("DELETE", "/v2/images/{id}", _delete),
    Route("PUT", "/v2/images/{id}/file", _upload),
    Route("GET", "/v2/images/{id}/file", _download),
    Route("PUT", "/v2/images/{id}/tags/{tag}", _add_tag),
    Route("DELETE", "/v2/images/{id}/tags/{tag}", _remove_tag),
)

"""Nova's key pairs, which belong to users.

The generated ones open nothing: their bytes are chance.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import textwrap

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.nova.state import (
    Compute,
    invalid,
    limits,
    may_write,
    only,
    page,
    require_admin,
    required,
    stamp,
)
from calor.sandbox.router import Route
from calor.sandbox.settings import UNLIMITED
from calor.sandbox.table import Row
from calor.sandbox.world import World

KNOWN = {"name": (2, 1), "public_key": (2, 1), "type": (2, 2), "user_id": (2, 10)}
HEX = "0123456789abcdef"


def find_keypair(world: World, user_id: str, name: str) -> Row | None:
    return world.part(Compute).keypairs.get(f"{user_id}/{name}")


def _fingerprint(public_key: str) -> str:
    parts = public_key.split()
    try:
        blob = base64.b64decode(parts[1], validate=True)
    except (IndexError, binascii.Error, ValueError):
        raise Refusal(400, "Keypair data is invalid: failed to generate fingerprint") from None
    digest = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    return ":".join(digest[at : at + 2] for at in range(0, 32, 2))


def _generate(world: World) -> tuple[str, str]:
    """A public and a private key that look right."""
    modulus = bytes.fromhex("00" + world.ids.choice(HEX, 512))
    fields = [b"ssh-rsa", b"\x01\x00\x01", modulus]
    blob = b"".join(len(item).to_bytes(4, "big") + item for item in fields)
    public = f"ssh-rsa {base64.b64encode(blob).decode()} Generated-by-Nova"
    secret = base64.b64encode(bytes.fromhex(world.ids.choice(HEX, 2400))).decode()
    lines = "\n".join(textwrap.wrap(secret, 64))
    private = f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----\n"
    return public, private


def _user(call: Call) -> str:
    wanted = call.option("user_id")
    if wanted and wanted != call.actor.user_id:
        require_admin(call, "os-keypairs:index")
    return wanted or call.actor.user_id


def _find(world: World, call: Call) -> Row:
    user_id, name = _user(call), call.params["name"]
    row = find_keypair(world, user_id, name)
    if row is None:
        raise Refusal(404, f"Keypair {name} not found for user {user_id}")
    return row


def _view(call: Call, row: Row, *, full: bool = False) -> Row:
    names = ["name", "public_key", "fingerprint"]
    if call.version >= (2, 2):
        names.append("type")
    if full:
        names += ["user_id", "created_at", "deleted", "deleted_at", "id", "updated_at"]
    view = {name: row[name] for name in names}
    if full:
        view["id"] = row["number"]
    return view


def _create(world: World, call: Call) -> Response:
    may_write(call, "os-keypairs:create")
    sent = call.wrapped("keypair")
    only("keypair", sent, KNOWN, call)
    required("keypair", sent, "name")
    if call.version >= (2, 92):
        required("keypair", sent, "public_key")
    kind = sent.get("type", "ssh")
    if kind not in ("ssh", "x509"):
        raise invalid("type", kind, f"{kind!r} is not one of ['ssh', 'x509']")
    user_id = sent.get("user_id") or call.actor.user_id
    if user_id != call.actor.user_id:
        require_admin(call, "os-keypairs:create")
    keypairs = world.part(Compute).keypairs
    limit = limits(world, call.actor.project_id)["key_pairs"]
    if limit != UNLIMITED and len(keypairs.where("user_id", user_id)) >= limit:
        raise Refusal(403, "Quota exceeded, too many key pairs.")
    if find_keypair(world, user_id, sent["name"]) is not None:
        raise Refusal(409, f"Key pair '{sent['name']}' already exists.")
    public, private = sent.get("public_key"), None
    if public is None:
        public, private = _generate(world)
    world.part(Compute).count += 1
    row = keypairs.add(
        {
            "id": f"{user_id}/{sent['name']}",
            "name": sent["name"],
            "public_key": public,
            "fingerprint": _fingerprint(public),
            "type": kind,
            "user_id": user_id,
            "created_at": stamp(call.now),
            "deleted": False,
            "deleted_at": None,
            "updated_at": None,
            "number": world.part(Compute).count,
        }
    )
    view = {**_view(call, row), "user_id": user_id}
    if private is not None:
        view["private_key"] = private
    return reply(200 if call.version < (2, 2) else 201, {"keypair": view})


def _list(world: World, call: Call) -> Response:
    rows = world.part(Compute).keypairs.where("user_id", _user(call))
    rows = sorted(rows, key=lambda row: str(row["name"]))
    if call.version >= (2, 35):
        named = [{**row, "id": row["name"]} for row in rows]
        rows = page(world, call, "keypairs", named)[0]
    return reply(200, {"keypairs": [{"keypair": _view(call, row)} for row in rows]})


def _show(world: World, call: Call) -> Response:
    return reply(200, {"keypair": _view(call, _find(world, call), full=True)})


def _delete(world: World, call: Call) -> Response:
    may_write(call, "os-keypairs:delete")
    world.part(Compute).keypairs.remove(_find(world, call))
    return reply(202 if call.version < (2, 2) else 204)


ROUTES = (
    Route("POST", "/v2.1/os-keypairs", _create),
    Route("GET", "/v2.1/os-keypairs", _list),
    Route("GET", "/v2.1/os-keypairs/{name}", _show),
    Route("DELETE", "/v2.1/os-keypairs/{name}", _delete),
)

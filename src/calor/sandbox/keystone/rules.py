"""Keystone's words: its errors, who may do what, links, and the body of a list.

It touches no table.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.table import Row
from calor.sandbox.world import World

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}
MALFORMED = (
    "The server could not comply with the request since it is either malformed or otherwise "
    "incorrect. The client is assumed to be in error."
)
NOT_AUTHORIZED = "You are not authorized to perform the requested action"


def fault(refusal: Refusal) -> Response:
    body = {
        "error": {
            "code": refusal.status,
            "message": refusal.message,
            "title": TITLES.get(refusal.status, "Error"),
        }
    }
    headers = {"Vary": "X-Auth-Token", **refusal.headers}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Keystone"
    return reply(refusal.status, body, headers)


def forbidden(action: str = "") -> Refusal:
    """403; `action` is a policy's name or a sentence."""
    return Refusal(403, f"{NOT_AUTHORIZED}: {action}." if action else f"{NOT_AUTHORIZED}.")


def missing(kind: str, key: str) -> Refusal:
    return Refusal(404, f"Could not find {kind}: {key}.")


def unauthenticated() -> Refusal:
    return Refusal(401, "The request you have made requires authentication.")


def require_admin(call: Call, action: str) -> None:
    if not call.actor.is_admin:
        raise forbidden(f"identity:{action}")


def expected(where: str, name: str) -> Refusal:
    return Refusal(400, f"Expecting to find {name} in {where}. {MALFORMED}")


def url(world: World, path: str) -> str:
    return f"{world.base_url}/identity/v3{path}"


def page(world: World, call: Call, name: str, items: Iterable[Any]) -> Response:
    """A list's body; Keystone does not page these."""
    query = f"?{call.query_string}" if call.query_string else ""
    links = {"next": None, "self": url(world, call.path.removeprefix("/v3") + query)}
    return reply(200, {name: list(items), "links": {**links, "previous": None}})


def shown(row: Row) -> Row:
    """A row without what is not for eyes."""
    return {key: value for key, value in row.items() if not key.startswith("_")}


def truth(text: str) -> bool:
    """A flag in a query: `?enabled`, `?enabled=1` and `?enabled=true` all say yes."""
    return text.lower() not in ("0", "false", "f", "no")

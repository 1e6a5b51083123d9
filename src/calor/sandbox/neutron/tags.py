"""Tags on whatever Neutron lets carry them.

Filtering by tags is `listing`'s work.
"""

from __future__ import annotations

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.neutron.kind import Kind, find
from calor.sandbox.neutron.rules import bad, denied
from calor.sandbox.neutron.state import owns, touch
from calor.sandbox.router import Handler, Route
from calor.sandbox.table import Row
from calor.sandbox.world import World


def _row(world: World, call: Call, kind: Kind, *, write: bool) -> Row:
    row = find(world, kind, call.actor, call.params["id"])
    if write and not owns(call.actor, row):
        raise denied("update_tags")
    return row


def _sent(call: Call) -> list[str]:
    tags = call.json().get("tags")
    if not isinstance(tags, list) or any(not isinstance(tag, str) for tag in tags):
        raise bad("Invalid tags body")
    return list(dict.fromkeys(tags))


def _held(row: Row, tag: str) -> None:
    if tag not in row["tags"]:
        raise Refusal(404, f"Tag {tag} could not be found.", "TagNotFound")


def _handlers(kind: Kind) -> dict[tuple[str, str], Handler]:
    def listing(world: World, call: Call) -> Response:
        return reply(200, {"tags": _row(world, call, kind, write=False)["tags"]})

    def replace(world: World, call: Call) -> Response:
        row = _row(world, call, kind, write=True)
        row["tags"] = sorted(_sent(call))
        touch(row, call.now)
        return reply(200, {"tags": row["tags"]})

    def extend(world: World, call: Call) -> Response:
        row = _row(world, call, kind, write=True)
        row["tags"] = sorted(dict.fromkeys([*row["tags"], *_sent(call)]))
        touch(row, call.now)
        return reply(200, {"tags": row["tags"]})

    def clear(world: World, call: Call) -> Response:
        row = _row(world, call, kind, write=True)
        row["tags"] = []
        touch(row, call.now)
        return reply(204)

    def check(world: World, call: Call) -> Response:
        _held(_row(world, call, kind, write=False), call.params["tag"])
        return reply(204)

    def add(world: World, call: Call) -> Response:
        row = _row(world, call, kind, write=True)
        row["tags"] = sorted(dict.fromkeys([*row["tags"], call.params["tag"]]))
        touch(row, call.now)
        return Response(201, {"Content-Type": "application/json"}, b"null")

    def remove(world: World, call: Call) -> Response:
        row = _row(world, call, kind, write=True)
        _held(row, call.params["tag"])
        row["tags"] = [tag for tag in row["tags"] if tag != call.params["tag"]]
        touch(row, call.now)
        return reply(204)

    return {
        ("GET", ""): listing,
        ("PUT", ""): replace,
        ("POST", ""): extend,
        ("DELETE", ""): clear,
        ("GET", "/{tag}"): check,
        ("PUT", "/{tag}"): add,
        ("DELETE", "/{tag}"): remove,
    }


def routes(kind: Kind) -> tuple[Route, ...]:
    base = f"{kind.base}/{{id}}/tags"
    return tuple(
        Route(method, base + rest, handler) for (method, rest), handler in _handlers(kind).items()
    )

"""Create, list, show, change and delete, once for all of Keystone's plain collections.

It knows no collection; each is a `Kind`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.keystone.rules import (
    forbidden,
    missing,
    page,
    require_admin,
    shown,
    truth,
    url,
)
from calor.sandbox.keystone.state import Identity
from calor.sandbox.router import Handler, Route
from calor.sandbox.table import Row, Table
from calor.sandbox.world import World


def _nothing(world: World, row: Row) -> None:
    """Nothing hangs on such a row."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One collection. `make` turns the sent object into a row (without id), raising Refusal;
    `duplicate` says what a second of that name is told; `dropped` removes what hangs on a row."""

    one: str
    many: str
    table: Callable[[Identity], Table]
    make: Callable[[World, Call, dict[str, Any]], Row]
    duplicate: Callable[[Row], str]
    filters: tuple[str, ...] = ("name",)
    secret: tuple[str, ...] = ()
    readable: Callable[[Call, str], bool] = field(default=lambda call, key: False)
    dropped: Callable[[World, Row], None] = _nothing
    unique: bool = True
    present: Callable[[World, Row], Row] = field(default=lambda world, row: shown(row))


def view(world: World, kind: Kind, row: Row) -> Row:
    return {**kind.present(world, row), "links": {"self": url(world, f"/{kind.many}/{row['id']}")}}


def find(world: World, kind: Kind, key: str) -> Row:
    row = kind.table(world.part(Identity)).get(key)
    if row is None:
        raise missing(kind.one, key)
    return row


def _clash(world: World, kind: Kind, row: Row) -> None:
    if not kind.unique:
        return
    identity = world.part(Identity)
    other = identity.named(kind.table(identity), row["name"], row.get("domain_id"))
    if other is not None and other["id"] != row["id"]:
        message = kind.duplicate(row)
        raise Refusal(409, f"Conflict occurred attempting to store {kind.one} - {message}.")


def _create(kind: Kind) -> Handler:
    def create(world: World, call: Call) -> Response:
        require_admin(call, f"create_{kind.one}")
        sent = call.wrapped(kind.one)
        if kind.unique and not isinstance(sent.get("name"), str):
            raise Refusal(
                400,
                f"Invalid input for field/attribute {kind.one}. Value: {sent}. "
                "'name' is a required property",
            )
        made = kind.make(world, call, sent)
        row = {**made, "id": made.get("id") or world.hex_id()}
        _clash(world, kind, row)
        identity = world.part(Identity)
        kind.table(identity).add(row)
        identity.changed()
        return reply(201, {kind.one: view(world, kind, row)})

    return create


def _list(kind: Kind) -> Handler:
    def listing(world: World, call: Call) -> Response:
        require_admin(call, f"list_{kind.many}")
        return page(world, call, kind.many, [view(world, kind, row) for row in _found(world, call)])

    def _found(world: World, call: Call) -> list[Row]:
        rows = list(kind.table(world.part(Identity)))
        for name, value in call.query:
            if name == "enabled":
                rows = [row for row in rows if row.get("enabled") is truth(value)]
            elif name == "name__contains":
                rows = [row for row in rows if value in row["name"]]
            elif name in kind.filters:
                rows = [row for row in rows if row.get(name) == value]
        if kind.one == "role" and not call.option("domain_id"):
            rows = [row for row in rows if row["domain_id"] is None]
        return sorted(rows, key=lambda row: str(row["id"]))

    return listing


def _show(kind: Kind) -> Handler:
    def show(world: World, call: Call) -> Response:
        key = call.params["id"]
        if not call.actor.is_admin and not kind.readable(call, key):
            raise forbidden(f"identity:get_{kind.one}")
        return reply(200, {kind.one: view(world, kind, find(world, kind, key))})

    return show


def _update(kind: Kind) -> Handler:
    def update(world: World, call: Call) -> Response:
        require_admin(call, f"update_{kind.one}")
        row = find(world, kind, call.params["id"])
        sent = {key: value for key, value in call.wrapped(kind.one).items() if key != "id"}
        if "domain_id" in sent and sent["domain_id"] != row.get("domain_id"):
            raise Refusal(400, f"Cannot change Domain ID. It is {row.get('domain_id')}.")
        for name in kind.secret:
            if name in sent:
                sent[f"_{name}"] = sent.pop(name)
        _clash(world, kind, {**row, **sent})
        identity = world.part(Identity)
        kind.table(identity).change(row, **sent)
        identity.changed()
        return reply(200, {kind.one: view(world, kind, row)})

    return update


def _delete(kind: Kind) -> Handler:
    def delete(world: World, call: Call) -> Response:
        require_admin(call, f"delete_{kind.one}")
        row = find(world, kind, call.params["id"])
        kind.dropped(world, row)
        identity = world.part(Identity)
        kind.table(identity).remove(row)
        identity.changed()
        return reply(204)

    return delete


def routes(kind: Kind) -> tuple[Route, ...]:
    base = f"/v3/{kind.many}"
    return (
        Route("POST", base, _create(kind)),
        Route("GET", base, _list(kind)),
        Route("GET", base + "/{id}", _show(kind)),
        Route("PATCH", base + "/{id}", _update(kind)),
        Route("DELETE", base + "/{id}", _delete(kind)),
    )

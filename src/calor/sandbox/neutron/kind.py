"""Create, list, show, change and delete, once for all of Neutron's collections.

It knows no collection; each is a `Kind`, made of `Field`s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Actor, Call, Refusal, reply
from calor.sandbox.neutron.listing import listing
from calor.sandbox.neutron.quotas import spend
from calor.sandbox.neutron.rules import Check, anything, bad, denied, string
from calor.sandbox.neutron.state import Network, owns
from calor.sandbox.router import Handler, Route
from calor.sandbox.table import Row, Table
from calor.sandbox.world import World

UNSET: Any = object()
"""The value of a field that was not sent and has no default."""


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a kind. `admin`: only an administrator may send it."""

    default: Any = None
    check: Check = anything
    required: bool = False
    post: bool = True
    put: bool = True
    admin: bool = False


READ_ONLY = Field(post=False, put=False)
STANDARD = {
    "id": READ_ONLY,
    "created_at": READ_ONLY,
    "updated_at": READ_ONLY,
    "revision_number": READ_ONLY,
    "tags": READ_ONLY,
    "status": READ_ONLY,
    "name": Field("", string),
    "description": Field("", string),
    "project_id": Field(put=False),
    "tenant_id": Field(put=False),
}


def _own(world: World, actor: Actor, row: Row) -> bool:
    return owns(actor, row)


@dataclass(frozen=True, slots=True)
class Kind:
    """One collection. `create` gets checked values, adds the row and returns it; `update` gets
    checked changes; `delete` removes the row and what belongs to it; `drop` undoes a create
    without asking. All raise Refusal."""

    one: str
    many: str
    table: Callable[[Network], Table]
    fields: dict[str, Field]
    missing: Callable[[str], Refusal]
    create: Callable[[World, Call, Row], Row]
    update: Callable[[World, Call, Row, Row], None]
    delete: Callable[[World, Call, Row], None]
    drop: Callable[[World, Row], None]
    view: Callable[[World, Actor, Row], Row]
    visible: Callable[[World, Actor, Row], bool] = _own
    path: str = ""
    quota: str = ""
    admin: bool = False
    filters: dict[str, Callable[[World, Row, str], bool]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return "/v2.0/" + (self.path or self.many.replace("_", "-"))


def find(world: World, kind: Kind, actor: Actor, key: str) -> Row:
    """A row that the actor can see. Raises Refusal 404."""
    row = kind.table(world.part(Network)).get(key)
    if row is None or not kind.visible(world, actor, row):
        raise kind.missing(key)
    return row


def may_write(call: Call, action: str) -> None:
    if not (call.actor.is_admin or call.actor.has("member") or call.actor.has("service")):
        raise denied(action)


def _items(kind: Kind, call: Call) -> tuple[list[dict[str, Any]], bool]:
    """What was sent, and whether it came as a bulk."""
    body = call.json()
    if kind.one in body:
        found, bulk = [body[kind.one]], False
    elif kind.many in body:
        found, bulk = body[kind.many], True
        if not found:
            raise bad("Resources required")
    else:
        raise bad(f"Unable to find '{kind.one}' in request body")
    if not isinstance(found, list) or any(not isinstance(item, dict) for item in found):
        raise bad(f"Invalid format: {kind.one} must be an object")
    return found, bulk


def _unknown(kind: Kind, sent: dict[str, Any]) -> None:
    unknown = [name for name in sent if name not in kind.fields]
    if unknown:
        names = ", ".join(sorted(unknown))
        raise bad(f"Unrecognized attribute(s) '{names}'")


def checked(world: World, kind: Kind, call: Call, sent: dict[str, Any]) -> Row:
    """All fields of a new row, with defaults. Raises Refusal 400, 403."""
    _unknown(kind, sent)
    action = f"create_{kind.one}"
    may_write(call, action)
    if kind.admin and not call.actor.is_admin:
        raise denied(action)
    values: Row = {}
    for name, spec in kind.fields.items():
        if name not in sent:
            if spec.required:
                raise bad(f"Failed to parse request. Required attribute '{name}' not specified")
            if spec.post:
                values[name] = spec.default
            continue
        if not spec.post:
            raise bad(f"Attribute '{name}' not allowed in POST")
        if spec.admin and not call.actor.is_admin and sent[name] != spec.default:
            raise denied(action, name)
        values[name] = spec.check(name, sent[name])
    values["project_id"] = _project(call, sent)
    return values


def _project(call: Call, sent: dict[str, Any]) -> str:
    chosen = sent.get("project_id") or sent.get("tenant_id") or call.actor.project_id
    if chosen != call.actor.project_id and not call.actor.is_admin:
        raise bad(
            "Specifying 'project_id' other than the authenticated project in request is not "
            "allowed for the current user."
        )
    return str(chosen)


def _create(kind: Kind) -> Handler:
    def create(world: World, call: Call) -> Response:
        sent, bulk = _items(kind, call)
        limit = world.settings.bulk_limit
        if limit and len(sent) > limit:
            raise Refusal(413, f"Bulk requests of more than {limit} items are too large.")
        values = [checked(world, kind, call, item) for item in sent]
        if kind.quota:
            spend(world, kind.quota, kind.table(world.part(Network)), values)
        rows: list[Row] = []
        try:
            for item in values:
                rows.append(kind.create(world, call, item))
        except Refusal:
            for row in reversed(rows):
                kind.drop(world, row)
            raise
        views = [kind.view(world, call.actor, row) for row in rows]
        return reply(201, {kind.many: views} if bulk else {kind.one: views[0]})

    return create


def _list(kind: Kind) -> Handler:
    def handler(world: World, call: Call) -> Response:
        table = kind.table(world.part(Network))
        known = {**dict.fromkeys(kind.fields), **dict.fromkeys(kind.filters)}
        return reply(
            200,
            listing(
                world,
                call,
                name=kind.many,
                table=table,
                known=list(known),
                special=kind.filters,
                visible=lambda row: kind.visible(world, call.actor, row),
                view=lambda row: kind.view(world, call.actor, row),
            ),
        )

    return handler


def _show(kind: Kind) -> Handler:
    def show(world: World, call: Call) -> Response:
        row = find(world, kind, call.actor, call.params["id"])
        view = kind.view(world, call.actor, row)
        wanted = call.options("fields")
        if wanted:
            view = {name: view[name] for name in wanted if name in view}
        return reply(200, {kind.one: view})

    return show


def _changes(kind: Kind, call: Call, row: Row) -> Row:
    body = call.json()
    sent = body.get(kind.one)
    if not isinstance(sent, dict):
        raise bad(f"Unable to find '{kind.one}' in request body")
    _unknown(kind, sent)
    action = f"update_{kind.one}"
    for name in ("project_id", "tenant_id"):
        if name in sent and sent[name] != row["project_id"]:
            _project(call, sent)
    changes: Row = {}
    for name in sent:
        if not kind.fields[name].put:
            raise bad(f"Cannot update read-only attribute {name}")
    if not owns(call.actor, row) or (kind.admin and not call.actor.is_admin):
        raise denied(action)
    may_write(call, action)
    for name, value in sent.items():
        spec = kind.fields[name]
        if spec.admin and not call.actor.is_admin:
            raise denied(action, name)
        changes[name] = spec.check(name, value)
    return changes


def _update(kind: Kind) -> Handler:
    def update(world: World, call: Call) -> Response:
        row = find(world, kind, call.actor, call.params["id"])
        _expected_revision(call, row)
        kind.update(world, call, row, _changes(kind, call, row))
        return reply(200, {kind.one: kind.view(world, call.actor, row)})

    return update


def _expected_revision(call: Call, row: Row) -> None:
    """`If-Match: revision_number=N` guards against somebody else's change."""
    wanted = call.headers.get("if-match", "")
    if wanted and wanted != f"revision_number={row.get('revision_number')}":
        raise Refusal(
            412,
            f"Constrained to {wanted.partition('=')[2]}, but current revision is "
            f"{row.get('revision_number')}",
            "RevisionNumberConstraintFailed",
        )


def _delete(kind: Kind) -> Handler:
    def delete(world: World, call: Call) -> Response:
        row = find(world, kind, call.actor, call.params["id"])
        action = f"delete_{kind.one}"
        if not owns(call.actor, row) or (kind.admin and not call.actor.is_admin):
            raise denied(action)
        may_write(call, action)
        kind.delete(world, call, row)
        return reply(204)

    return delete


def routes(kind: Kind) -> tuple[Route, ...]:
    return (
        Route("POST", kind.base, _create(kind)),
        Route("GET", kind.base, _list(kind)),
        Route("GET", kind.base + "/{id}", _show(kind)),
        Route("PUT", kind.base + "/{id}", _update(kind)),
        Route("DELETE", kind.base + "/{id}", _delete(kind)),
    )

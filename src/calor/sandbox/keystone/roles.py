"""Keystone's roles, who has them where, and the list of all assignments.

Implied roles are counted in `state`.
"""

from __future__ import annotations

from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.keystone.crud import Kind, find, routes, view
from calor.sandbox.keystone.projects import DOMAIN, PROJECT
from calor.sandbox.keystone.rules import forbidden, page, require_admin, truth, url
from calor.sandbox.keystone.state import Identity
from calor.sandbox.keystone.users import GROUP, USER
from calor.sandbox.router import Handler, Route
from calor.sandbox.table import Row
from calor.sandbox.world import World

Key = tuple[str, str, str, str, str]


def _make_role(world: World, call: Call, sent: dict[str, Any]) -> Row:
    return {
        **sent,  # Keystone keeps fields that it does not know
        "id": "",
        "name": sent["name"],
        "domain_id": sent.get("domain_id"),
        "description": sent.get("description"),
        "options": sent.get("options") or {},
    }


def _drop_role(world: World, row: Row) -> None:
    identity = world.part(Identity)
    if row["options"].get("immutable"):
        raise forbidden(
            f"Cannot delete role {row['id']}, since it is immutable. Set the immutable option to "
            "False before deleting it"
        )
    for key in [key for key in identity.assignments if key[4] == row["id"]]:
        del identity.assignments[key]


ROLE = Kind(
    "role",
    "roles",
    lambda identity: identity.roles,
    _make_role,
    lambda row: f"Duplicate entry found with name {row['name']}",
    filters=("name", "domain_id"),
    dropped=_drop_role,
)
HOLDERS = {"user": USER, "group": GROUP}
TARGETS = {"project": PROJECT, "domain": DOMAIN}


def _key(world: World, call: Call, holder: str, target: str) -> Key:
    return (
        holder,
        find(world, HOLDERS[holder], call.params["holder"])["id"],
        target,
        find(world, TARGETS[target], call.params["target"])["id"],
        find(world, ROLE, call.params["role"])["id"],
    )


def _no_grant(key: Key) -> Refusal:
    return Refusal(
        404,
        f"Could not find role assignment with role: {key[4]}, user or group: {key[1]}, project, "
        f"domain, or system: {key[3]}.",
    )


def _grant(holder: str, target: str) -> Handler:
    def grant(world: World, call: Call) -> Response:
        require_admin(call, "create_grant")
        identity = world.part(Identity)
        identity.assignments[_key(world, call, holder, target)] = True
        identity.changed()
        return reply(204)

    return grant


def _check(holder: str, target: str) -> Handler:
    def check(world: World, call: Call) -> Response:
        require_admin(call, "check_grant")
        key = _key(world, call, holder, target)
        if key not in world.part(Identity).assignments:
            raise _no_grant(key)
        return reply(204)

    return check


def _revoke(holder: str, target: str) -> Handler:
    def revoke(world: World, call: Call) -> Response:
        require_admin(call, "revoke_grant")
        identity = world.part(Identity)
        key = _key(world, call, holder, target)
        if identity.assignments.pop(key, None) is None:
            raise _no_grant(key)
        identity.changed()
        return reply(204)

    return revoke


def _granted(holder: str, target: str) -> Handler:
    def granted(world: World, call: Call) -> Response:
        require_admin(call, "list_grants")
        identity = world.part(Identity)
        wanted = (holder, call.params["holder"], target, call.params["target"])
        find(world, HOLDERS[holder], wanted[1])
        find(world, TARGETS[target], wanted[3])
        ids = [key[4] for key in identity.assignments if key[:4] == wanted]
        rows = [row for key in ids if (row := identity.roles.get(key)) is not None]
        return page(world, call, "roles", [view(world, ROLE, row) for row in rows])

    return granted


def _grant_routes(holder: str, target: str) -> tuple[Route, ...]:
    base = f"/v3/{target}s/{{target}}/{holder}s/{{holder}}/roles"
    return (
        Route("GET", base, _granted(holder, target)),
        Route("PUT", base + "/{role}", _grant(holder, target)),
        Route("HEAD", base + "/{role}", _check(holder, target)),
        Route("DELETE", base + "/{role}", _revoke(holder, target)),
    )


FILTERS = {
    "user.id": ("user", 1),
    "group.id": ("group", 1),
    "scope.project.id": ("project", 3),
    "scope.domain.id": ("domain", 3),
    "role.id": ("", 4),
}


def _assignments(world: World, call: Call) -> Response:
    identity = world.part(Identity)
    if not call.actor.is_admin:
        raise forbidden("identity:list_role_assignments")
    keys: list[Key] = list(identity.assignments)
    if any(name == "effective" and truth(value) for name, value in call.query):
        keys = _effective(identity, keys)
    for name, value in call.query:
        if name in FILTERS:
            kind, at = FILTERS[name]
            keys = [key for key in keys if key[at] == value and (not kind or key[at - 1] == kind)]
    names = any(name == "include_names" and truth(value) for name, value in call.query)
    items = [_assignment(world, key, names) for key in keys]
    return page(world, call, "role_assignments", items)


def _effective(identity: Identity, keys: list[Key]) -> list[Key]:
    found: dict[Key, bool] = {}
    for holder, holder_id, target, target_id, role in keys:
        users = [holder_id]
        if holder == "group":
            users = [user for group, user in identity.members if group == holder_id]
        for user in users:
            for row in identity.with_implied([role]):
                found["user", user, target, target_id, row["id"]] = True
    return list(found)


def _assignment(world: World, key: Key, names: bool) -> Row:
    holder, holder_id, target, target_id, role = key
    path = f"/{target}s/{target_id}/{holder}s/{holder_id}/roles/{role}"
    identity = world.part(Identity)

    def named(row: Row | None, key: str, domain: bool = True) -> Row:
        if not names or row is None:
            return {"id": key}
        entry = {"id": key, "name": row["name"]}
        owner = identity.domains.get(row.get("domain_id") or "") if domain else None
        return {**entry, "domain": _brief(owner)} if owner else entry

    holders = HOLDERS[holder].table(identity)
    targets = TARGETS[target].table(identity)
    return {
        "links": {"assignment": url(world, path)},
        "scope": {target: named(targets.get(target_id), target_id, target == "project")},
        holder: named(holders.get(holder_id), holder_id),
        "role": named(identity.roles.get(role), role, domain=False),
    }


def _brief(row: Row) -> Row:
    return {"id": row["id"], "name": row["name"]}


ROUTES = (
    *routes(ROLE),
    *_grant_routes("user", "project"),
    *_grant_routes("group", "project"),
    *_grant_routes("user", "domain"),
    *_grant_routes("group", "domain"),
    Route("GET", "/v3/role_assignments", _assignments),
)

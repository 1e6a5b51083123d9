"""Keystone's users and groups.

It logs nobody in.
"""

from __future__ import annotations

from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, reply
from calor.sandbox.keystone.crud import Kind, find, routes, view
from calor.sandbox.keystone.projects import PROJECT
from calor.sandbox.keystone.rules import (
    forbidden,
    missing,
    page,
    require_admin,
    unauthenticated,
)
from calor.sandbox.keystone.state import DEFAULT_DOMAIN, Identity
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World


def _domain(world: World, call: Call, sent: dict[str, Any]) -> str:
    domain_id: str = sent.get("domain_id") or call.actor.domain_id or DEFAULT_DOMAIN
    if domain_id not in world.part(Identity).domains:
        raise missing("domain", domain_id)
    return domain_id


def _make_user(world: World, call: Call, sent: dict[str, Any]) -> Row:
    row = {key: value for key, value in sent.items() if key != "password"}
    return {
        **row,
        "id": "",
        "name": sent["name"],
        "domain_id": _domain(world, call, sent),
        "enabled": sent.get("enabled", True),
        "password_expires_at": None,
        "options": sent.get("options") or {},
        "_password": sent.get("password"),
    }


def forget_tokens(identity: Identity, user_id: str) -> None:
    """The tokens of a user are worth nothing from now on."""
    for key in [key for key, token in identity.tokens.items() if token.user_id == user_id]:
        del identity.tokens[key]


def _drop_user(world: World, row: Row) -> None:
    identity = world.part(Identity)
    for field in ("trustor_user_id", "trustee_user_id"):
        for trust in identity.trusts.where(field, row["id"]):
            identity.trusts.remove(trust)
    for credential in identity.credentials.where("user_id", row["id"]):
        identity.credentials.remove(credential)
    for key in [key for key in identity.assignments if key[:2] == ("user", row["id"])]:
        del identity.assignments[key]
    for member in [key for key in identity.members if key[1] == row["id"]]:
        del identity.members[member]
    forget_tokens(identity, row["id"])


def _duplicate(row: Row) -> str:
    return f"Duplicate entry found with name {row['name']} at domain ID {row['domain_id']}"


USER = Kind(
    "user",
    "users",
    lambda identity: identity.users,
    _make_user,
    _duplicate,
    filters=("name", "domain_id"),
    secret=("password",),
    readable=lambda call, key: key == call.actor.user_id,
    dropped=_drop_user,
)


def _make_group(world: World, call: Call, sent: dict[str, Any]) -> Row:
    return {
        "id": "",
        "name": sent["name"],
        "domain_id": _domain(world, call, sent),
        "description": sent.get("description") or "",
    }


def _drop_group(world: World, row: Row) -> None:
    identity = world.part(Identity)
    for key in [key for key in identity.assignments if key[:2] == ("group", row["id"])]:
        del identity.assignments[key]
    for member in [key for key in identity.members if key[0] == row["id"]]:
        del identity.members[member]


GROUP = Kind(
    "group",
    "groups",
    lambda identity: identity.groups,
    _make_group,
    _duplicate,
    filters=("name", "domain_id"),
    dropped=_drop_group,
)


def _change_password(world: World, call: Call) -> Response:
    row = find(world, USER, call.params["id"])
    sent = call.wrapped("user")
    if sent.get("original_password") != row["_password"]:
        raise unauthenticated()
    row["_password"] = sent.get("password")
    forget_tokens(world.part(Identity), row["id"])
    return reply(204)


def _user_projects(world: World, call: Call) -> Response:
    key = call.params["id"]
    if key != call.actor.user_id:
        require_admin(call, "list_user_projects")
    identity = world.part(Identity)
    rows = [row for row in identity.projects if identity.direct_roles(key, ("project", row["id"]))]
    return page(world, call, "projects", [view(world, PROJECT, row) for row in rows])


def _user_groups(world: World, call: Call) -> Response:
    key = call.params["id"]
    if key != call.actor.user_id:
        require_admin(call, "list_groups_for_user")
    identity = world.part(Identity)
    rows = [row for row in identity.groups if (row["id"], key) in identity.members]
    return page(world, call, "groups", [view(world, GROUP, row) for row in rows])


def _group_users(world: World, call: Call) -> Response:
    require_admin(call, "list_users_in_group")
    identity = world.part(Identity)
    group = find(world, GROUP, call.params["id"])
    rows = [row for row in identity.users if (group["id"], row["id"]) in identity.members]
    return page(world, call, "users", [view(world, USER, row) for row in rows])


def _member(world: World, call: Call) -> tuple[str, str]:
    if not call.actor.is_admin:
        raise forbidden("identity:add_user_to_group")
    group = find(world, GROUP, call.params["id"])
    return group["id"], find(world, USER, call.params["user"])["id"]


def _add_member(world: World, call: Call) -> Response:
    identity = world.part(Identity)
    identity.members[_member(world, call)] = True
    identity.changed()
    return reply(204)


def _check_member(world: World, call: Call) -> Response:
    member = _member(world, call)
    if member not in world.part(Identity).members:
        raise missing("user in group", member[1])
    return reply(204)


def _remove_member(world: World, call: Call) -> Response:
    identity = world.part(Identity)
    member = _member(world, call)
    if identity.members.pop(member, None) is None:
        raise missing("user in group", member[1])
    identity.changed()
    return reply(204)


ROUTES = (
    *routes(USER),
    *routes(GROUP),
    Route("POST", "/v3/users/{id}/password", _change_password, open=True),
    Route("GET", "/v3/users/{id}/projects", _user_projects),
    Route("GET", "/v3/users/{id}/groups", _user_groups),
    Route("GET", "/v3/groups/{id}/users", _group_users),
    Route("PUT", "/v3/groups/{id}/users/{user}", _add_member),
    Route("HEAD", "/v3/groups/{id}/users/{user}", _check_member),
    Route("DELETE", "/v3/groups/{id}/users/{user}", _remove_member),
)

"""Keystone's domains and projects.

It knows no tokens.
"""

from __future__ import annotations

from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.keystone.crud import Kind, find, routes
from calor.sandbox.keystone.rules import missing, require_admin
from calor.sandbox.keystone.state import DEFAULT_DOMAIN, Identity
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World


def _make_project(world: World, call: Call, sent: dict[str, Any]) -> Row:
    identity = world.part(Identity)
    domain_id = sent.get("domain_id") or call.actor.domain_id or DEFAULT_DOMAIN
    if domain_id not in identity.domains:
        raise missing("domain", domain_id)
    parent = sent.get("parent_id") or domain_id
    if parent not in identity.domains and parent not in identity.projects:
        raise missing("project", parent)
    return {
        **sent,
        "id": "",
        "name": sent["name"],
        "domain_id": domain_id,
        "description": sent.get("description") or "",
        "enabled": sent.get("enabled", True),
        "parent_id": parent,
        "is_domain": False,
        "tags": list(sent.get("tags") or []),
        "options": sent.get("options") or {},
    }


def _duplicate_project(row: Row) -> str:
    return (
        "it is not permitted to have two projects with either the same name or same id in the "
        f"same domain: name is {row['name']}, project id {row['id']}"
    )


def _drop_project(world: World, row: Row) -> None:
    identity = world.part(Identity)
    for child in identity.projects:
        if child["parent_id"] == row["id"]:
            raise Refusal(
                403,
                "You are not authorized to perform the requested action: cannot delete the project "
                f"{row['id']} since it is not a leaf in the hierarchy.",
            )
    for trust in identity.trusts:
        if trust["project_id"] == row["id"]:
            identity.trusts.remove(trust)
    for credential in identity.credentials:
        if credential["project_id"] == row["id"]:
            identity.credentials.remove(credential)
    for key in [key for key in identity.assignments if key[2:4] == ("project", row["id"])]:
        del identity.assignments[key]


PROJECT = Kind(
    "project",
    "projects",
    lambda identity: identity.projects,
    _make_project,
    _duplicate_project,
    filters=("name", "domain_id", "parent_id", "is_domain"),
    readable=lambda call, key: key == call.actor.project_id,
    dropped=_drop_project,
)


def _make_domain(world: World, call: Call, sent: dict[str, Any]) -> Row:
    return {
        "id": "",
        "name": sent["name"],
        "description": sent.get("description") or "",
        "enabled": sent.get("enabled", True),
        "tags": list(sent.get("tags") or []),
        "options": sent.get("options") or {},
    }


def _drop_domain(world: World, row: Row) -> None:
    identity = world.part(Identity)
    if row["enabled"]:
        raise Refusal(
            403,
            "You are not authorized to perform the requested action: Cannot delete a domain that "
            "is enabled, please disable it first.",
        )
    for table in (identity.projects, identity.users):
        for item in table.where("domain_id", row["id"]):
            table.remove(item)


DOMAIN = Kind(
    "domain",
    "domains",
    lambda identity: identity.domains,
    _make_domain,
    lambda row: f"Duplicate entry found with name {row['name']}",
    readable=lambda call, key: bool(call.actor.user_id),
    dropped=_drop_domain,
)


def _put_tags(world: World, call: Call) -> Response:
    require_admin(call, "update_project_tags")
    row = find(world, PROJECT, call.params["id"])
    row["tags"] = list(dict.fromkeys(str(tag) for tag in call.json().get("tags") or []))
    return reply(200, {"tags": row["tags"], "links": {"next": None, "previous": None}})


def _get_tags(world: World, call: Call) -> Response:
    row = find(world, PROJECT, call.params["id"])
    return reply(200, {"tags": row["tags"], "links": {"next": None, "previous": None}})


def _add_tag(world: World, call: Call) -> Response:
    require_admin(call, "create_project_tag")
    row = find(world, PROJECT, call.params["id"])
    row["tags"] = list(dict.fromkeys([*row["tags"], call.params["tag"]]))
    return reply(201)


def _remove_tag(world: World, call: Call) -> Response:
    require_admin(call, "delete_project_tag")
    row = find(world, PROJECT, call.params["id"])
    if call.params["tag"] not in row["tags"]:
        raise missing("project tag", call.params["tag"])
    row["tags"] = [tag for tag in row["tags"] if tag != call.params["tag"]]
    return reply(204)


ROUTES = (
    *routes(PROJECT),
    *routes(DOMAIN),
    Route("GET", "/v3/projects/{id}/tags", _get_tags),
    Route("PUT", "/v3/projects/{id}/tags", _put_tags),
    Route("PUT", "/v3/projects/{id}/tags/{tag}", _add_tag),
    Route("DELETE", "/v3/projects/{id}/tags/{tag}", _remove_tag),
)

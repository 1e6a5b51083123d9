"""Keystone as the sandbox serves it: its routes, version documents and initial contents.

Who is who at the start is written here and in `clouds`.
"""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.wire import Response
from calor.sandbox.call import Call, reply
from calor.sandbox.keystone import catalog, delegation, projects, roles, tokens, users
from calor.sandbox.keystone.rules import fault, url
from calor.sandbox.keystone.state import DEFAULT_DOMAIN, Identity
from calor.sandbox.router import Route
from calor.sandbox.service import Service, Thing
from calor.sandbox.table import Row
from calor.sandbox.world import REGION, World

PASSWORD = "sandbox"
IMMUTABLE = ("admin", "manager", "member", "reader", "service")
ROLES = (*IMMUTABLE, "heat_stack_owner", "heat_stack_user")
PROJECTS = ("admin", "service", "demo", "alt_demo")
USERS = (
    ("admin", "admin", ("admin",)),
    ("demo", "demo", ("member", "heat_stack_owner")),
    ("alt_demo", "alt_demo", ("member", "heat_stack_owner")),
    ("calor", "service", ("admin", "service")),
)
"""User, project, and the roles there; `admin` administers demo and alt_demo too."""


def _version(world: World) -> Row:
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": url(world, "/")}],
        "media-types": [
            {"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}
        ],
    }


def _versions(world: World, call: Call) -> Response:
    headers = {"Location": url(world, "/"), "Vary": "X-Auth-Token"}
    return reply(300, {"versions": {"values": [_version(world)]}}, headers)


def _one_version(world: World, call: Call) -> Response:
    return reply(200, {"version": _version(world)}, {"Vary": "X-Auth-Token"})


def _seed(world: World, now: float) -> None:
    identity = world.part(Identity)
    common: Row = {"tags": [], "options": {}}
    identity.domains.add(
        {
            "id": DEFAULT_DOMAIN,
            "name": "Default",
            "description": "The default domain",
            "enabled": True,
            **common,
        }
    )
    identity.regions.add({"id": REGION, "description": "", "parent_region_id": None})
    for name in ROLES:
        _add_role(world, name)
    for name in PROJECTS:
        identity.projects.add(
            {
                "id": world.hex_id(),
                "name": name,
                "domain_id": DEFAULT_DOMAIN,
                "description": "",
                "enabled": True,
                "parent_id": DEFAULT_DOMAIN,
                "is_domain": False,
                **common,
            }
        )
    for user, project, role_names in USERS:
        _add_user(world, user, project, role_names)
    grant(world, "admin", "demo", "admin")
    grant(world, "admin", "alt_demo", "admin")
    catalog.register(world, "keystone", "identity", "%(base_url)s/identity/v3")


def _add_role(world: World, name: str) -> None:
    options = {"immutable": True} if name in IMMUTABLE else {}
    row = {"id": world.hex_id(), "name": name, "domain_id": None, "description": None}
    world.part(Identity).roles.add({**row, "options": options})


def _add_user(world: World, name: str, project: str, role_names: tuple[str, ...]) -> None:
    world.part(Identity).users.add(
        {
            "id": world.hex_id(),
            "name": name,
            "domain_id": DEFAULT_DOMAIN,
            "enabled": True,
            "password_expires_at": None,
            "options": {},
            "_password": PASSWORD,
        }
    )
    for role in role_names:
        grant(world, name, project, role)


def project_id(world: World, name: str) -> str:
    """The id of one of the projects of the default domain."""
    identity = world.part(Identity)
    row = identity.named(identity.projects, name, DEFAULT_DOMAIN)
    return row["id"] if row else ""


def grant(world: World, user: str, project: str, role: str) -> None:
    """Give a user of the default domain a role on a project of it, all by name."""
    identity = world.part(Identity)
    holder = identity.named(identity.users, user, DEFAULT_DOMAIN)
    granted = identity.named(identity.roles, role, None)
    assert holder is not None
    assert granted is not None
    key = ("user", holder["id"], "project", project_id(world, project), granted["id"])
    identity.assignments[key] = True


def _things(world: World) -> Iterator[Thing]:
    identity = world.part(Identity)
    tables = {
        "domain": identity.domains,
        "project": identity.projects,
        "user": identity.users,
        "group": identity.groups,
        "role": identity.roles,
        "trust": identity.trusts,
        "application_credential": identity.credentials,
        "service": identity.services,
        "endpoint": identity.endpoints,
        "region": identity.regions,
    }
    for kind, table in tables.items():
        for row in table:
            name = row.get("name") or row.get("type") or ""
            yield Thing("keystone", kind, row["id"], name, row.get("project_id") or "")
    for key in identity.assignments:
        project = key[3] if key[2] == "project" else ""
        yield Thing("keystone", "role_assignment", "/".join(key), "", project)


KEYSTONE = Service(
    name="keystone",
    type="identity",
    prefix="/identity",
    endpoint="",
    routes=(
        Route("GET", "", _versions, open=True),
        Route("GET", "/", _versions, open=True),
        Route("GET", "/v3", _one_version, open=True),
        Route("GET", "/v3/", _one_version, open=True),
        *tokens.ROUTES,
        *delegation.ROUTES,
        *projects.ROUTES,
        *users.ROUTES,
        *roles.ROUTES,
        *catalog.ROUTES,
    ),
    fault=fault,
    things=_things,
    seed=_seed,
)

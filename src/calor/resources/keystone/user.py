"""OS::Keystone::User, with its groups and roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from calor.model.resource_type import Work
from calor.resources.keystone.base import USERS, KeystoneType
from calor.resources.pace import unless_missing
from calor.resources.rest import Thing, known_before
from calor.schema import (
    Attributes,
    Lookup,
    Problem,
    ProblemKind,
    Properties,
    Wire,
    attribute,
    prop,
    since,
)


class RoleAssignment(Properties):
    role: Annotated[str, Lookup("keystone.role")] = prop(
        required=True, doc="The role, by name or id."
    )
    project: Annotated[str | None, Lookup("keystone.project")] = prop(
        doc="Project in which the user has it, by name or id."
    )
    domain: Annotated[str | None, Lookup("keystone.domain")] = prop(
        doc="Domain in which the user has it, by name or id."
    )


class UserProperties(Properties):
    name: str | None = prop(update=True, doc="Name of the user.")
    default_project: Annotated[
        str | None, Lookup("keystone.project"), Wire("default_project_id", unset=None)
    ] = prop(update=True, doc="Project that tokens are for by default, by name or id.")
    email: Annotated[str | None, Wire("email", unset=None)] = prop(
        update=True, doc="Address for mail."
    )
    password: str | None = prop(update=True, sensitive=True, doc="Password.")
    enabled: bool = prop(True, update=True, doc="Whether the user can log in.")
    description: str = prop("", update=True, doc="Who or what the user is.")
    domain: Annotated[str, Lookup("keystone.domain"), Wire("domain_id")] = prop(
        "default", update=True, doc="Domain of the user, by name or id."
    )
    groups: Annotated[list[Annotated[str, Lookup("keystone.group")]] | None, Wire("")] = prop(
        update=True, doc="Groups to which the user belongs, by name or id."
    )
    roles: Annotated[list[RoleAssignment] | None, Wire("")] = prop(
        update=True, doc="Roles that the user has in projects and domains."
    )

    @classmethod
    def rule(cls, values: Mapping[str, Any]) -> list[Problem]:
        problems = []
        roles = values.get("roles")
        for at, item in enumerate(roles if isinstance(roles, list) else []):
            given = [key for key in ("project", "domain") if key in item]
            if len(given) != 1:
                message = "a role is for one 'project' or one 'domain'"
                problems.append(Problem(("roles", at), ProblemKind.CONFLICT, message))
        return problems


class UserAttributes(Attributes):
    name: str = attribute("Name of the user.", support=since("9.0.0"))
    default_project_id: str = attribute("Id of the default project.", support=since("9.0.0"))
    domain_id: str = attribute("Id of the domain.", support=since("9.0.0"))
    enabled: bool = attribute("Whether the user can log in.", support=since("9.0.0"))
    password_expires_at: str = attribute("When the password expires.", support=since("9.0.0"))


class User(KeystoneType):
    """A user of the cloud, with a password, groups and roles."""

    name = "OS::Keystone::User"
    Properties = UserProperties
    Attributes = UserAttributes
    support = since("2015.1")
    collection = USERS

    async def shape_update(self, body: dict[str, Any], work: Work, thing: Thing) -> None:
        # Nobody can read a password back, so it always seems to differ.
        before = known_before(work)
        if before is not None and before.get("password") == work.properties.get("password"):
            body.pop("password", None)

    async def finish(self, work: Work) -> None:
        for path in _grants(work, work.properties):
            await work.cloud.call("PUT", "identity", path)

    async def change(self, work: Work, thing: Thing) -> None:
        wanted = _grants(work, work.properties)
        before = known_before(work)
        had = _grants(work, before) if before is not None else await _present(work)
        for path in [path for path in had if path not in wanted]:
            await unless_missing(work.cloud.call("DELETE", "identity", path))


def _grants(work: Work, properties: Mapping[str, Any]) -> list[str]:
    """The paths at which the user's groups and roles are put and deleted."""
    paths = [f"/v3/groups/{group}/users/{work.id}" for group in properties.get("groups") or []]
    for item in properties.get("roles") or []:
        kind = "project" if "project" in item else "domain"
        paths.append(f"/v3/{kind}s/{item[kind]}/users/{work.id}/roles/{item['role']}")
    return paths


async def _present(work: Work) -> list[str]:
    """The same for the groups and roles that the user has now."""
    groups = await work.cloud.call("GET", "identity", f"/v3/users/{work.id}/groups")
    paths = [f"/v3/groups/{group['id']}/users/{work.id}" for group in groups.body["groups"]]
    answer = await work.cloud.call(
        "GET", "identity", "/v3/role_assignments", query={"user.id": work.id}
    )
    for item in answer.body["role_assignments"]:
        scope = item.get("scope", {})
        kind = "project" if "project" in scope else "domain"
        if kind in scope and "OS-INHERIT:inherited_to" not in scope:
            role = item["role"]["id"]
            paths.append(f"/v3/{kind}s/{scope[kind]['id']}/users/{work.id}/roles/{role}")
    return paths


TYPE = User()

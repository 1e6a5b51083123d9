"""OS::Keystone::Role."""

from __future__ import annotations

from typing import Annotated

from calor.resources.keystone.base import ROLES, KeystoneType
from calor.schema import Lookup, Properties, Wire, prop, since


class RoleProperties(Properties):
    name: str | None = prop(update=True, doc="Name of the role.")
    domain: Annotated[str | None, Lookup("keystone.domain"), Wire("domain_id")] = prop(
        doc="Domain in which the role counts, by name or id; everywhere when absent.",
        support=since("16.0.0"),
    )


class Role(KeystoneType):
    """A role: what somebody may do in a project."""

    name = "OS::Keystone::Role"
    Properties = RoleProperties
    support = since("2015.1")
    collection = ROLES


TYPE = Role()

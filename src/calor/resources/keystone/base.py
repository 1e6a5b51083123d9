"""What Keystone's types have in common: changes by PATCH, and no states."""

from __future__ import annotations

from typing import ClassVar

from calor.model.cloud import Collection
from calor.resources.identity import Identity, Mark, PhysicalName
from calor.resources.rest import RestType

PROJECTS = Collection("identity", "/v3/projects", "project", "projects")
USERS = Collection("identity", "/v3/users", "user", "users")
ROLES = Collection("identity", "/v3/roles", "role", "roles")

MARK = "orchestration_resource"
"""A field of ours, which Keystone keeps beside its own: it tells no times of creation."""


class KeystoneType(RestType):
    identity: ClassVar[Identity] = PhysicalName(Mark(MARK))
    status: ClassVar[str] = ""
    update_method: ClassVar[str] = "PATCH"

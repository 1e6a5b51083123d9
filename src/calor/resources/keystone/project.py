"""OS::Keystone::Project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from calor.base.values import Value
from calor.model.plan import Order
from calor.resources.keystone.base import PROJECTS, KeystoneType
from calor.schema import Attributes, Lookup, Properties, Wire, attribute, prop, since


class ProjectProperties(Properties):
    name: str | None = prop(update=True, doc="Name of the project.")
    domain: Annotated[str, Lookup("keystone.domain"), Wire("domain_id")] = prop(
        "default", update=True, doc="Domain of the project, by name or id."
    )
    description: str = prop("", update=True, doc="What the project is for.")
    enabled: bool = prop(True, update=True, doc="Whether the project can be used.")
    parent: Annotated[str | None, Lookup("keystone.project"), Wire("parent_id")] = prop(
        doc="Project above it, by name or id.", support=since("6.0.0")
    )
    tags: list[Any] = prop([], update=True, doc="Tags of the project.", support=since("10.0.0"))


class ProjectAttributes(Attributes):
    name: str = attribute("Name of the project.", support=since("10.0.0"))
    parent_id: str = attribute("Id of the project above it.", support=since("10.0.0"))
    domain_id: str = attribute("Id of the domain.", support=since("10.0.0"))
    enabled: bool = attribute("Whether the project can be used.", support=since("10.0.0"))
    is_domain: bool = attribute("Whether it is a domain as well.", support=since("10.0.0"))


class Project(KeystoneType):
    """A project: what owns things in the cloud."""

    name = "OS::Keystone::Project"
    Properties = ProjectProperties
    Attributes = ProjectAttributes
    support = since("2015.1")
    collection = PROJECTS

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        # A domain has a project's name once.
        name = before.get("name")
        return (
            Order.OLD_FIRST if name is not None and name == after.get("name") else Order.NEW_FIRST
        )


TYPE = Project()

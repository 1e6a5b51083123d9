"""OS::Heat::ResourceGroup: a number of equal resources, in a stack of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from calor.base.errors import ResourceFailed
from calor.base.values import Sensitive, Unknown, Value, reveal
from calor.model.nested import Child
from calor.model.resource import Resource
from calor.model.resource_type import Work
from calor.model.stack import Definition
from calor.resources.heat.members import GROUP, asks_all, of_all, told_members
from calor.resources.heat.nested import NestedType
from calor.schema import (
    AllowedValues,
    Attributes,
    Length,
    Properties,
    Range,
    attribute,
    prop,
    since,
)
from calor.template.marks import select

TEMPLATE_VERSION = "2021-04-16"
MOST = 20_000
"""Members that fit into one template."""


class RemovalPolicy(Properties):
    resource_list: list[Any] = prop(
        [], doc="Members to remove first: their names, or what get_resource gives for them."
    )


class ResourceDefinition(Properties):
    type: str = prop(required=True, doc="Type of the members.")
    properties: dict[str, Any] = prop(doc="Properties of the members.")
    metadata: dict[str, Any] = prop(doc="Metadata of the members.", support=since("5.0.0"))


class ResourceGroupProperties(Properties):
    count: Annotated[int, Range(min=0)] = prop(1, update=True, doc="How many members there are.")
    index_var: Annotated[str, Length(min=3)] = prop(
        "%index%",
        doc="What is replaced by a member's name in the strings of its properties.",
        support=since("2014.2"),
    )
    resource_def: ResourceDefinition = prop(required=True, update=True, doc="What each member is.")
    removal_policies: list[RemovalPolicy] = prop(
        [],
        update=True,
        doc="Which members go first when the group shrinks.",
        support=since("2015.1"),
    )
    removal_policies_mode: Annotated[str, AllowedValues("append", "update")] = prop(
        "append",
        update=True,
        doc="Whether the members named now are added to those removed before, or replace them.",
        support=since("10.0.0"),
    )


class ResourceGroupAttributes(Attributes):
    refs: list[Any] = attribute(doc="What get_resource gives for each member.")
    refs_map: dict[str, Any] = attribute(
        doc="The same by the member's name.", support=since("7.0.0")
    )
    attributes: dict[str, Any] = attribute(
        doc="An attribute of all members, by the member's name.", support=since("2014.2")
    )
    removed_rsrc_list: list[Any] = attribute(
        doc="Names that no member will have again.", support=since("7.0.0")
    )


class ResourceGroup(NestedType):
    """Any number of alike resources, each with its index where the definition says so."""

    # `data['removed']` of a row holds the names that are not used any more.

    name = "OS::Heat::ResourceGroup"
    Properties = ResourceGroupProperties
    Attributes = ResourceGroupAttributes
    support = since("2014.1")

    def inner(self, properties: Mapping[str, Value], outer: Definition) -> Definition | None:
        return self._group(properties, outer, removed=())

    def outer_path(self, path: Sequence[str | int]) -> tuple[str | int, ...]:
        """All members are said once: a member's part is that part of `resource_def`."""
        return ("resource_def", *path[2:])

    async def definition(self, work: Work) -> tuple[Definition, Mapping[str, Value]]:
        removed = await self._removed(work)
        group = self._group(work.resource.properties, work.stack.definition, removed)
        assert group is not None
        return group, {"removed": list(removed)}

    async def _removed(self, work: Work) -> tuple[str, ...]:
        """Names to skip: those removed before, and those named now that are members."""
        before = [str(name) for name in work.resource.data.get("removed", [])]
        references = await self._references(work)
        named: dict[str, None] = {}
        for policy in work.properties.get("removal_policies") or []:
            for entry in policy.get("resource_list") or []:
                if work.resource.physical_id is None or str(entry) in [*references, *before]:
                    named[str(entry)] = None
                    continue
                matching = [name for name, reference in references.items() if reference == entry]
                named.update(dict.fromkeys(matching))
        if work.properties.get("removal_policies_mode") == "update":
            return tuple(named)
        return tuple(dict.fromkeys([*before, *named]))

    async def _references(self, work: Work) -> dict[str, Value]:
        """What get_resource gives for each member. Those count too that were there when the group
        was last read: an update that was cut off may have removed them already."""
        if work.resource.physical_id is None:
            return {}
        told: Mapping[str, Any] = work.resource.attributes.get(GROUP) or {}
        references = {name: member["ref"] for name, member in told.items()}
        child = await work.nested.show(work.id)
        members = child.members if child is not None else {}
        return {**references, **{name: member.reference for name, member in members.items()}}

    def _group(
        self, properties: Mapping[str, Value], outer: Definition, removed: Sequence[str]
    ) -> Definition | None:
        count, definition = properties.get("count"), properties.get("resource_def")
        if not isinstance(count, int) or not isinstance(definition, dict):
            return None
        if isinstance(definition.get("type"), Unknown):
            return None
        if count > MOST:
            raise ResourceFailed(f"a group can have {MOST} members, not {count}: use several")
        parameters: dict[str, Value] = {}
        member = {
            key: _parametrised(value, parameters)
            for key, value in definition.items()
            if value is not None
        }
        index_var = str(properties.get("index_var") or "%index%")
        template = {
            "heat_template_version": TEMPLATE_VERSION,
            "parameters": {
                name: {"type": _parameter_type(value), "hidden": True}
                for name, value in parameters.items()
            },
            "resources": {
                name: {
                    key: _indexed(value, index_var, name) if key == "properties" else value
                    for key, value in member.items()
                }
                for name in _names(count, removed)
            },
        }
        return Definition(
            template=json.dumps(template),
            environments=outer.environments,
            files=outer.files,
            parameters=parameters,
        )

    def has_attribute(self, name: str) -> bool:
        return True

    def asks_inside(self, path: Sequence[Value]) -> tuple[str | None, Sequence[Value]] | None:
        if path[0] != "attributes" and path[0] in self.attributes:
            return None
        return asks_all(path)

    def told(self, child: Child) -> Mapping[str, Value]:
        return {GROUP: dict(sorted(told_members(child).items(), key=_number))}

    def attribute(self, resource: Resource, path: Sequence[Value]) -> Value:
        members: dict[str, Any] = dict(resource.attributes.get(GROUP) or {})
        if not path:
            return {
                "refs": [member["ref"] for member in members.values()],
                "refs_map": {name: member["ref"] for name, member in members.items()},
                "removed_rsrc_list": list(resource.data.get("removed", [])),
            }
        name, rest = str(path[0]), list(path[1:])
        if name == "refs":
            return select([member["ref"] for member in members.values()], rest)
        if name == "refs_map":
            return select({key: member["ref"] for key, member in members.items()}, rest)
        if name == "removed_rsrc_list":
            return select(list(resource.data.get("removed", [])), rest)
        return of_all(members, path)


def _names(count: int, removed: Sequence[str]) -> list[str]:
    """The first `count` numbers that are not removed."""
    skipped = dict.fromkeys(removed)
    names: list[str] = []
    index = 0
    while len(names) < count:
        if str(index) not in skipped:
            names.append(str(index))
        index += 1
    return names


def _number(item: tuple[str, Value]) -> tuple[int, str]:
    name = item[0]
    return (int(name), "") if name.isdigit() else (-1, name)


def _indexed(value: Value, index_var: str, name: str) -> Value:
    if isinstance(value, str):
        return value.replace(index_var, name)
    if isinstance(value, dict):
        return {key: _indexed(item, index_var, name) for key, item in value.items()}
    if isinstance(value, list):
        return [_indexed(item, index_var, name) for item in value]
    return value


def _parameter_type(value: Value) -> str:
    """The type of the parameter that takes such a value."""
    value = reveal(value)
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "json"


def _parametrised(value: Value, parameters: dict[str, Value]) -> Value:
    """A copy in which each secret, and what is not known yet, is a hidden parameter: the text of
    a template can hold neither."""
    if isinstance(value, Sensitive | Unknown):
        name = f"value_{len(parameters)}"
        parameters[name] = value
        return {"get_param": name}
    if isinstance(value, dict):
        return {key: _parametrised(item, parameters) for key, item in value.items()}
    if isinstance(value, list):
        return [_parametrised(item, parameters) for item in value]
    return value


TYPE = ResourceGroup()

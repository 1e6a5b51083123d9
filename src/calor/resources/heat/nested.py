"""What all types share that have a stack inside: its life through the `Nested` port.

Which definition the stack has, and what it tells, each type says itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from calor.base.errors import ResourceFailed
from calor.base.spelling import listed
from calor.base.values import Value
from calor.model.facade import facade_of
from calor.model.nested import Child
from calor.model.resource import Resource
from calor.model.resource_type import Made, Work
from calor.model.stack import Definition, Owner
from calor.resources.base import Type
from calor.template.marks import Misuse, select


def arn(owner: Owner, name: str, stack_id: str) -> str:
    """A stack's identifier, as Heat writes it."""
    return f"arn:openstack:heat::{owner.project_id}:stacks/{name}/{stack_id}"


class NestedType(Type, ABC):
    """A type that has a stack inside. Its physical id is the stack's."""

    calls_cloud = True
    finds_at_once = True
    converges = True

    @abstractmethod
    def inner(self, properties: Mapping[str, Value], outer: Definition) -> Definition | None:
        """See `ResourceType.inner`."""

    @abstractmethod
    def told(self, child: Child) -> Mapping[str, Value]:
        """The attributes to store, out of the stack as it is."""

    async def definition(self, work: Work) -> tuple[Definition, Mapping[str, Value]]:
        """The definition that the stack shall have now, and what to remember beside it."""
        inner = self.inner(work.resource.properties, work.stack.definition)
        if inner is None:
            raise ResourceFailed("what its stack shall be is not known")
        if self.reads_facade:
            inner = replace(inner, facade=facade_of(work.resource))
        return inner, {}

    def timeout(self, properties: Mapping[str, Value]) -> float | None:
        """How long an operation of the stack may take, in seconds; None leaves it to the parent."""
        return None

    def reference(self, resource: Resource) -> Value:
        return resource.data.get("arn", resource.physical_id)

    async def create(self, work: Work) -> Made:
        definition, data = await self.definition(work)
        stack_id = await work.nested.put(
            work.resource, definition, timeout=self.timeout(work.properties)
        )
        return self._made(work, stack_id, data)

    def _made(self, work: Work, stack_id: str, data: Mapping[str, Value]) -> Made:
        name = arn(work.stack.owner, work.resource.physical_name, stack_id)
        return Made(stack_id, {**data, "arn": name})

    async def find(self, work: Work) -> list[Made]:
        stack_id = await work.nested.of(work.resource)
        if stack_id is None:
            return []
        _, data = await self.definition(work)
        return [self._made(work, stack_id, data)]

    async def ready(self, work: Work) -> None:
        await work.nested.wait(work.id)

    async def read(self, work: Work) -> Mapping[str, Value]:
        return self.told(await self._child(work))

    async def check(self, work: Work) -> None:
        await work.nested.check(work.id)

    async def update(self, work: Work) -> Made | None:
        definition, data = await self.definition(work)
        stack_id = await work.nested.put(
            work.resource, definition, timeout=self.timeout(work.properties)
        )
        await work.nested.wait(stack_id)
        return self._made(work, stack_id, {**work.resource.data, **data})

    async def delete(self, work: Work) -> None:
        await work.nested.delete(work.id)

    async def gone(self, work: Work) -> None:
        await work.nested.gone(work.id)

    async def _child(self, work: Work) -> Child:
        child = await work.nested.show(work.id)
        if child is None:
            raise ResourceFailed("its stack is gone")
        return child


def outputs(child: Child) -> dict[str, Value]:
    """The values of a stack's outputs; one that failed is None."""
    return {output.name: output.value for output in child.stack.outputs}


OUTPUT = "Outputs."
"""`Outputs.NAME` asks for an output, as CloudFormation does."""


def of_output(told: Mapping[str, Any], name: str, path: Sequence[Value]) -> Value:
    """The output of `Outputs.NAME`, or what is at a path in it. Raises Misuse for one that is not
    there."""
    output = name.removeprefix(OUTPUT)
    if output not in told:
        raise Misuse(f"finds no output {output!r} of the stack inside", _hint(told))
    return select(told[output], path)


MEMBER = "resource."
"""`resource.NAME` asks for a resource inside, `resource.NAME.ATTRIBUTE` for an attribute of it."""


INSIDE = "OS::resources"
"""Of a template: beside its outputs, what `resource.NAME` asks for; no output has this name."""
GROUP = "members"
"""The same of a group, which answers for all its members."""


def told_members(child: Child) -> dict[str, Value]:
    """What `of_member` needs to know of each resource inside, and of all that is inside that."""
    return {
        name: {
            "ref": member.reference,
            "attributes": dict(member.attributes or {}),
            **(_inside(member.resource.attributes) if member.has_inside else {}),
        }
        for name, member in child.members.items()
    }


def _inside(attributes: Mapping[str, Value]) -> Mapping[str, Value]:
    for key in (INSIDE, GROUP):
        if key in attributes:
            return {key: attributes[key]}
    return {}


def of_member(told: Mapping[str, Any], name: str, path: Sequence[Value]) -> Value:
    """`resource.0`, `resource.0.attribute` or `[resource.0, attribute, ...]`. Raises Misuse for a
    resource or an attribute that is not there."""
    member_name, _, attribute_name = name.removeprefix(MEMBER).partition(".")
    member = told.get(member_name)
    if member is None:
        raise Misuse(f"finds no resource {member_name!r} inside", _hint(told))
    rest = [attribute_name, *path] if attribute_name else list(path)
    return _attribute(member, rest) if rest else member["ref"]


def of_all(told: Mapping[str, Any], path: Sequence[Value]) -> Value:
    """An attribute of all members of a group: `[attributes, NAME, ...]` gives a map, `[NAME, ...]`
    a list, and `resource.0` leads to one. Raises Misuse when there are members, and none has it."""
    name, rest = str(path[0]), path[1:]
    if name.startswith(MEMBER):
        return of_member(told, name, rest)
    if name != "attributes":
        return _attributes(told, path)
    if not rest:
        raise Misuse("needs the name of an attribute after 'attributes'")
    return dict(zip(told, _attributes(told, rest), strict=True))


def _attributes(told: Mapping[str, Any], path: Sequence[Value]) -> list[Value]:
    """None for a member that lacks what others have."""
    found: list[Value] = []
    problems: list[Misuse] = []
    for member in told.values():
        try:
            found.append(_attribute(member, path))
        except Misuse as problem:
            problems.append(problem)
            found.append(None)
    if problems and len(problems) == len(found):
        raise problems[0]
    return found


def _attribute(member: Mapping[str, Any], path: Sequence[Value]) -> Value:
    name, known = str(path[0]), member["attributes"]
    if INSIDE in member and name.startswith(MEMBER) and name not in known:
        return of_member(member[INSIDE], name, path[1:])
    if INSIDE in member and name.startswith(OUTPUT) and name not in known:
        return of_output(known, name, path[1:])
    if GROUP in member and (name == "attributes" or name not in known):
        return of_all(member[GROUP], path)
    if name not in known:
        raise Misuse(f"finds no attribute {name!r} inside")
    return select(known, path)


def asks_member(path: Sequence[Value]) -> tuple[str, Sequence[Value]] | None:
    """The member and the path there of a path as `of_member` understands it; None for another."""
    name = str(path[0])
    if not name.startswith(MEMBER):
        return None
    member, _, attribute = name.removeprefix(MEMBER).partition(".")
    return member, [attribute, *path[1:]] if attribute else path[1:]


def _hint(told: Mapping[str, Any]) -> str:
    return listed(told) if told else "there is none"

"""The port through which a resource type has stacks inside its stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from calor.base.values import Value
from calor.model.resource import Resource
from calor.model.stack import Definition, Stack


@dataclass(frozen=True, slots=True)
class Member:
    """A resource of a nested stack as get_resource and get_attr see it. `attributes` have None for
    what is not known; `live` ones are read when somebody asks; what has a stack inside may be
    asked for more."""

    resource: Resource
    reference: Value
    attributes: Mapping[str, Value]
    live: Sequence[str] = ()
    has_inside: bool = False


@dataclass(frozen=True, slots=True)
class Child:
    """A nested stack as its parent sees it; `members` are its current resources by name."""

    stack: Stack
    members: Mapping[str, Member] = field(default_factory=dict)


class Nested(Protocol):
    """Stacks that belong to one resource row. Each call may be repeated: it is then a no-op."""

    async def put(
        self, resource: Resource, definition: Definition, *, timeout: float | None = None
    ) -> str:
        """Creates the row's stack, named like the row's physical name, or updates it when its
        definition differs or its last operation did not complete; returns its id. `timeout` in
        seconds shortens what is left of the parent's time."""
        ...

    async def wait(self, stack_id: str) -> None:
        """Waits for the last operation. Raises `ResourceFailed` with the child's reason."""
        ...

    async def show(self, stack_id: str) -> Child | None:
        """The stack as it is, with its members; None when it is gone."""
        ...

    async def of(self, resource: Resource) -> str | None:
        """The id of the row's stack, if it has one."""
        ...

    async def check(self, stack_id: str) -> None:
        """Checks the stack's resources; waits; raises `ResourceFailed`."""
        ...

    async def delete(self, stack_id: str) -> None: ...

    async def gone(self, stack_id: str) -> None:
        """Waits until it is deleted. Raises `ResourceFailed` when its deletion failed."""
        ...

"""The port through which a resource type has stacks inside its stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from calor.model.resource import Resource
from calor.model.stack import Definition, Stack


@dataclass(frozen=True, slots=True)
class Child:
    """A nested stack as its parent sees it."""

    stack: Stack
    resources: Mapping[str, Resource] = field(default_factory=dict)


class Nested(Protocol):
    """Stacks that belong to one resource row. Each call may be repeated: it is then a no-op."""

    async def put(self, resource: Resource, name: str, definition: Definition) -> str:
        """Creates the row's stack, or updates it when its definition differs or its last
        operation did not complete; returns its id."""
        ...

    async def wait(self, stack_id: str) -> Child:
        """Waits for the last operation. Raises `ResourceFailed` with the child's reason."""
        ...

    async def show(self, stack_id: str) -> Child | None:
        """The stack as it is, with its resources; None when it is gone."""
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

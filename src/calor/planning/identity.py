"""Which stack a definition is for. It knows nothing of what the definition says."""

from __future__ import annotations

from dataclasses import dataclass, replace

from calor.base.values import Value
from calor.model.stack import Stack
from calor.planning.pseudo import pseudo_parameters


@dataclass(frozen=True, slots=True)
class Identity:
    """Which stack a definition is for: what pseudo parameters say. `path` is the chain of
    resource names that leads to a nested stack from its root, () for a root."""

    stack_id: str | None
    stack_name: str
    project_id: str
    region: str = ""
    path: tuple[str, ...] = ()

    @property
    def depth(self) -> int:
        return len(self.path)

    @property
    def pseudo(self) -> dict[str, Value]:
        return pseudo_parameters(
            stack_id=self.stack_id,
            stack_name=self.stack_name,
            project_id=self.project_id,
            region=self.region,
        )


def anybody(identity: Identity) -> Identity:
    """All stacks of the project."""
    return replace(identity, stack_id=None, stack_name="")


def identity_of(stack: Stack, region: str) -> Identity:
    """The identity of a stack that has a row."""
    return Identity(stack.id, stack.name, stack.owner.project_id, region, stack.path)

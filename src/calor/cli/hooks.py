"""What waits at hooks, as the commands about them see it: names with slashes, and wildcards.

Pure: it asks nobody, and clears nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from calor.client import ResourceInfo


@dataclass(frozen=True, slots=True)
class Waiting:
    """A resource that waits. `path` are the names that lead to it from the stack that was asked
    for; `stack` is the ref of the one that it is in."""

    path: tuple[str, ...]
    hook: str
    stack: str
    type: str

    @property
    def name(self) -> str:
        return "/".join(self.path)


def waiting_of(ref: str, resources: Sequence[ResourceInfo]) -> list[Waiting]:
    """What waits in a stack and in those nested in it, out of all their resources."""
    above: dict[str, tuple[str, ...]] = {ref: ()}
    found = []
    for resource in resources:  # a stack's come before those of the stacks inside it
        path = (*above.get(resource.stack, ()), resource.name)
        if resource.nested:
            above[resource.nested] = path
        if resource.hook:
            found.append(Waiting(path, resource.hook, resource.stack, resource.type))
    return found


def matches(one: Waiting, pattern: str) -> bool:
    """Whether a pattern means it: `net`, `group/0`, `*/web_*`."""
    parts = [part for part in pattern.split("/") if part]
    return len(parts) == len(one.path) and all(map(fnmatchcase, one.path, parts))

"""Values that a stack shows to the others of its project, each under a name of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from calor.base.values import Value


@dataclass(frozen=True, slots=True)
class Export:
    """A value under a name. `value` may hold `Sensitive`.

    It is `ready` when others may import it. It is not while the operation that makes it, or takes
    it away, is under way, nor when a failed one left something else than it says; the name is taken
    all the same, and who imports it already goes on to.
    """

    name: str
    value: Value
    ready: bool
    stack_id: str
    root_id: str
    stack_name: str


@dataclass(frozen=True, slots=True)
class Import:
    """A stack that holds on to an export."""

    name: str
    stack_id: str
    root_id: str
    stack_name: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """The names that an operation will export and those that it imports. It is made before
    anything of the operation is: from then on nobody else has the former, and the latter stay."""

    project_id: str
    root_id: str
    exports: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.exports and not self.imports


@dataclass(frozen=True, slots=True)
class Shared:
    """What a stack exports, and the names that it imports, at the end of an operation; after one
    that failed, only those exports that have a value."""

    exports: Mapping[str, Value]
    imports: tuple[str, ...] = ()


def importable(
    exports: Sequence[Export], imports: Sequence[Import], root_id: str | None
) -> dict[str, Value]:
    """What a root, and the stacks inside it, may import out of some exports: what is ready, and
    what they import already."""
    held = [one.name for one in imports if one.root_id == root_id]
    return {one.name: one.value for one in exports if one.ready or one.name in held}


class ExportReads(Protocol):
    """Questions to the store about what stacks share: a part of the port `Reads`."""

    async def exports(self, project_id: str, names: Sequence[str] | None = None) -> list[Export]:
        """What the stacks of a project export, by name; all, or those of some names."""
        ...

    async def imports(self, project_id: str, names: Sequence[str]) -> list[Import]:
        """Who imports some names, by name and by the stack's name."""
        ...

"""Questions about what the stacks of a project export, and who imports it.

An export that was asked for by its name is revealed, as an output is (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calor.base.values import reveal
from calor.model.exports import Export, Import
from calor.service.errors import EntityNotFound
from calor.service.ports import Ports
from calor.service.read import shown


class Exports:
    """What callers ask about exports."""

    def __init__(self, ports: Ports) -> None:
        self._reads = ports.reads

    async def all(self, project: str) -> list[Export]:
        """Those that can be imported, by name; sensitive parts hidden."""
        found = await self._reads.exports(project)
        return [replace(one, value=shown(one.value)) for one in found if one.ready]

    async def one(self, project: str, name: str) -> tuple[Export, Sequence[Import]]:
        """One export, revealed, and who imports it. Raises `EntityNotFound`."""
        for export in await self._reads.exports(project, [name]):
            if not export.ready:
                raise EntityNotFound(
                    f"Nobody can import {name!r} now: it belongs to the stack"
                    f" {export.stack_name!r}, which is being changed, or whose last change failed.",
                    f"look at the state of {export.stack_name!r}",
                )
            importers = await self._reads.imports(project, [name])
            return replace(export, value=reveal(export.value)), importers
        raise EntityNotFound(
            f"No stack of this project exports {name!r}.", "look at the list of exports"
        )

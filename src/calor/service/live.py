"""Attributes of a resource that are read anew, because somebody asks for them by name.

The cloud is asked with the caller's own token. The row tells the others as they were when the
resource was last settled. What has a stack inside has nothing in the cloud to be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from calor.base.errors import ResourceFailed
from calor.base.values import Value, reveal
from calor.model.echoes import without_echoes
from calor.model.ports import Caller
from calor.model.resource import Resource
from calor.model.resource_type import Work
from calor.model.stack import Stack
from calor.planning.decide import pinned
from calor.schema import SHOW
from calor.service.ports import Ports


async def live_attributes(
    ports: Ports, caller: Caller, stack: Stack, row: Resource, names: Sequence[str]
) -> Mapping[str, Value]:
    """Those of the named attributes that the cloud tells; None for one of a thing that is gone.
    Secrets among them are `Sensitive`. Raises CloudError."""
    type = ports.types.get(row.type)
    if type is None or not type.calls_cloud or row.physical_id is None:
        return {}
    asked = [name for name in names if name in type.attributes or name == SHOW.name]
    if not asked:
        return {}
    work = Work(
        resource=row,
        properties=reveal(pinned(row)),
        stack=stack,
        cloud=ports.clouds.for_caller(caller),
        nested=_NothingInside(),
        clock=ports.clock,
        ids=ports.ids,
        known=ports.reads.known,
    )
    found: dict[str, Value] = {}
    for name in asked:
        try:
            found[name] = await type.live(work, name)
        except ResourceFailed:
            found[name] = None
    return without_echoes(row.properties, found)


class _NothingInside:
    """The stacks inside of a resource that has none."""

    async def _none(self, *_: Any, **__: Any) -> NoReturn:
        raise ResourceFailed("it has no stack inside")

    put = wait = show = of = check = delete = gone = _none

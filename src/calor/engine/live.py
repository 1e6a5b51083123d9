"""Reading what templates ask for that no row tells: live attributes, also of what is in stacks
inside, and the zones of the cloud.

It evaluates nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from calor.base.errors import CalorError
from calor.base.values import Value
from calor.engine.context import Context
from calor.engine.zones import zones
from calor.model.echoes import without_echoes
from calor.model.resource import Resource
from calor.model.resource_type import LivePart, ResourceType, Work
from calor.planning.evaluate import ZONES, Asked

Answer = Value | CalorError


class Live:
    """Of one stack; `type_of` gives the types of its rows."""

    def __init__(
        self, context: Context, *, type_of: Callable[[Resource], ResourceType | None]
    ) -> None:
        self._context = context
        self._type_of = type_of

    async def read(self, asked: Sequence[Asked]) -> dict[Asked, Answer]:
        """What each is now, or why that is not known. Slots are free meanwhile."""
        return await self._context.wait(self._read(asked)) if asked else {}

    async def _read(self, asked: Sequence[Asked]) -> dict[Asked, Answer]:
        found: dict[Asked, Answer] = {}
        by_name: dict[str, list[LivePart]] = {}
        for item in asked:
            if item == ZONES:
                found[item] = await _said(zones(self._context.cloud))
            else:
                by_name.setdefault(item[0], []).append(item[1])
        rows = [self._context.ledger.current[name] for name in by_name]
        answers = await asyncio.gather(
            *(
                self._of(self._type_of(row), self._context.work(row), parts)
                for row, parts in zip(rows, by_name.values(), strict=True)
            )
        )
        for name, answer in zip(by_name, answers, strict=True):
            found.update(((name, part), value) for part, value in answer.items())
        return found

    async def _of(
        self, type: ResourceType | None, work: Work, parts: Sequence[LivePart]
    ) -> dict[LivePart, Answer]:
        """What a resource says of itself, and what those inside do."""
        found: dict[LivePart, Answer] = {}
        inside: dict[str, list[LivePart]] = {}
        for name, *rest in parts:
            if rest:
                inside.setdefault(name, []).append(tuple(rest))
            else:
                found[(name,)] = None if type is None else await _said(_live(type, work, name))
        for name, answer in (await self._inside(work, inside)).items():
            found.update(((name, *part), value) for part, value in answer.items())
        return found

    async def _inside(
        self, work: Work, wanted: dict[str, list[LivePart]]
    ) -> dict[str, dict[LivePart, Answer]]:
        child = await self._context.nested.inside(work.resource) if wanted else None
        if child is None:
            return {name: dict.fromkeys(parts) for name, parts in wanted.items()}

        async def one(name: str, parts: list[LivePart]) -> dict[LivePart, Answer]:
            if name not in child.resources:
                return dict.fromkeys(parts)
            type, row = child.resources[name]
            inner = replace(self._context.work(row), stack=child.stack)
            self._context.settled(row)
            return await self._of(type, inner, parts)

        answers = await asyncio.gather(*(one(name, parts) for name, parts in wanted.items()))
        return dict(zip(wanted, answers, strict=True))


async def _live(type: ResourceType, work: Work, name: str) -> Value:
    told = {name: await type.live(work, name)}
    return without_echoes(work.resource.properties, told)[name]


async def _said(answer: Awaitable[Value]) -> Answer:
    try:
        return await answer
    except CalorError as error:
        return error

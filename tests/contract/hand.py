"""Carries out one resource as an engine would, with its row in memory and no order of things.

The rules are those of the engine's steps: the intent before the call, a lost call looked for, each
step again after a crash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from calor.base.errors import HttpFault, LostAnswer
from calor.base.ids import new_suffix, physical_name
from calor.base.values import Value, reveal
from calor.model.cloud import Cloud
from calor.model.resource import Resource
from calor.model.resource_type import Made, ResourceType, Work
from calor.model.stack import Definition, Owner, Stack
from calor.model.states import Action, Status
from calor.planning.decide import pin
from contract.saboteur import Sabotage, Saboteur
from contract.stage import Stage

T = TypeVar("T")

TRIES = 4


class Nest:
    """No type of this suite has a stack inside."""


class Company:
    """The rows of one test, and the connection that they share until it is cut."""

    def __init__(self, stage: Stage, *, admin: bool) -> None:
        self.stage = stage
        self._admin = admin
        self.hands: list[Hand] = []
        self.timeout = 60.0
        """Seconds that a stack of theirs may take."""
        self.cloud: Cloud
        self.saboteur: Saboteur

    async def connect(self) -> None:
        self.cloud, self.saboteur = await self.stage.connect(admin=self._admin)

    async def known(self, physical_ids: Sequence[str]) -> list[str]:
        held = [hand.row.physical_id for hand in self.hands]
        return [id for id in physical_ids if id in held]

    def hand(
        self, type: ResourceType, properties: Mapping[str, Value], name: str = "thing"
    ) -> Hand:
        hand = Hand(self, type, properties, name)
        self.hands.append(hand)
        return hand

    async def suffer(
        self, plan: Sabotage | None, step: Callable[[], Coroutine[Any, Any, None]]
    ) -> bool:
        """Carries a step out under sabotage; after a crash reconnects and says True."""
        self.saboteur.arm(plan)
        task = asyncio.ensure_future(step())
        crash = asyncio.ensure_future(self.saboteur.crashed.wait())
        await asyncio.wait([task, crash], return_when=asyncio.FIRST_COMPLETED)
        calls = self.saboteur.calls
        crash.cancel()
        if task.done():
            task.result()
            self.saboteur.arm(None)
            self.saboteur.calls = calls
            return False
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await self.connect()
        self.saboteur.calls = calls
        return True

    async def clear(self) -> None:
        """Deletes all, the newest first."""
        for hand in reversed(self.hands):
            if hand.row.physical_id is not None:
                await hand.delete()


class Hand:
    """One resource."""

    def __init__(
        self, company: Company, type: ResourceType, properties: Mapping[str, Value], name: str
    ) -> None:
        self._company = company
        self.type = type
        stage = company.stage
        now = stage.clock.now()
        self.row = Resource(
            id=stage.ids.uuid(),
            stack_id="stack",
            name=name,
            incarnation=1,
            type=type.name,
            declared_type=type.name,
            physical_name=physical_name("contract", name, new_suffix(stage.ids)),
            action=Action.CREATE,
            status=Status.IN_PROGRESS,
            properties=self.normal(properties),
            created_at=now,
        )
        self._before: Mapping[str, Any] | None = None

    def normal(self, properties: Mapping[str, Value]) -> dict[str, Value]:
        problems = self.type.schema.check(properties)
        assert problems == [], problems
        return self.type.schema.normalise(properties)

    @property
    def id(self) -> str:
        assert self.row.physical_id is not None
        return self.row.physical_id

    def work(self) -> Work:
        company = self._company
        cloud = company.cloud
        stack = Stack(
            id="stack",
            name="contract",
            owner=Owner(cloud.project_id, cloud.user_id),
            generation=1,
            action=Action.CREATE,
            status=Status.IN_PROGRESS,
            reason="",
            definition=Definition(""),
            timeout=company.timeout,
        )
        return Work(
            resource=self.row,
            properties=self._sendable(),
            stack=stack,
            cloud=cloud,
            nested=Nest(),  # type: ignore[arg-type]  # nothing asks it
            clock=company.stage.clock,
            ids=company.stage.ids,
            known=company.known,
            before=self._before,
        )

    def _sendable(self) -> dict[str, Any]:
        return {
            name: pin(reveal(value), self.row.pinned, name)
            for name, value in self.row.properties.items()
        }

    async def _pin(self) -> None:
        pins = {}
        for path, kind, value in self.type.schema.lookups(self.row.properties):
            found = await self._company.cloud.find(kind, reveal(value))
            pins[".".join(map(str, path))] = found
        self.row = replace(self.row, pinned=pins)

    # --- steps ------------------------------------------------------------------------------------

    async def create(self) -> None:
        """From nothing, or from wherever a crash left it, to a thing that was read back."""
        if self.row.physical_id is None and self.row.calling:
            await self._look()
        if self.row.physical_id is None:
            await self._pin()
            intent = self._company.stage.clock.now()
            self.row = replace(self.row, intent_at=intent)
            if self.type.surveys:
                self.row = replace(self.row, data=await self.type.survey(self.work()))
            self.row = replace(self.row, calling=True)
            await self._make()
        await self._settle()

    async def _make(self) -> None:
        for attempt in range(TRIES):
            try:
                self._made(await self.type.create(self.work()))
                return
            except (LostAnswer, HttpFault) as error:
                lost = isinstance(error, LostAnswer) or error.status >= 500
                if not lost or attempt == TRIES - 1:
                    raise
            await self._company.stage.clock.sleep(1.0)
            if await self._look():
                return

    async def _look(self) -> bool:
        found = await self.type.find(self.work())
        assert len(found) <= 1, found
        for made in found:
            self._made(made)
        return bool(found)

    def _made(self, made: Made) -> None:
        data = self.row.data if made.data is None else made.data
        self.row = replace(self.row, physical_id=made.physical_id, data=data)

    async def _settle(self) -> None:
        await self._repeated(lambda: self.type.ready(self.work()))
        attributes = await self.type.read(self.work())
        self.row = replace(
            self.row,
            attributes=attributes,
            settled=True,
            calling=False,
            status=Status.COMPLETE,
        )

    async def update(self, properties: Mapping[str, Value]) -> None:
        """To other properties; asked for the second time it knows no more what there was before."""
        self._before = self._sendable()
        self.row = replace(
            self.row,
            properties=self.normal(properties),
            action=Action.UPDATE,
            status=Status.IN_PROGRESS,
        )
        await self._pin()
        made = await self._repeated(lambda: self.type.update(self.work()))
        if made is not None:
            self._made(made)
        await self._settle()
        self._before = None

    async def _repeated(self, step: Callable[[], Awaitable[T]]) -> T:
        for _ in range(TRIES - 1):
            try:
                return await step()
            except (LostAnswer, HttpFault) as error:
                if isinstance(error, HttpFault) and error.status < 500:
                    raise
            await self._company.stage.clock.sleep(1.0)
        return await step()

    async def delete(self) -> None:
        await self.type.delete(self.work())
        await self.type.gone(self.work())

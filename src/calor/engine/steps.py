"""What is done for one resource: each step may be cut anywhere and run again.

The row says truthfully how far it came; what must survive is committed before the call that needs
it to survive. Nothing here knows the order of things.
"""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
)
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import structlog

from calor.base.errors import (
    CalorError,
    HttpFault,
    LeaseLost,
    LostAnswer,
    ResourceFailed,
    StoreFailed,
)
from calor.base.ids import new_suffix, physical_name
from calor.base.values import Value
from calor.engine.context import Context, pinned
from calor.engine.making import Making
from calor.engine.stop import Stopped
from calor.engine.zones import zones
from calor.model.plan import Decision, Order, Verb
from calor.model.resource import Resource
from calor.model.resource_type import ResourceType
from calor.model.states import Action, DeletionPolicy, Status
from calor.planning.composition import Part
from calor.planning.decide import decide, never_made
from calor.planning.evaluate import ZONES, Wanted

log = structlog.get_logger(__name__)

T = TypeVar("T")

STEP_ATTEMPTS = 4
NOT_ITS_FAULT = (Stopped, LeaseLost, StoreFailed)
"""What ends a step without telling anything about its resource."""


class Steps:
    """The steps of one run over one ledger."""

    def __init__(
        self,
        context: Context,
        making: Making,
        *,
        type_of: Callable[[Resource], ResourceType | None],
    ) -> None:
        self._ledger = context.ledger
        self._cloud = context.cloud
        self._nested = context.nested
        self._stop = context.stop
        self._clock = context.clock
        self._ids = context.ids
        self._work = context.work
        self._wait = context.wait
        self._pins_of = context.pins
        self._making = making
        self._type_of = type_of

    # --- towards what is wanted ---

    async def do(
        self, part: Part, evaluate: Callable[[], Awaitable[Wanted]], *, old_first: bool = False
    ) -> None:
        """Brings a name to what is wanted; `old_first`: nobody cleans up behind a replacement.
        Raises ResourceFailed after its row says FAILED."""
        name = part.definition.name
        try:
            wanted = await evaluate()
            row = self._ledger.current.get(name)
            if row is not None and row.calling and row.physical_id is None:
                row = await self._making.recovered(row, part.type)
            pins = await self._pins_of(wanted, row)
        except NOT_ITS_FAULT:
            raise
        except CalorError as error:
            raise self._refused(part, str(error)) from error
        decision = decide(
            wanted.type,
            row,
            wanted.properties,
            pins,
            context=wanted.context,
            external_id=wanted.external_id,
            restricted=wanted.restricted,
        )
        if decision.verb is Verb.REFUSE:
            assert row is not None
            raise self._restricted(row, decision.reason)
        if decision.verb is Verb.KEEP:
            assert row is not None
            self._keep(row, wanted)
        elif decision.verb is Verb.UPDATE:
            assert row is not None
            await self._update(row, wanted, pins)
        else:
            if decision.verb is Verb.REPLACE and (old_first or decision.order is Order.OLD_FIRST):
                assert row is not None
                await self.remove(row)
                row = None
            await self._create(row, wanted, pins)

    async def replaces(self, part: Part, evaluate: Callable[[], Awaitable[Wanted]]) -> bool:
        """Whether `do` would replace the thing that is there; not if it would fail before."""
        try:
            wanted = await evaluate()
            row = self._ledger.current.get(part.definition.name)
            decision = _decided(row, wanted, await self._pins_of(wanted, row))
        except NOT_ITS_FAULT:
            raise
        except CalorError:
            return False
        return decision.verb is Verb.REPLACE

    def _refused(self, part: Part, reason: str) -> ResourceFailed:
        """Nothing could even be begun; people still see which resource it was, and why."""
        row = self._ledger.current.get(part.definition.name)
        if row is None:
            row = self._row(part, {}, {}, previous=None)
        elif row.settled:
            row = replace(row, action=Action.UPDATE)
        return self._failed(row, reason)

    def _restricted(self, row: Resource, reason: str) -> ResourceFailed:
        """Nothing is done, and the row stays as it is: only an event tells that it was refused."""
        told = replace(row, action=Action.UPDATE, status=Status.FAILED, reason=reason)
        self._ledger.put(events=(self._ledger.told(told),))
        return ResourceFailed(f"resources.{row.name}: {reason}")

    def _needs(self, wanted: Wanted) -> tuple[str, ...]:
        current = self._ledger.current
        return tuple(current[name].id for name in wanted.needs if name in current)

    def _keep(self, row: Resource, wanted: Wanted) -> None:
        kept = replace(
            row,
            needs=self._needs(wanted),
            metadata=wanted.metadata,
            deletion_policy=wanted.deletion_policy,
            declared_type=wanted.declared_type,
            external=wanted.external_id is not None,
        )
        if kept != row:
            self._ledger.put(kept)

    # --- create ---

    async def _create(self, row: Resource | None, wanted: Wanted, pins: Mapping[str, str]) -> None:
        fresh = self._fresh(row, wanted, pins)
        if fresh.calling and wanted.type.surveys:
            fresh = await self._surveyed(fresh, wanted.type)
        retired = () if row is None or fresh.id == row.id else (replace(row, retired=True),)
        committed = self._ledger.put(*retired, fresh, events=(self._ledger.told(fresh),))
        if fresh.calling:
            await committed
        if self._stop.drops_waits:
            self._ledger.change(fresh, calling=False)
            raise Stopped
        async with self._failing(fresh):
            if fresh.physical_id is None:
                await self._making.make(fresh, wanted.type)
            await self._settle(fresh, wanted, Action.CREATE)

    def _fresh(self, row: Resource | None, wanted: Wanted, pins: Mapping[str, str]) -> Resource:
        """The row of a new thing: the old row where its thing was never made, else another."""
        external = wanted.external_id is not None
        return self._row(
            wanted,
            wanted.properties,
            pins,
            previous=row,
            physical_id=wanted.external_id,
            metadata=wanted.metadata,
            needs=self._needs(wanted),
            deletion_policy=wanted.deletion_policy,
            calling=wanted.type.calls_cloud and not external,
            external=external,
            context=wanted.context,
        )

    def _row(
        self,
        what: Part | Wanted,
        properties: Mapping[str, Value],
        pins: Mapping[str, str],
        *,
        previous: Resource | None,
        **more: Any,
    ) -> Resource:
        now = self._clock.now()
        stack = self._ledger.stack
        reused = previous if previous is not None and never_made(previous) else None
        incarnation = 1 if previous is None else previous.incarnation + (reused is None)
        return Resource(
            id=self._ids.uuid() if reused is None else reused.id,
            stack_id=stack.id,
            name=what.name,
            incarnation=incarnation,
            type=what.type.name,
            declared_type=what.declared_type,
            physical_name=physical_name(stack.name, what.name, new_suffix(self._ids)),
            action=Action.CREATE,
            status=Status.IN_PROGRESS,
            properties=properties,
            pinned=pins,
            intent_at=now,
            created_at=now if reused is None else reused.created_at,
            **more,
        )

    async def _surveyed(self, row: Resource, type: ResourceType) -> Resource:
        """A row whose type looks around before its intent is written."""
        try:
            return replace(row, data=await type.survey(self._work(row)))
        except CalorError as error:
            raise self._failed(replace(row, calling=False), str(error)) from error

    async def _settle(self, row: Resource, wanted: Wanted, action: Action) -> None:
        """ready, read back, complete."""
        row = self._ledger.rows[row.id]
        type = wanted.type
        if not row.external:
            await self._wait(self._repeated(lambda: type.ready(self._work(row))))
        attributes = await self._wait(type.read(self._work(row)))
        self._ledger.move(
            row,
            action,
            Status.COMPLETE,
            attributes=attributes,
            former=None,
            settled=True,
            calling=False,
            needs=self._needs(wanted),
        )

    # --- update ---

    async def _update(self, row: Resource, wanted: Wanted, pins: Mapping[str, str]) -> None:
        creating = row.action is Action.CREATE and row.status is not Status.COMPLETE
        action = Action.CREATE if creating else Action.UPDATE
        former = None if creating else {**pinned(row), **(row.former or {})}
        needs = self._needs(wanted)
        # Until it is done the thing may still use what it used.
        both = (*needs, *(id for id in row.needs if id not in needs and id in self._ledger.rows))
        changed, committed = self._ledger.move(
            row,
            action,
            Status.IN_PROGRESS,
            properties=wanted.properties,
            pinned=pins,
            former=former,
            metadata=wanted.metadata,
            deletion_policy=wanted.deletion_policy,
            declared_type=wanted.declared_type,
            needs=both,
            context=wanted.context,
        )
        if wanted.type.calls_cloud:
            await committed
        async with self._failing(changed):
            if creating and not wanted.type.converges:
                await self._wait(self._repeated(lambda: wanted.type.ready(self._work(changed))))
            made = await self._wait(self._repeated(lambda: wanted.type.update(self._work(changed))))
            if made is not None:
                self._making.made(self._ledger.rows[changed.id], made)
            await self._settle(changed, wanted, action)

    async def _repeated(self, step: Callable[[], Awaitable[T]]) -> T:
        """A step whose call got lost or hit upon a fault of the cloud's is begun again: it looks
        what is there and does what is missing."""
        for attempt in range(1, STEP_ATTEMPTS):
            try:
                return await step()
            except (LostAnswer, HttpFault) as error:
                if isinstance(error, HttpFault) and error.status < 500:
                    raise
            await self._clock.sleep(2.0**attempt / 2)
        return await step()

    # --- delete ---

    async def remove(self, row: Resource) -> None:
        """Removes the row's thing, and then the row."""
        type = self._type_of(row) or await self._nested.type_of(row)
        if row.external or row.deletion_policy is DeletionPolicy.RETAIN or never_made(row):
            self._forget(row)
            return
        if type is None:
            raise self._failed(
                replace(row, action=Action.DELETE), f"its type {row.type!r} is not installed"
            )
        deleting, committed = self._ledger.move(row, Action.DELETE, Status.IN_PROGRESS)
        if type.calls_cloud:
            await committed
        async with self._failing(deleting):
            if deleting.physical_id is None:
                deleting = await self._making.recovered(deleting, type)
            if deleting.physical_id is not None:
                work = self._work(deleting)
                await self._wait(type.delete(work))
                await self._wait(type.gone(work))
            self._forget(deleting)

    def _forget(self, row: Resource) -> None:
        gone = replace(row, action=Action.DELETE, status=Status.COMPLETE, reason="")
        self._ledger.put(events=(self._ledger.told(gone),), forgotten=(row.id,))

    # --- check ---

    async def check(self, row: Resource) -> None:
        """Asks whether the row's thing is still there and well."""
        type = self._type_of(row)
        if type is None:
            raise self._failed(
                replace(row, action=Action.CHECK), f"its type {row.type!r} is not installed"
            )
        checking = replace(row, action=Action.CHECK, status=Status.IN_PROGRESS, reason="")
        # The row keeps its state until there is a result: a check that is cut off tells nothing.
        self._ledger.put(events=(self._ledger.told(checking),))
        async with self._failing(row, Action.CHECK):
            if checking.physical_id is None:
                raise ResourceFailed("it was never created")
            await self._wait(type.check(self._work(checking)))
            self._ledger.move(row, Action.CHECK, Status.COMPLETE)

    async def live(self, name: str, attribute: str) -> Value:
        """What a template asks for that no row tells: a live attribute, or the zones; read now."""
        if (name, attribute) == ZONES:
            return await self._wait(zones(self._cloud))
        row = self._ledger.current[name]
        type = self._type_of(row)
        if type is None:
            return None
        return await self._wait(type.live(self._work(row), attribute))

    # --- failure ---

    @asynccontextmanager
    async def _failing(self, row: Resource, action: Action | None = None) -> AsyncIterator[None]:
        """Turns what goes wrong inside into the row's FAILED state, of the action that it says or
        of another one, and one ResourceFailed."""
        try:
            yield
        except NOT_ITS_FAULT:
            raise
        except Exception as error:
            reason = str(error)
            if not isinstance(error, CalorError):
                log.exception("a resource type broke", resource=row.name, type=row.type)
                reason = f"{row.type} broke: {type(error).__name__}: {error}"
            present = self._ledger.rows[row.id]
            failed = replace(present, action=action or present.action)
            raise self._failed(failed, reason) from error

    def _failed(self, row: Resource, reason: str) -> ResourceFailed:
        self._ledger.move(row, row.action, Status.FAILED, reason)
        return ResourceFailed(f"resources.{row.name}: {reason}")


def _decided(row: Resource | None, wanted: Wanted, pins: Mapping[str, str]) -> Decision:
    return decide(
        wanted.type,
        row,
        wanted.properties,
        pins,
        context=wanted.context,
        external_id=wanted.external_id,
    )

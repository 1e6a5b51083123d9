"""What is done for one resource: each step may be cut anywhere and run again.

The row says truthfully how far it came; what must survive is committed before the call that needs
it to survive. Nothing here knows the order of things.
"""

from __future__ import annotations

from collections.abc import (
    Awaitable,
    Callable,
    Mapping,
)
from functools import partial
from typing import Any, TypeVar

import structlog

from calor.base.errors import (
    CalorError,
    HttpFault,
    LostAnswer,
    ResourceFailed,
)
from calor.base.ids import new_suffix, physical_name
from calor.base.records import evolve
from calor.base.values import Value
from calor.engine.context import Context
from calor.engine.failing import NOT_ITS_FAULT, Failing
from calor.engine.live import Live
from calor.engine.making import Making
from calor.engine.pauses import Pauses
from calor.engine.removing import Removing
from calor.engine.stop import Stopped
from calor.model.echoes import without_echoes
from calor.model.plan import Decision, Order, Verb
from calor.model.resource import Resource
from calor.model.resource_type import ResourceType
from calor.model.states import Action, DeletionPolicy, Status
from calor.planning.composition import Part
from calor.planning.decide import decide, never_made, pinned
from calor.planning.evaluate import Wanted
from calor.planning.hooks import POST_CREATE, POST_UPDATE, PRE_CREATE, PRE_UPDATE

log = structlog.get_logger(__name__)

T = TypeVar("T")

STEP_ATTEMPTS = 4


class Steps:
    """The steps of one run over one ledger."""

    def __init__(
        self,
        context: Context,
        making: Making,
        pauses: Pauses,
        *,
        type_of: Callable[[Resource], ResourceType | None],
    ) -> None:
        self._ledger = context.ledger
        self._cloud = context.cloud
        self._stop = context.stop
        self._clock = context.clock
        self._ids = context.ids
        self._work = context.work
        self._settled = context.settled
        self._wait = context.wait
        self._pins_of = context.pins
        self._making = making
        self._pauses = pauses
        self._failing = Failing(context.ledger)
        self._removing = Removing(context, making, pauses, self._failing, type_of=type_of)
        self._type_of = type_of
        self.live = Live(context, type_of=type_of)

    # --- towards what is wanted ---

    async def do(
        self, part: Part, evaluate: Callable[[], Awaitable[Wanted]], *, old_first: bool = False
    ) -> None:
        """Brings a name to what is wanted; `old_first`: nobody cleans up behind a replacement.
        Raises ResourceFailed after its row says FAILED."""
        await self.before(part)
        await self._reach(part, evaluate, old_first)
        row = self._ledger.current.get(part.name)
        if row is not None:
            await self._pauses.rest(row, POST_CREATE, POST_UPDATE)

    async def before(self, part: Part) -> None:
        """Waits at the hook before the name is created or changed."""
        if part.definition.external_id is not None:
            return  # it is somebody else's, and only read
        row = self._ledger.current.get(part.name)
        if row is None and self._pauses.at(part.name, PRE_CREATE) is not None:
            row = self._row(part, {}, {}, previous=None)
            row = evolve(row, action=Action.INIT, status=Status.COMPLETE)
        if row is not None:
            await self._pauses.stop(row, PRE_CREATE if never_made(row) else PRE_UPDATE)

    async def _reach(
        self, part: Part, evaluate: Callable[[], Awaitable[Wanted]], old_first: bool
    ) -> None:
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
                await self.remove(row, wanted.replace_policy)
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
        if row is None or row.action is Action.INIT:
            row = self._row(part, {}, {}, previous=row)
        elif row.settled:
            row = evolve(row, action=Action.UPDATE)
        return self._failing.failed(row, reason)

    def _restricted(self, row: Resource, reason: str) -> ResourceFailed:
        """Nothing is done, and the row stays as it is: only an event tells that it was refused."""
        told = evolve(row, action=Action.UPDATE, status=Status.FAILED, reason=reason)
        self._ledger.put(events=(self._ledger.told(told),))
        return ResourceFailed(f"resources.{row.name}: {reason}")

    def _needs(self, wanted: Wanted) -> tuple[str, ...]:
        current = self._ledger.current
        return tuple(current[name].id for name in wanted.needs if name in current)

    def _keep(self, row: Resource, wanted: Wanted) -> None:
        kept = evolve(
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
        retired: tuple[Resource, ...] = ()
        if row is not None and fresh.id != row.id:
            policy = wanted.replace_policy or row.deletion_policy
            retired = (evolve(row, retired=True, deletion_policy=policy),)
        committed = self._ledger.put(*retired, fresh, events=(self._ledger.told(fresh),))
        if fresh.calling:
            await committed
        if self._stop.drops_waits:
            self._ledger.change(fresh, calling=False)
            raise Stopped
        with self._failing.inside(fresh):
            if fresh.physical_id is None:
                await self._making.make(fresh, wanted.type)
            await self._settle(fresh, wanted, Action.CREATE, POST_CREATE)

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
            return evolve(row, data=await type.survey(self._work(row)))
        except CalorError as error:
            raise self._failing.failed(evolve(row, calling=False), str(error)) from error

    async def _settle(self, row: Resource, wanted: Wanted, action: Action, *hooks: str) -> None:
        """ready, read back, complete; `hooks` are those at which it may have to stop then."""
        row = self._ledger.rows[row.id]
        type = wanted.type
        told = await self._wait(self._told(row, type))
        self._settled(row)
        self._ledger.move(
            row,
            action,
            Status.COMPLETE,
            pause=None if row.external else self._pauses.at(row.name, *hooks),
            attributes=without_echoes(row.properties, told),
            former=None,
            settled=True,
            calling=False,
            needs=self._needs(wanted),
        )

    async def _told(self, row: Resource, type: ResourceType) -> Mapping[str, Value]:
        """What the thing tells once it is ready; one that is somebody else's is not waited for."""
        work = self._work(row)
        if not row.external:
            await self._repeated(partial(type.ready, work))
        return await type.read(work)

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
        with self._failing.inside(changed):
            if creating and not wanted.type.converges:
                await self._wait(self._repeated(lambda: wanted.type.ready(self._work(changed))))
            made = await self._wait(self._repeated(lambda: wanted.type.update(self._work(changed))))
            if made is not None:
                self._making.made(self._ledger.rows[changed.id], made)
            await self._settle(changed, wanted, action, POST_CREATE, POST_UPDATE)

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

    async def remove(self, row: Resource, policy: DeletionPolicy | None = None) -> None:
        """Removes the row's thing, and then the row; `policy` counts instead of the row's own."""
        await self._removing.remove(row, policy)

    # --- check ---

    async def check(self, row: Resource) -> None:
        """Asks whether the row's thing is still there and well."""
        type = self._type_of(row)
        if type is None:
            raise self._failing.failed(
                evolve(row, action=Action.CHECK), f"its type {row.type!r} is not installed"
            )
        checking = evolve(row, action=Action.CHECK, status=Status.IN_PROGRESS, reason="")
        # The row keeps its state until there is a result: a check that is cut off tells nothing.
        self._ledger.put(events=(self._ledger.told(checking),))
        with self._failing.inside(row, Action.CHECK):
            if checking.physical_id is None:
                raise ResourceFailed("it was never created")
            await self._wait(type.check(self._work(checking)))
            self._ledger.move(row, Action.CHECK, Status.COMPLETE)


def _decided(row: Resource | None, wanted: Wanted, pins: Mapping[str, str]) -> Decision:
    return decide(
        wanted.type,
        row,
        wanted.properties,
        pins,
        context=wanted.context,
        external_id=wanted.external_id,
    )

"""Brings events to the sinks of their stacks, beside the runs and after the commit.

Each event arrives at least once, and those of a stack in order: how far a sink got is written
after it has taken something, so that a killed engine brings again what it had not written down.
Nothing waits for a courier, and of stacks without sinks it never hears.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from calor.base.errors import CloudError, HttpFault, LeaseLost, StoreFailed
from calor.engine.ports import Ports
from calor.engine.stop import Stop, Stopped, Why
from calor.model.ports import EventFilter
from calor.model.resource import Event
from calor.model.sink import Delivery
from calor.model.stack import Stack
from calor.sinks import kind_named

log = structlog.get_logger(__name__)

AT_ONCE = 100
"""Deliveries that are taken together."""
BUSY = 16
"""Deliveries that read or call at one time."""
EVENTS = 100
"""Events that are read together."""
PAUSES = (1.0, 60.0)
"""Seconds after the first try that failed, and at most; each pause is twice the one before."""
TRIES = 5
"""An event is not given up before so many, however old it is."""
PATIENCE = 5.0
"""Seconds that what is on its way has at the end."""

Failure = CloudError | LeaseLost
"""Why a sink did not get what it was offered."""


@dataclass(slots=True, eq=False)
class Round:
    """A delivery in hand. `news` says that there may be events that were not read yet."""

    delivery: Delivery
    news: bool = True
    tries: int = 0


class Courier:
    """That of one engine; `holder` is the engine's name."""

    def __init__(self, ports: Ports, *, holder: str) -> None:
        self._ports = ports
        self._holder = holder
        self._stop = Stop()
        self._busy = asyncio.Semaphore(BUSY)
        self._heard: dict[str, None] = {}
        self._rounds: dict[str, list[Round]] = {}
        self._claiming = False
        self._tasks: dict[asyncio.Task[None], None] = {}

    # --- what there is to do ---

    def hear(self, stack: Stack) -> None:
        """Something was written of a stack that has sinks, or had some."""
        in_hand = self._rounds.get(stack.id, ())
        for round in in_hand:
            round.news = True
        if len(in_hand) < len(stack.sinks or ()):
            self._ask_for(stack.id)

    def _ask_for(self, stack_id: str) -> None:
        self._heard[stack_id] = None
        if not self._claiming:
            self._claiming = True
            self._begin(self._claim_heard())

    async def look(self) -> None:
        """Takes what nobody told of, for ever: an engine may have died over it."""
        while True:
            full = await self._claim(None) == AT_ONCE
            settings = self._ports.settings
            await self._ports.clock.sleep(
                settings.poll_interval if full else settings.lease_duration
            )

    async def close(self) -> None:
        """What can be brought at once still is; the rest waits for the next start."""
        self._stop.throw(Why.CLOSING)
        end = asyncio.get_running_loop().create_task(self._ports.clock.sleep(PATIENCE))
        while self._tasks and not end.done():
            await asyncio.wait([next(iter(self._tasks)), end], return_when=asyncio.FIRST_COMPLETED)
        end.cancel()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks))

    async def _claim_heard(self) -> None:
        try:
            while self._heard:
                stack_ids = list(self._heard)[:AT_ONCE]
                for stack_id in stack_ids:
                    del self._heard[stack_id]
                while await self._claim(stack_ids) == AT_ONCE:
                    pass
        finally:
            self._claiming = False

    async def _claim(self, stack_ids: list[str] | None) -> int:
        """Takes deliveries and begins with them; returns how many."""
        try:
            taken = await self._ports.deliveries.claim(self._holder, AT_ONCE, stack_ids=stack_ids)
        except Exception:
            log.exception("what is to be brought to event sinks could not be looked for")
            return 0
        for delivery in taken:
            self._begin(self._carry(Round(delivery)))
        return len(taken)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[task] = None
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a delivery to an event sink broke", exc_info=error)

    # --- one delivery ---

    async def _carry(self, round: Round) -> None:
        """Brings what there is, until there is nothing more, or the delivery is another's."""
        stack_id = round.delivery.stack.id
        self._rounds.setdefault(stack_id, []).append(round)
        try:
            while round.news:
                round.news = False
                if not await self._bring_all(round):
                    return
            await self._ports.deliveries.release(round.delivery)
            if round.news:  # heard while it was given back
                self._ask_for(stack_id)
        except Stopped:
            await self._ports.deliveries.release(round.delivery)
        except StoreFailed as error:
            # Whoever takes it when our right has run out goes on from what was written.
            log.warning("the store failed", stack=stack_id, error=str(error))
        finally:
            self._rounds[stack_id].remove(round)
            if not self._rounds[stack_id]:
                del self._rounds[stack_id]

    async def _bring_all(self, round: Round) -> bool:
        """Brings all events that are there; False when the delivery has ended for us."""
        most = EVENTS
        while True:
            async with self._busy:
                events = await self._events(round.delivery, most)
                if not events:
                    return True
                if not await self._may_call(round):
                    return False
                brought, error = await self._bring(round.delivery, events)
            if error is not None and _is_refusal(error):
                if len(events) > 1:
                    most = 1  # which of them is it?
                    continue
                _give_up(round.delivery, events, error)
                brought, error = 1, None
            if error is None:
                most = EVENTS
                if not await self._advance(round, events[brought - 1].number):
                    return False
                continue
            self._tell_failure(round, error)
            if not await self._skip_old(round, events, error):
                return False
            await self._stop.wait_for(self._ports.clock.sleep(_pause(round.tries)))
            # The stack may have left the sink meanwhile.
            if not await self._advance(round, round.delivery.reached):
                return False

    async def _events(self, delivery: Delivery, most: int) -> list[Event]:
        wanted = EventFilter(after=delivery.reached, limit=most)
        found = await self._ports.reads.events(delivery.stack.id, wanted)
        last = delivery.ends_with
        return found if last is None else [event for event in found if event.number <= last]

    async def _may_call(self, round: Round) -> bool:
        """Whether the delivery is ours for longer than a call takes; prolongs it if need be."""
        now, longest = self._ports.clock.monotonic(), self._ports.settings.call_timeout
        return round.delivery.until > now + longest or await self._advance(
            round, round.delivery.reached
        )

    async def _bring(self, delivery: Delivery, events: list[Event]) -> tuple[int, Failure | None]:
        """How many the sink has taken; if none, why."""

        def guard(timeout: float) -> None:
            if delivery.until < self._ports.clock.monotonic() + timeout:
                raise LeaseLost("the right to the delivery would end during a call")

        kind = kind_named(delivery.sink.kind)
        if kind is None:
            return 0, CloudError(f"this engine knows no event sink {delivery.sink.kind!r}")
        cloud = self._ports.clouds.for_stack(delivery.stack, guard)
        try:
            return await kind.bring(cloud, delivery.sink.settings, events), None
        except (CloudError, LeaseLost) as error:
            return 0, error

    async def _advance(self, round: Round, reached: int) -> bool:
        """Writes down how far it got. False when nothing is left, or not for us."""
        delivery = round.delivery
        advanced = await self._ports.deliveries.advance(delivery, reached)
        if reached > delivery.reached:
            round.tries = 0
        if advanced is not None:
            round.delivery = advanced
            return True
        if await self._ports.deliveries.over(delivery.stack.root_id):
            try:
                await self._ports.authenticator.drop(delivery.stack.trust)
            except CloudError as error:
                # Unused trusts are swept later.
                log.warning(
                    "a delegation was not ended", stack=delivery.stack.root_id, error=str(error)
                )
        return False

    async def _skip_old(self, round: Round, events: list[Event], error: Failure) -> bool:
        """Gives up what was offered for too long. False as with `_advance`."""
        before = self._ports.clock.now() - self._ports.settings.event_retry_time
        old = [event for event in events if event.at < before]
        if not old or round.tries < TRIES:
            return True
        _give_up(round.delivery, old, error)
        return await self._advance(round, old[-1].number)

    def _tell_failure(self, round: Round, error: Failure) -> None:
        round.tries += 1
        if round.tries & (round.tries - 1) == 0:  # the first, second, fourth, eighth ...
            log.warning(
                "an event sink takes no events; they are offered again",
                **_named(round.delivery),
                tries=round.tries,
                error=str(error),
            )


def _is_refusal(error: Failure) -> bool:
    """Whether what was sent will never be taken, however often it is sent."""
    return isinstance(error, HttpFault) and (
        error.status == 400 or (error.status == 413 and not error.retry_after)
    )


def _give_up(delivery: Delivery, events: list[Event], error: Failure) -> None:
    log.error(
        "events were given up: their sink does not take them",
        **_named(delivery),
        events=[event.id for event in events],
        error=str(error),
    )


def _named(delivery: Delivery) -> dict[str, object]:
    sink = {"type": delivery.sink.kind, **delivery.sink.settings}
    return {"stack": delivery.stack.id, "sink": sink}


def _pause(tries: int) -> float:
    first, longest = PAUSES
    return float(min(longest, first * 2 ** min(tries - 1, 16)))

"""The operations of one stack, for as long as its lease is ours.

It leads each operation through its phases and tells how it ended. It keeps nothing that the rows
don't say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import structlog

from calor.base.errors import CloudError, ExportConflict, LeaseLost, StoreFailed
from calor.engine.courier import Courier
from calor.engine.doubts import Doubts
from calor.engine.ledger import Ledger
from calor.engine.nested import ChildWatch
from calor.engine.pauses import PauseWatch
from calor.engine.phase import Outcome, Phase
from calor.engine.ports import Ports
from calor.engine.stop import Stop, Stopped, Why
from calor.engine.twins import Twins
from calor.model.exports import Shared
from calor.model.pause import Pause
from calor.model.ports import (
    Claim,
    Lease,
    Visible,
)
from calor.model.stack import Operation
from calor.model.states import Action, Status

log = structlog.get_logger(__name__)

NAMED = 3
"""Paused resources that the reason of a time-out names."""


class Run:
    """One claimed stack."""

    def __init__(
        self,
        claim: Claim,
        ports: Ports,
        slots: asyncio.Semaphore,
        doubts: Doubts,
        courier: Courier,
    ) -> None:
        self._ports = ports
        self._slots = slots
        self._doubts = doubts
        doubts.enter(claim.stack.owner.project_id, claim.resources)
        self._stack = claim.stack
        self._operations: Sequence[Operation] = claim.operations
        self._quiet_at = claim.quiet_at
        self._stop = Stop()
        self._calm = Stop()
        self._twins = Twins(
            reads=ports.reads,
            clock=ports.clock,
            cloud=lambda: ports.clouds.for_stack(self._stack, lambda _: None),
            patience=ports.settings.lease_duration + 2 * ports.settings.call_timeout,
            pause=ports.settings.poll_interval,
        )
        self._generation = 0
        self._closing = False
        self.lease: Lease = claim.lease
        self.children = ChildWatch(claim.stack.id, ports.reads)
        self.pauses = PauseWatch(claim.stack.id, ports.reads)
        self._ledger = Ledger(
            stack=claim.stack,
            lease=claim.lease,
            rows=claim.resources,
            pauses=claim.pauses,
            last_event=claim.last_event,
            not_before=claim.last_event_at,
            journal=ports.journal,
            clock=ports.clock,
            ids=ports.ids,
            lost=self.lease_lost,
            written=lambda: courier.hear(self._stack),
        )

    # --- what the engine tells it ---

    def noticed(self, generation: int) -> None:
        """The stack has that generation now."""
        if generation > self._generation:
            self._stop.throw(Why.SUPERSEDED)

    def renewed(self, lease: Lease) -> None:
        self.lease = lease

    def lease_lost(self) -> None:
        self._stop.throw(Why.LEASE_LOST)

    def close(self) -> None:
        """Ends the run in good order: the lease is given back, the operation stays open."""
        self._closing = True
        self._calm.throw(Why.CLOSING)
        self._stop.throw(Why.CLOSING)

    # --- operations ---

    async def carry_out(self) -> None:
        """Works until nothing is asked of the stack any more, or the lease is lost."""
        try:
            if not await self._quiet():
                return
            while True:
                if self._operations and not self._closing:
                    await self._operate(self._operations[-1], self._operations[:-1])
                release = self._ports.leases.release
                if await release(self.lease, unfinished=self._closing):
                    return
                await self._reload()
        except LeaseLost:
            log.info("lease lost", stack=self._stack.id)
            await self._remove_twins()
        except StoreFailed as error:
            # Whoever claims the stack when the lease has run out goes on from what was written.
            log.warning("the store failed", stack=self._stack.id, error=str(error))
        finally:
            self._doubts.leave(self._stack.owner.project_id, self._ledger.rows.values())

    async def _remove_twins(self) -> None:
        with suppress(Stopped):  # the engine closes
            await self._calm.wait_for(self._twins.remove())

    async def _quiet(self) -> bool:
        """Calls of the engine that held the stack before us may still be under way. An earlier
        life of our own is surely dead, but what it sent may still take effect. False when the
        engine closes meanwhile: then the lease runs out by itself, for the next one to wait too."""
        now = self._ports.clock.now()
        if self._quiet_at <= now:
            self._quiet_at = now + self._ports.settings.call_timeout
            return True
        try:
            await self._calm.wait_for(self._ports.clock.sleep(self._quiet_at - now))
        except Stopped:
            return False
        return True

    async def _reload(self) -> None:
        stack = await self._ports.reads.stack(self._stack.id)
        if stack is None:
            raise LeaseLost(f"stack {self._stack.id} is gone")
        self._stack = self._ledger.stack = stack
        self._operations = await self._ports.reads.operations(stack.id)

    async def _operate(self, operation: Operation, older: Sequence[Operation]) -> None:
        self._generation = operation.generation
        self._ledger.not_before(operation.accepted_at)
        self._finish_superseded(older, by=operation)
        try:
            while operation.phase is not Action.INIT:
                operation = await self._timed_phase(operation)
        except (LeaseLost, StoreFailed):
            raise
        except Exception as error:
            log.exception("an operation broke", stack=self._stack.id, action=operation.action)
            failure = f"the engine broke: {type(error).__name__}: {error}"
            await self._end(operation, failure, Outcome(shared=Shared({})))

    async def _timed_phase(self, operation: Operation) -> Operation:
        stop = self._stop = Stop()
        if self._closing:
            stop.throw(Why.CLOSING)
        timer = asyncio.get_running_loop().create_task(self._time_out(operation.deadline, stop))
        try:
            return await self._phase(operation)
        finally:
            timer.cancel()

    async def _time_out(self, deadline: float, stop: Stop) -> None:
        await self._ports.clock.sleep(max(deadline - self._ports.clock.now(), 0.0))
        stop.throw(Why.TIMED_OUT)

    # --- one phase: towards what was asked, or back ---

    async def _phase(self, operation: Operation) -> Operation:
        """Carries one phase out; returns the operation with its next phase, INIT when over."""
        if operation.phase is None:
            operation = self._start(operation)
        action = operation.phase or operation.action
        phase = Phase(
            ledger=self._ledger,
            ports=self._ports,
            stop=self._stop,
            slots=self._slots,
            children=self.children,
            pauses=self.pauses,
            doubts=self._doubts,
            twins=self._twins,
            quiet_at=self._quiet_at,
            guard=self._guard,
        )
        if action is Action.CHECK:
            outcome = await phase.check(operation)
        else:
            outcome = await phase.towards(action, operation)
        await self._stop.join()
        if self._stop.why is Why.LEASE_LOST:
            raise LeaseLost(self._stack.id)
        if self._stop.why in (Why.SUPERSEDED, Why.CLOSING):
            return replace(operation, phase=Action.INIT)
        failure = outcome.failure
        if self._stop.why is Why.TIMED_OUT:
            failure = f"{action.capitalize()} timed out{_waiting(self._ledger.waiting())}"
        if not failure:
            try:
                await self._end(operation, "", outcome)
                return replace(operation, phase=Action.INIT)
            except ExportConflict as error:
                failure = error.message
        if operation.rollback and action in (Action.CREATE, Action.UPDATE):
            return self._turn_back(operation, failure)
        await self._end(operation, failure, outcome)
        return replace(operation, phase=Action.INIT)

    def _start(self, operation: Operation) -> Operation:
        begun = replace(operation, phase=operation.action)
        action = operation.action
        self._ledger.show(
            Visible(
                generation=operation.generation,
                action=action,
                status=Status.IN_PROGRESS,
                reason=f"Stack {action} started",
                # Even if the creation fails, a later update that fails goes back to this.
                settle=action is Action.CREATE,
            ),
            operation=begun,
        )
        return begun

    def _turn_back(self, operation: Operation, failure: str) -> Operation:
        """A failed create or update goes back to what was there before. That it failed is told
        first: who waits for its end hears of it (Heat's clients would else wait for ever)."""
        now = self._ports.clock.now()
        back = replace(
            operation,
            phase=Action.ROLLBACK,
            reason=failure,
            deadline=max(operation.deadline, now + self._stack.timeout),
        )
        failed = self._ledger.announced(operation.action, Status.FAILED, failure)
        reason = f"Stack {operation.action} failed, rolling back: {failure}"
        self._ledger.show(
            Visible(operation.generation, Action.ROLLBACK, Status.IN_PROGRESS, reason),
            operation=back,
            before=(failed,),
        )
        return back

    async def _end(
        self, operation: Operation, failure: str, outcome: Outcome | None = None
    ) -> None:
        """Tells how the operation ended. Raises ExportConflict, and then it has not, when others
        import what would go or change."""
        outcome = outcome or Outcome()
        action = operation.phase or operation.action
        if failure:
            status, reason = Status.FAILED, failure
            self._fail_what_is_in_progress(failure)
        elif action is Action.ROLLBACK and operation.reason:
            status, reason = Status.COMPLETE, f"Rolled back: {operation.reason}"
        else:
            status, reason = Status.COMPLETE, f"Stack {action} completed successfully"
        reached = status is Status.COMPLETE
        await self._ledger.show(
            Visible(
                generation=operation.generation,
                action=action,
                status=status,
                reason=reason,
                outputs=outcome.outputs,
                settle=reached and action in (Action.CREATE, Action.UPDATE),
                restore=reached and action is Action.ROLLBACK,
                deleted=reached and action is Action.DELETE,
                shared=outcome.shared,
            ),
            finished=(operation.id,),
        )
        if reached and action is Action.DELETE and self._stack.parentage is None:
            await self._drop_delegation()

    async def _drop_delegation(self) -> None:
        """Not while events are to be brought with it: then the last one that is ends it."""
        if self._stack.sinks is not None and not await self._ports.deliveries.over(self._stack.id):
            return
        try:
            await self._ports.authenticator.drop(self._stack.trust)
        except CloudError as error:
            # The stack is gone, whatever Keystone says; unused trusts are swept later.
            log.warning("a delegation was not ended", stack=self._stack.id, error=str(error))

    def _finish_superseded(self, older: Sequence[Operation], *, by: Operation) -> None:
        """What gives way has failed. Not so an update that gives way to an update: who waits for
        the newer one, by its events, would take the older one's end for its own."""
        for operation in older:
            action = operation.phase or operation.action
            if action is by.action:
                self._ledger.forget(operation)
                continue
            self._ledger.show(
                Visible(
                    operation.generation,
                    action,
                    Status.FAILED,
                    f"Stack {action} was superseded by {by.action}",
                ),
                finished=(operation.id,),
            )

    def _fail_what_is_in_progress(self, reason: str) -> None:
        for row in list(self._ledger.rows.values()):
            if row.status is Status.IN_PROGRESS:
                self._ledger.move(row, row.action, Status.FAILED, reason)

    def _guard(self, timeout: float) -> None:
        """Raises LeaseLost unless the lease outlives a call of that length."""
        if self._stop.why is Why.LEASE_LOST:
            raise LeaseLost(self._stack.id)
        if self.lease.until < self._ports.clock.monotonic() + timeout:
            raise LeaseLost(f"the lease of stack {self._stack.id} would end during a call")


def _waiting(pauses: Sequence[Pause]) -> str:
    """What a stack that timed out waited for, where people held it back."""
    if not pauses:
        return ""
    named = ", ".join(f"{pause.name} ({pause.hook})" for pause in pauses[:NAMED])
    more = f" and {len(pauses) - NAMED} more" if len(pauses) > NAMED else ""
    return f" while hooks held {named}{more}"

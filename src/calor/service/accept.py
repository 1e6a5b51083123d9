"""Accepts operations: the one place where a caller's wish becomes a row that engines see.

Nothing half-made: what was taken for an operation that is then refused is given back. It carries
nothing out.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from calor.base.errors import CalorError, Conflict, ExportConflict
from calor.model.exports import Reservation
from calor.model.ports import Caller, StackFilter
from calor.model.stack import NewOperation, Operation, Stack
from calor.model.states import Action, Status
from calor.planning.identity import Identity
from calor.service.check import Check, Checked
from calor.service.checks import check_name, check_stack_count, check_tags, check_timeout
from calor.service.errors import ActionInProgress, NotSupported, StackExists, no_stack
from calor.service.ports import Ports
from calor.service.sharing import reservation
from calor.service.wanted import Wanted

ATTEMPTS = 3
"""How often an update is checked again because another one came between."""


class Accept:
    """Wishes of callers."""

    def __init__(self, ports: Ports, check: Check) -> None:
        self._ports = ports
        self._check = check

    async def create(self, caller: Caller, name: str, wanted: Wanted) -> Stack:
        """Accepts a new stack and returns its row.

        Raises `StackValidationFailed`, `StackExists`, `LimitExceeded`, `Forbidden` when the caller
        can't delegate, or a `CloudError`.
        """
        check_name(name)
        _check_options(wanted)
        project = caller.owner.project_id
        if await self._exists(project, name):
            raise _taken(name)
        check_stack_count(
            await self._ports.reads.count_stacks(StackFilter(project_id=project)),
            self._ports.settings,
        )
        # The engine will ask for this very stack again: what is understood now serves it too.
        identity = self._check.identity(caller, name, self._ports.ids.uuid())
        # Keystone is asked while we read: one takes as long as the other. It is asked first, for
        # whoever reads keeps the processor busy.
        asked = asyncio.Event()
        delegating = asyncio.ensure_future(
            self._ports.authenticator.delegate(caller, asked=asked.set)
        )
        delegating.add_done_callback(lambda _: asked.set())
        try:
            await asked.wait()
            checked = await self._check.checked(caller, wanted, identity)
            return await self._insert(caller, identity, wanted, checked, await delegating)
        except BaseException:
            await self._give_back(delegating)
            raise

    async def _give_back(self, delegating: asyncio.Future[str]) -> None:
        try:
            trust = await delegating
        except CalorError:
            return  # there is none, and what was wrong before matters more
        await self._ports.authenticator.drop(trust)

    async def update(self, caller: Caller, stack: Stack, wanted: Wanted) -> Stack:
        """Accepts a new definition for a stack; takes over from what runs on it."""
        _check_options(wanted)
        for attempt in range(ATTEMPTS):
            _refuse_deleted(stack, "updated")
            checked = await self._check.update(caller, stack, wanted)
            await self._check.refuse_restricted(stack, checked)
            try:
                return await self._replace(stack, wanted, checked)
            except ExportConflict:
                raise
            except Conflict:
                if attempt + 1 == ATTEMPTS:
                    raise ActionInProgress(
                        f"Stack {stack.name!r} is being changed by others at the same time.",
                        "look at it, then ask again",
                    ) from None
            stack = await self._fresh(stack)
        raise AssertionError("the loop returns or raises")

    async def delete(self, stack: Stack) -> None:
        """Accepts the deletion, in every state; asking again for it while it runs is fine."""
        if stack.action is Action.DELETE and stack.status is not Status.FAILED:
            return
        await self._accept(stack, Action.DELETE, any_generation=True)

    async def check(self, stack: Stack) -> None:
        """Accepts a check of whether the stack's things are there and well."""
        _refuse_deleted(stack, "checked")
        if stack.status is Status.IN_PROGRESS:
            raise ActionInProgress(
                f"Stack {stack.name!r} is busy ({stack.state}).", "wait until it is done"
            )
        await self._accept(stack, Action.CHECK)

    async def cancel_update(self, stack: Stack) -> None:
        """Stops a create or update under way and goes back to what was there before."""
        under_way = stack.action in (Action.CREATE, Action.UPDATE)
        if stack.status is not Status.IN_PROGRESS or not under_way:
            raise NotSupported(
                f"There is nothing to cancel: stack {stack.name!r} is {stack.state}.",
                "only a create or update in progress can be cancelled",
            )
        await self._accept(stack, Action.ROLLBACK)

    async def _insert(
        self, caller: Caller, identity: Identity, wanted: Wanted, checked: Checked, trust: str
    ) -> Stack:
        assert identity.stack_id is not None
        now = self._ports.clock.now()
        rollback = wanted.disable_rollback is False
        stack = Stack(
            id=identity.stack_id,
            name=identity.stack_name,
            owner=caller.owner,
            generation=0,
            action=Action.CREATE,
            status=Status.IN_PROGRESS,
            reason="",
            definition=checked.definition,
            disable_rollback=not rollback,
            timeout=wanted.timeout or self._ports.settings.stack_action_timeout,
            tags=wanted.tags or (),
            description=checked.description,
            trust=trust,
            sinks=checked.sinks,
            created_at=now,
        )
        if checked.composition.calls_cloud:
            # An engine of this process finds it logged in.
            self._ports.clouds.expect(stack, caller)
        try:
            await self._accept(stack, Action.CREATE, checked=checked)
        except ExportConflict:
            raise
        except Conflict:
            raise _taken(stack.name) from None
        return stack

    async def _replace(self, stack: Stack, wanted: Wanted, checked: Checked) -> Stack:
        disable_rollback = wanted.disable_rollback
        if disable_rollback is None:
            disable_rollback = stack.disable_rollback
        tags = wanted.tags
        if tags is None:
            tags = stack.tags if wanted.existing else ()
        changed = replace(
            stack,
            definition=checked.definition,
            disable_rollback=disable_rollback,
            timeout=wanted.timeout or stack.timeout,
            tags=tags,
            description=checked.description,
            sinks=checked.sinks,
        )
        await self._accept(changed, Action.UPDATE, checked=checked)
        return changed

    async def _accept(
        self,
        stack: Stack,
        action: Action,
        *,
        checked: Checked | None = None,
        any_generation: bool = False,
    ) -> Operation:
        names: Reservation | None = None
        if checked is not None:
            names = reservation(stack.owner.project_id, stack.id, checked.composition)
        may_roll_back = action in (Action.CREATE, Action.UPDATE)
        operation = await self._ports.operations.accept(
            NewOperation(
                stack=stack,
                action=action,
                deadline=self._ports.clock.now() + stack.timeout,
                rollback=may_roll_back and not stack.disable_rollback,
                any_generation=any_generation,
                reservation=names,
            )
        )
        self._ports.bus.wake("engines", stack.id)
        self._ports.bus.wake("stacks", stack.id)
        return operation

    async def _exists(self, project: str, name: str) -> bool:
        found = await self._ports.reads.stack_named(project, name)
        return found is not None and found.parentage is None

    async def _fresh(self, stack: Stack) -> Stack:
        fresh = await self._ports.reads.stack(stack.id)
        if fresh is None or fresh.deleted_at is not None:
            raise no_stack(stack.name)
        return fresh


def _check_options(wanted: Wanted) -> None:
    check_timeout(wanted.timeout)
    check_tags(wanted.tags or ())


def _refuse_deleted(stack: Stack, verb: str) -> None:
    if stack.action is Action.DELETE:
        raise NotSupported(
            f"Stack {stack.name!r} is {stack.state}, so it can't be {verb}.",
            "create it anew once it is gone",
        )


def _taken(name: str) -> StackExists:
    return StackExists(
        f"There is a stack {name!r} already.", "choose another name, or update that one"
    )

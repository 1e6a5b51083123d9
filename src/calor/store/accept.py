"""Accepting an operation, as a member of a group. It decides whether, never what is done then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from calor.base.errors import Conflict, NotFound
from calor.model.stack import NewOperation, Operation, Parentage, Stack
from calor.model.states import Action, Status
from calor.store import reservations, rows, schema
from calor.store.group import Group, StackState

DEFINING = (Action.CREATE, Action.ADOPT)
REDEFINING = (Action.UPDATE, Action.RESTORE)
"""Actions that change what a stack should be; the others leave its definition alone."""


ENGINES = "engines"
STACKS = "stacks"
EVENTS = "events"
ENDS = "ends"
"""Topics; their keys are ids of stacks."""


@dataclass(frozen=True, slots=True)
class Accept:
    """Inserts an operation with the id `operation_id`.

    A nested stack whose row has a live stack already is not created twice: with an equal
    definition, and unless it is being deleted, its newest operation is the answer and nothing is
    written; otherwise the create becomes an update of whatever generation it has.
    """

    new: NewOperation
    operation_id: str

    def wants(self, group: Group) -> None:
        stack = self.new.stack
        if self.new.action not in DEFINING:
            group.want_lease(stack.id)
            group.want_stack(stack.id)
        elif stack.parentage is None:
            group.want_name(stack.owner.project_id, stack.name)
        else:
            group.want_child(stack.parentage.resource_id)

    def check(self, group: Group) -> Operation:
        stack = self.new.stack
        if self.new.action not in DEFINING:
            return self._change(group, self.new, stack.id)
        if stack.parentage is None:
            if (stack.owner.project_id, stack.name) in group.names:
                raise Conflict(
                    f"The Stack ({stack.name}) already exists.",
                    "choose another name, or update or delete that stack",
                )
            return self._create(group)
        child_id = group.children.get(stack.parentage.resource_id)
        if child_id is None or group.stacks[child_id].deleted_at is not None:
            return self._create(group)
        return self._create_again(group, stack.parentage, child_id)

    def finish(self, group: Group, outcome: Operation) -> Operation:
        return outcome

    # --- a new stack ------------------------------------------------------------------------

    def _create(self, group: Group) -> Operation:
        reservation = self.new.reservation
        shares = reservation is not None and not reservation.empty
        if reservation is not None:
            reservations.reserve(group, self.new.stack.id, reservation)
        stack = replace(
            self.new.stack,
            generation=self.new.stack.generation + 1,
            action=self.new.action,
            status=Status.IN_PROGRESS,
            reason=_started(self.new.action),
            created_at=self.new.stack.created_at or group.now,
            deleted_at=None,
        )
        definition, texts = group.definitions.encode(stack.definition)
        group.texts.update(texts)
        row = rows.stack_row(
            stack, definition=definition, settled=None, shares=shares, codec=group.codec
        )
        parentage = stack.parentage
        state = StackState(
            generation=stack.generation,
            action=stack.action.value,
            definition=definition,
            settled=None,
            parent_id=parentage.parent_id if parentage else None,
            shares=shares,
            deleted_at=None,
            sinks=rows.sinks_text(stack.sinks) if stack.sinks else None,
        )
        group.add_stack(row, state, stack.id)
        if stack.sinks:
            group.deliver(stack.id, stack.root_id, stack.sinks)
        if parentage is None:
            group.names[stack.owner.project_id, stack.name] = stack.id
        else:
            group.children[parentage.resource_id] = stack.id
        if stack.tags:
            group.set_tags(stack.id, stack.tags)
        return self._insert(group, stack.id, stack.generation, stack.action)

    def _create_again(self, group: Group, parentage: Parentage, child_id: str) -> Operation:
        child = group.stacks[child_id]
        definition, _ = group.definitions.encode(self.new.stack.definition)
        if child.definition == definition and child.action != Action.DELETE.value:
            newest = _newest_operation(group, child_id)
            if newest is not None:
                return newest
        update = replace(self.new, action=Action.UPDATE, any_generation=True)
        return self._change(group, update, child_id)

    # --- a stack that exists ----------------------------------------------------------------

    def _change(self, group: Group, new: NewOperation, stack_id: str) -> Operation:
        state = group.stacks.get(stack_id)
        if state is None or state.deleted_at is not None:
            raise NotFound(f"The Stack ({new.stack.name}) could not be found.")
        if not new.any_generation and state.generation != new.stack.generation:
            raise Conflict(
                f"The Stack ({new.stack.name}) was changed by somebody else meanwhile.",
                "look at it and ask again",
            )
        if new.reservation is not None:
            reservations.reserve(group, stack_id, new.reservation)
        elif new.action is Action.DELETE and state.shares:
            reservations.withdraw(group, stack_id, inside=state.parent_id is None)
        changes: dict[str, Any] = {
            "generation": state.generation + 1,
            "action": new.action.value,
            "status": Status.IN_PROGRESS.value,
            "reason": _started(new.action),
            "updated_at": group.now,
        }
        if new.action is Action.ROLLBACK and state.action == Action.CREATE.value:
            # Before a creation there was nothing.
            state.settled = changes["settled"] = None
        if new.action in REDEFINING:
            changes.update(self._redefined(group, new, stack_id))
        state.generation += 1
        state.action = new.action.value
        group.change_stack(stack_id, changes)
        return self._insert(group, stack_id, state.generation, new.action)

    @staticmethod
    def _redefined(group: Group, new: NewOperation, stack_id: str) -> dict[str, Any]:
        stack = new.stack
        definition, texts = group.definitions.encode(stack.definition)
        group.texts.update(texts)
        group.stacks[stack_id].definition = definition
        if stack.parentage is None:
            group.set_tags(stack_id, stack.tags)
            _change_sinks(group, stack)
        return {
            "definition": definition,
            "disable_rollback": stack.disable_rollback,
            "timeout": stack.timeout,
            "description": rows.readable(stack.description),
            "trust": stack.trust,
        }

    def _insert(self, group: Group, stack_id: str, generation: int, action: Action) -> Operation:
        operation = Operation(
            id=self.operation_id,
            stack_id=stack_id,
            generation=generation,
            action=action,
            deadline=self.new.deadline,
            accepted_at=group.now,
            rollback=self.new.rollback,
        )
        group.add_operation(operation)
        group.wakes[ENGINES, stack_id] = None
        group.wakes[STACKS, stack_id] = None
        return operation


def _change_sinks(group: Group, stack: Stack) -> None:
    state = group.stacks[stack.id]
    if not stack.sinks and state.sinks is None:
        return
    sinks = rows.sinks_text(stack.sinks or ())
    if sinks != state.sinks:
        state.sinks = sinks
        group.change_sinks(stack.id, sinks)


def _started(action: Action) -> str:
    return f"Stack {action.value} started"


def _newest_operation(group: Group, stack_id: str) -> Operation | None:
    if stack_id in group.newest:
        return group.newest[stack_id]
    columns = [column.name for column in schema.operations.columns]
    newest = group.sql.run(
        group.connection,
        f"SELECT {', '.join(columns)} FROM operations WHERE stack_id = ?"
        " ORDER BY generation DESC LIMIT 1",
        (stack_id,),
    ).one_or_none()
    return rows.operation(newest) if newest is not None else None

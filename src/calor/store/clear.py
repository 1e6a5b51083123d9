"""Letting a paused resource go on, as a member of a group. Whoever holds the stack's lease reads
it from the rows; nobody else need be there when it is written."""

from __future__ import annotations

from dataclasses import dataclass

from calor.model.pause import PauseState
from calor.store.accept import STACKS
from calor.store.group import Group


@dataclass(frozen=True, slots=True)
class Clear:
    """Clears a pause of the stack's present operation. The outcome: whether a resource waited."""

    stack_id: str
    name: str
    hook: str

    def wants(self, group: Group) -> None:
        # Locked: no engine ends the pause, and nobody supersedes its operation, meanwhile.
        group.want_lease(self.stack_id)
        group.want_stack(self.stack_id)

    def check(self, group: Group) -> None:
        return None

    def finish(self, group: Group, outcome: None) -> bool:
        stack = group.stacks.get(self.stack_id)
        if stack is None:
            return False
        changed = group.sql.run(
            group.connection,
            "UPDATE pauses SET state = ? WHERE stack_id = ? AND name = ? AND hook = ?"
            " AND state = ? AND generation = ?",
            (
                PauseState.CLEARED.value,
                self.stack_id,
                self.name,
                self.hook,
                PauseState.WAITS.value,
                stack.generation,
            ),
        )
        if not changed.rowcount:
            return False
        group.wakes[STACKS, self.stack_id] = None
        return True

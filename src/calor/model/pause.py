"""A pause: a resource waits at a hook of the environment until somebody lets it go on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PauseState(StrEnum):
    WAITS = "waits"
    CLEARED = "cleared"
    """Somebody said that it may go on; its engine has not heard yet."""
    OVER = "over"
    """The engine went on. It is remembered for as long as the operation lasts, so that no engine
    that takes over stops there again."""


@dataclass(frozen=True, slots=True)
class Pause:
    """One stop of a resource in one operation of its stack, which its `generation` names.

    `hook` is the word of the environment, as `pre-create`; `at` is when the resource came there.
    A name has at most one pause a hook: a replacement is the same resource.
    """

    stack_id: str
    name: str
    hook: str
    generation: int
    at: float
    state: PauseState = PauseState.WAITS

    @property
    def told(self) -> str:
        """What the event of coming there says; clients match on it."""
        action = self.hook.partition("-")[2].upper()
        return f"{action} paused until Hook {self.hook} is cleared"

    @property
    def told_over(self) -> str:
        """What the event of going on says; clients match on it."""
        return f"Hook {self.hook} is cleared"

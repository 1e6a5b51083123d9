"""How a step tells that it failed: the row says FAILED, and one ResourceFailed says why.

It decides nothing about what happens then.
"""

from __future__ import annotations

import structlog

from calor.base.errors import CalorError, LeaseLost, ResourceFailed, StoreFailed
from calor.base.records import evolve
from calor.engine.ledger import Ledger
from calor.engine.stop import Stopped
from calor.model.resource import Resource
from calor.model.states import Action, Status

log = structlog.get_logger(__name__)

NOT_ITS_FAULT = (Stopped, LeaseLost, StoreFailed)
"""What ends a step without telling anything about its resource."""


class Failing:
    """The failures of the steps over one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def inside(self, row: Resource, action: Action | None = None) -> Inside:
        """Turns what goes wrong inside into the row's FAILED state, of the action that it says or
        of another one, and one ResourceFailed."""
        return Inside(self, row, action)

    def broken(self, row: Resource, action: Action | None, error: Exception) -> ResourceFailed:
        """The row FAILED by an error; what to raise."""
        reason = str(error)
        if not isinstance(error, CalorError):
            log.error("a resource type broke", resource=row.name, type=row.type, exc_info=error)
            reason = f"{row.type} broke: {type(error).__name__}: {error}"
        present = self._ledger.rows[row.id]
        return self.failed(evolve(present, action=action or present.action), reason)

    def failed(self, row: Resource, reason: str) -> ResourceFailed:
        """The row FAILED, in the action that it says; what to raise."""
        self._ledger.move(row, row.action, Status.FAILED, reason)
        return ResourceFailed(f"resources.{row.name}: {reason}")


class Inside:
    """What is done for one row. A class of its own: for thousands, a generator takes long."""

    __slots__ = ("_action", "_failing", "_row")

    def __init__(self, failing: Failing, row: Resource, action: Action | None) -> None:
        self._failing = failing
        self._row = row
        self._action = action

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, NOT_ITS_FAULT):
            raise self._failing.broken(self._row, self._action, error) from error

"""How a step tells that it failed: the row says FAILED, and one ResourceFailed says why.

It decides nothing about what happens then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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

    @contextmanager
    def inside(self, row: Resource, action: Action | None = None) -> Iterator[None]:
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
            failed = evolve(present, action=action or present.action)
            raise self.failed(failed, reason) from error

    def failed(self, row: Resource, reason: str) -> ResourceFailed:
        """The row FAILED, in the action that it says; what to raise."""
        self._ledger.move(row, row.action, Status.FAILED, reason)
        return ResourceFailed(f"resources.{row.name}: {reason}")

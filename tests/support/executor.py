"""The executor of a simulated process: work runs in line and takes virtual time, and a commit can
be the process's last moment.

It knows SQLAlchemy's events, and no table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from calor.base.clock import Clock
from support.trace import Trace, short
from support.troubles import Kill, Troubles
from support.virtual import Process

T = TypeVar("T")


class Killed(BaseException):
    """The process died inside a transaction, right before its commit."""


class Commits:
    """Watches one database's commits: they enter the trace, and kills strike at them."""

    def __init__(self, engine: sa.Engine, troubles: Troubles, trace: Trace) -> None:
        self._troubles = troubles
        self._trace = trace
        self._statements: list[str] = []
        self.count = 0
        sa.event.listen(engine, "before_cursor_execute", self._executed)
        sa.event.listen(engine, "commit", self._commit)
        sa.event.listen(engine, "rollback", self._rollback)

    def _executed(self, _c: Any, _cursor: Any, statement: str, _p: Any, _x: Any, _m: bool) -> None:
        if not statement.startswith(("SELECT", "PRAGMA", "WITH")):
            self._statements.append(statement)

    def _commit(self, _: sa.Connection) -> None:
        if not self._statements:
            return
        process = Process.current()
        if process is not None and process.alive and self._troubles.kills_now(Kill.BEFORE_COMMIT):
            raise Killed
        self._trace.add("commit", len(self._statements), short("\n".join(self._statements)))
        self._statements.clear()
        self.count += 1

    def _rollback(self, _: sa.Connection) -> None:
        self._statements.clear()


class SimulatedExecutor:
    """An `Executor` for code inside a process; outside of one nothing strikes."""

    def __init__(
        self,
        *,
        clock: Clock,
        commits: Commits,
        troubles: Troubles,
        killed: Callable[[Process, Kill], None],
    ) -> None:
        self._clock = clock
        self._commits = commits
        self._troubles = troubles
        self._killed = killed

    async def run(self, function: Callable[[], T]) -> T:
        process = Process.current()
        before = self._commits.count
        try:
            result = function()
        except Killed:
            assert process is not None
            self._killed(process, Kill.BEFORE_COMMIT)
            await process.die()
        if self._commits.count > before:
            if process is not None and self._troubles.kills_now(Kill.AFTER_COMMIT):
                self._killed(process, Kill.AFTER_COMMIT)
                await process.die()
            # The disk takes a moment, in which others go on.
            await self._clock.sleep(self._troubles.commit_time())
        else:
            # What was read is older than the moment in which somebody hears it.
            await self._clock.sleep(self._troubles.read_time())
        return result

    def close(self) -> None:
        pass

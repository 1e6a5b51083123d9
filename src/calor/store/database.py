"""Connections: one that writes, several that read, and how SQLite is set up.

It opens and configures; it holds no statement of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from calor.base.clock import Clock
from calor.base.errors import StoreFailed
from calor.store.dialect import CLOCK, normalised
from calor.store.statements import Statements

Trace = Callable[[str], None]

READS_ONLY = {"reads_only": True}
"""Marks connections on which no transaction begins: each SELECT sees what is committed."""

BUSY_SECONDS = 30.0
"""How long SQLite waits for another process's write."""

LONGEST_LOG = 10_000
"""Pages of SQLite's log (40 MB) after which a commit moves them into the file; `tidy` does it
before, when nobody waits for it."""


class Database:
    """A database. `write` is one transaction, of one writer at a time; `read` sees only what is
    committed. SQLite in memory has a single connection: it wants an executor that runs in line."""

    def __init__(self, writing: Engine, reading: Engine, *, keeps: bool = False) -> None:
        self.engine = writing
        self._reading = reading
        self._keeps = keeps
        self._kept: Connection | None = None
        """The connection that writes, where `keeps`: to take it from the pool for each
        transaction costs as much as a small one. It must be one that no network can cut. From the
        first `write` on nobody else gets one of `engine`, whose pool has no second."""
        self.statements = Statements(writing.dialect)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end, or rolls back when something is raised."""
        connection, self._kept = self._kept or self.engine.connect(), None
        try:
            with connection.begin():
                yield connection
        except BaseException:
            connection.close()
            raise
        if self._keeps:
            self._kept = connection
        else:
            connection.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Raises `errors.StoreFailed` for whatever the database says."""
        try:
            with self._reading.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise failed(error) from error

    def tidy(self) -> bool:
        """Moves what SQLite has in its log into the file, as far as nobody reads older pages, and
        keeps no writer waiting. Whether nothing is left there."""
        if self.engine.dialect.name != "sqlite":
            return True
        with self.read() as connection:
            told = connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").one()
        _, pages, moved = told
        return bool(moved >= pages)

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self._reading.dispose()
        self.engine.dispose()


def failed(error: SQLAlchemyError) -> StoreFailed:
    """The error for callers; the statement and its values stay out of the message."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return StoreFailed(f"The database failed: {said}")


def open_database(url: str, *, clock: Clock, trace: Trace | None = None) -> Database:
    """Opens a database by SQLAlchemy URL. `trace` is called with the text of each statement
    that the database runs; on SQLite by its trace callback, from any thread."""
    parsed = normalised(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, clock, trace)
    engine = sa.create_engine(parsed, isolation_level="READ COMMITTED", pool_pre_ping=True)
    if trace is not None:
        _trace(engine, trace)
    return Database(engine, engine.execution_options(isolation_level="AUTOCOMMIT"))


def _trace(engine: Engine, trace: Trace) -> None:
    @event.listens_for(engine, "before_cursor_execute")
    def executed(
        _connection: Any, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool
    ) -> None:
        trace(statement)


def _sqlite(url: URL, clock: Clock, trace: Trace | None) -> Database:
    if url.database in (None, "", ":memory:"):
        writing = _sqlite_engine(url, clock, trace, poolclass=StaticPool)
        _begin_immediate(writing)
        return Database(writing, writing.execution_options(**READS_ONLY))
    writing = _sqlite_engine(url, clock, trace, poolclass=QueuePool, pool_size=1, max_overflow=0)
    _begin_immediate(writing)
    reading = _sqlite_engine(url, clock, trace, poolclass=QueuePool)
    return Database(writing, reading, keeps=True)


def _sqlite_engine(url: URL, clock: Clock, trace: Trace | None, **options: Any) -> Engine:
    arguments = {
        "check_same_thread": False,
        "timeout": BUSY_SECONDS,
        "cached_statements": 256,
    }
    engine = sa.create_engine(url, connect_args=arguments, **options)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        # We begin transactions ourselves: the driver would do it late, after reading.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LONGEST_LOG}")
        connection.create_function(CLOCK, 0, clock.now)
        if trace is not None:
            connection.set_trace_callback(trace)

    return engine


def _begin_immediate(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("reads_only"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

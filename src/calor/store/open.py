"""Opens a store: the schema brought up to date, and every port on one database."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from calor.base.clock import Clock
from calor.base.errors import UserError
from calor.base.executor import Executor
from calor.base.ids import Ids
from calor.model.bus import Bus
from calor.model.ports import Journal, Leases, Operations, Reads, Secrets, Trusts
from calor.model.sink import Deliveries
from calor.store.claimant import Claimant
from calor.store.codec import Codec
from calor.store.database import Database, Trace, open_database
from calor.store.definitions import Definitions
from calor.store.deliveries import SqlDeliveries
from calor.store.loads import Loads
from calor.store.migrate import upgrade
from calor.store.ports import SqlJournal, SqlLeases, SqlOperations
from calor.store.reads import SqlReads
from calor.store.trusts import SqlTrusts
from calor.store.writer import Writer


@dataclass(frozen=True, slots=True)
class Store:
    """The ports of one process. Two `Store`s on one database are like two processes: each has a
    queue of its own, and a life of its own for the leases that it takes."""

    reads: Reads
    operations: Operations
    leases: Leases
    journal: Journal
    trusts: Trusts
    deliveries: Deliveries
    _writer: Writer
    _database: Database | None

    async def tidy(self) -> None:
        """Cleans up after what was written: to be called every second or so, and by nobody who
        waits for it. Raises `StoreFailed`."""
        await self._writer.tidy()

    async def close(self) -> None:
        """Writes what is queued; closes the database if this store opened it."""
        await self._writer.settle()
        if self._database is not None:
            self._database.close()


def open_store(
    url: str,
    *,
    clock: Clock,
    executor: Executor,
    secrets: Secrets,
    bus: Bus,
    ids: Ids,
    call_timeout: float,
    lease_duration: float,
    trace: Trace | None = None,
) -> Store:
    """Opens the database at a SQLAlchemy URL and makes its tables if need be. Raises UserError
    for a bad URL, or a database that can't be used. `trace` hears every
    statement that runs. Times are seconds. It blocks: for the start of a program."""
    database = _open(url, clock, trace)
    store = store_on(
        database,
        clock=clock,
        executor=executor,
        secrets=secrets,
        bus=bus,
        ids=ids,
        call_timeout=call_timeout,
        lease_duration=lease_duration,
    )
    return replace(store, _database=database)


def _open(url: str, clock: Clock, trace: Trace | None) -> Database:
    try:
        database = open_database(url, clock=clock, trace=trace)
    except (SQLAlchemyError, ImportError):
        raise UserError(
            "The database setting is no URL of a database that Calor knows.",
            "write it as sqlite:///FILE, postgresql://USER:PASSWORD@HOST/NAME or"
            " mysql://USER:PASSWORD@HOST/NAME",
        ) from None
    try:
        upgrade(database.engine)
    except DBAPIError as error:
        database.close()
        raise UserError(
            f"The database {database.engine.url.render_as_string()} can't be used: {error.orig}",
            _cure(str(error.orig)),
        ) from error
    return database


def _cure(said: str) -> str:
    if "locked" in said:
        return "another program holds it: end that, or wait until it is done"
    if "full" in said or "disk I/O" in said:
        return "make room on its disk"
    return "check that it exists, and that this user may write it"


def store_on(
    database: Database,
    *,
    clock: Clock,
    executor: Executor,
    secrets: Secrets,
    bus: Bus,
    ids: Ids,
    call_timeout: float,
    lease_duration: float,
) -> Store:
    """A store on a database that is open and up to date, and stays open after `close`."""
    codec = Codec(secrets)
    definitions = Definitions(codec)
    loads = Loads(database.statements, codec=codec, definitions=definitions)
    writer = Writer(
        database,
        executor=executor,
        clock=clock,
        bus=bus,
        codec=codec,
        definitions=definitions,
    )
    claimant = Claimant(
        database,
        writer=writer,
        executor=executor,
        loads=loads,
        clock=clock,
        life=ids.uuid(),
        duration=lease_duration,
    )
    return Store(
        reads=SqlReads(database, executor=executor, codec=codec, loads=loads),
        operations=SqlOperations(writer, ids),
        leases=SqlLeases(claimant, call_timeout=call_timeout),
        journal=SqlJournal(writer),
        trusts=SqlTrusts(database, writer=writer, executor=executor, codec=codec, ids=ids),
        deliveries=SqlDeliveries(claimant),
        _writer=writer,
        _database=None,
    )

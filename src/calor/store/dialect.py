"""All that differs between SQLite, PostgreSQL, and MySQL or MariaDB, in one place.

It makes SQL text; it runs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import ArgumentError

CLOCK = "calor_now"
"""The SQL function that SQLite is given, made from the injected clock."""

_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}


def normalised(url: str) -> URL:
    """The URL with our driver where it names none. Raises SQLAlchemy's ArgumentError."""
    parsed = make_url(url)
    return parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))


@dataclass(frozen=True, slots=True)
class Words:
    """How one database says things.

    - `mark`: a parameter's place. `now`: seconds since 1970 by the database's clock.
    - `lock`, `lock_free`: what a SELECT ends in that locks its rows, or only the unlocked ones.
    - `excluded`: a column's value in the row that an upsert could not insert.
    - `packet`: how many characters a statement holds, about; 0 for no limit that we could reach.
    """

    name: str
    mark: str
    now: str
    lock: str
    lock_free: str
    excluded: str
    packet: int = 0

    def on_conflict(self, key: Sequence[str], columns: Sequence[str]) -> str:
        """What an INSERT ends in that replaces `columns` of rows that exist; none: keeps them.
        All names are quoted."""
        if self.name == "mysql":
            changes = columns or key[:1]
            return "ON DUPLICATE KEY UPDATE " + self._changes(changes)
        keys = ", ".join(key)
        if not columns:
            return f"ON CONFLICT ({keys}) DO NOTHING"
        return f"ON CONFLICT ({keys}) DO UPDATE SET " + self._changes(columns)

    def _changes(self, columns: Sequence[str]) -> str:
        return ", ".join(f"{name} = {self.excluded.format(name)}" for name in columns)

    def migration_lock(self) -> tuple[str, str] | None:
        """Statements between which no other process migrates; SQLite's transactions need none."""
        return {
            "postgresql": (
                "SELECT pg_advisory_lock(7236725)",
                "SELECT pg_advisory_unlock(7236725)",
            ),
            "mysql": ("SELECT GET_LOCK('calor.tables', 60)", "SELECT RELEASE_LOCK('calor.tables')"),
        }.get(self.name)


_SQLITE = Words("sqlite", "?", f"{CLOCK}()", "", "", "excluded.{}")
_POSTGRESQL = Words(
    "postgresql",
    "%s",
    "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS double precision)",
    " FOR UPDATE",
    " FOR UPDATE SKIP LOCKED",
    "excluded.{}",
)
_MYSQL = Words(
    "mysql",
    "%s",
    "CAST(UNIX_TIMESTAMP(NOW(6)) AS DOUBLE)",
    " FOR UPDATE",
    " FOR UPDATE SKIP LOCKED",
    "VALUES({})",
    # MariaDB's max_allowed_packet is 16 MiB, in bytes.
    3_000_000,
)


def words(dialect: Dialect) -> Words:
    """The words of a database. Raises ArgumentError for one that we don't know."""
    known = {
        "sqlite": _SQLITE,
        "postgresql": _POSTGRESQL,
        "mysql": _MYSQL,
        "mariadb": _MYSQL,
    }
    if dialect.name not in known:
        raise ArgumentError(f"{dialect.name} is not among {', '.join(known)}")
    return known[dialect.name]

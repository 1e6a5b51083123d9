"""Brings a database's tables up to date. It knows no content.

A database without tables gets the newest ones at once; an older one goes through the migrations.
A test proves that both ways end in the same tables.
"""

from __future__ import annotations

import importlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from calor.store.dialect import words
from calor.store.schema import HEAD, metadata

VERSIONS = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def upgrade(engine: Engine) -> None:
    """Makes or changes the tables, if they are not the newest; one process at a time."""
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    lock = words(engine.dialect).migration_lock()
    with engine.connect() as connection:
        if lock is not None:
            connection.exec_driver_sql(lock[0])
            connection.commit()
        try:
            with connection.begin():
                _change(connection)
        finally:
            if lock is not None:
                connection.exec_driver_sql(lock[1])
                connection.commit()


def _change(connection: Connection) -> None:
    version = _version(connection)
    if version is None:
        metadata.create_all(connection)
        VERSIONS.create(connection, checkfirst=True)
        connection.execute(VERSIONS.insert().values(version_num=HEAD))
    elif version != HEAD:
        # Found by file and imported on first use: an up-to-date start needs no Alembic.
        importlib.import_module("calor.store.migrations").run(connection)


def _version(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSIONS.name):
        return None
    return connection.execute(sa.select(VERSIONS.c.version_num)).scalar_one_or_none()

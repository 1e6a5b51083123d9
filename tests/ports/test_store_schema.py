"""The tables: migrations and `schema` agree, and starting is quick where nothing is to do."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from calor.base.errors import UserError
from calor.store import migrations
from calor.store.database import open_database
from calor.store.migrate import upgrade
from calor.store.schema import HEAD, metadata
from ports.nouns import ManualClock, World


def described(engine: sa.Engine) -> dict[str, object]:
    """Tables with columns, keys and indices, as the database tells them."""
    seen = sa.inspect(engine)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(name)],
            seen.get_pk_constraint(name)["constrained_columns"],
            sorted(i["column_names"] for i in seen.get_indexes(name)),
            sorted(u["column_names"] for u in seen.get_unique_constraints(name)),
            sorted(f["constrained_columns"] for f in seen.get_foreign_keys(name)),
        )
        for name in sorted(seen.get_table_names())
        if name != "alembic_version"
    }


def test_migrations_and_tables_agree(world: World) -> None:
    database = open_database(world.url, clock=ManualClock())
    with database.engine.begin() as connection:
        migrations.run(connection)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == HEAD
        assert compare_metadata(context, metadata) == []
    migrated = described(database.engine)
    assert sorted(migrated) == sorted(metadata.tables)
    with database.engine.begin() as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
    upgrade(database.engine)
    assert described(database.engine) == migrated
    database.close()


def test_the_newest_migration_is_the_head() -> None:
    assert migrations.scripts().get_current_head() == HEAD


def test_upgrading_twice_changes_nothing(sqlite: World) -> None:
    sqlite.open()
    sqlite.statements.clear()
    sqlite.open()
    assert not [text for text in sqlite.statements if text.startswith(("CREATE", "INSERT"))]


def test_starting_imports_no_migrations() -> None:
    """Alembic costs as much time as everything else together."""
    code = "import sys, calor.store.open; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "url",
    [
        "no url",
        "oracle://host/name",
        "nothing://host",
        "sqlite:////no/such/folder/calor.sqlite",
        "postgresql://calor@127.0.0.1:1/calor",
        "mysql://calor:password@127.0.0.1:1/calor",
    ],
)
def test_a_database_that_cannot_be_used_is_told(url: str) -> None:
    with pytest.raises(UserError) as told:
        World(url).open()
    assert told.value.hint and "password" not in told.value.message


def test_tables_of_a_newer_version_are_told(sqlite: World) -> None:
    sqlite.open()
    database = open_database(sqlite.url, clock=ManualClock())
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(UserError, match="newer version"):
        sqlite.open()


def test_sqlite_is_durable(sqlite: World) -> None:
    database = open_database(sqlite.url, clock=ManualClock())
    for connect in (database.read, database.write):
        with connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


def test_json_and_seals_have_their_format_and_key() -> None:
    """Every text that we encode says in which format, every sealed one with which key."""
    for name in ("outputs", "roles", "properties"):
        holders = [table for table in metadata.sorted_tables if name in table.columns]
        assert holders and all(f"{name}_format" in table.columns for table in holders)
    for table in metadata.sorted_tables:
        if "sealed" in table.columns:
            assert "key_id" in table.columns
        if "body" in table.columns:
            assert "body_format" in table.columns

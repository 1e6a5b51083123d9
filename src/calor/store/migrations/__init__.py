"""The history of the tables, as Alembic migrations, and the way to run them.

A migration is never changed once it was released; it uses nothing of `calor.store.schema`, which
is only how the tables look today.
"""

from __future__ import annotations

from importlib import resources

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from calor.base.errors import UserError


def scripts() -> ScriptDirectory:
    """The migrations of this package."""
    config = Config()
    config.set_main_option("script_location", str(resources.files(__name__)))
    return ScriptDirectory.from_config(config)


def run(connection: Connection, target: str = "head") -> None:
    """Runs what is missing up to `target`, inside the connection's transaction. Raises UserError
    for tables that a newer version made."""
    script = scripts()
    known = {revision.revision for revision in script.walk_revisions()}
    if any(
        head not in known for head in MigrationContext.configure(connection).get_current_heads()
    ):
        raise UserError(
            "A newer version of Calor changed the tables of this database.",
            "use that version, or restore a backup from before",
        )
    environment = EnvironmentContext(
        Config(), script, fn=lambda revision, _: script._upgrade_revs(target, revision)
    )
    environment.configure(connection=connection)
    environment.run_migrations()

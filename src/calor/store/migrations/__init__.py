"""The history of the tables, as Alembic migrations, and the way to run them.

A migration is never changed once it was released; it uses nothing of `calor.store.schema`, which
is only how the tables look today.
"""

from __future__ import annotations

from importlib import resources

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection


def scripts() -> ScriptDirectory:
    """The migrations of this package."""
    config = Config()
    config.set_main_option("script_location", str(resources.files(__name__)))
    return ScriptDirectory.from_config(config)


def run(connection: Connection, target: str = "head") -> None:
    """Runs what is missing up to `target`, inside the connection's transaction."""
    script = scripts()
    environment = EnvironmentContext(
        Config(), script, fn=lambda revision, _: script._upgrade_revs(target, revision)
    )
    environment.configure(connection=connection)
    environment.run_migrations()

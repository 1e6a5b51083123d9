"""`calor serve`: the API and an engine in one process."""

from __future__ import annotations

from pathlib import Path

import click

from calor.base.errors import UserError
from calor.cli.command import command
from calor.cli.root import App
from calor.cli.where import Serving

PORT = click.IntRange(0, 65535)


@command(
    ("calor serve --sandbox", "Try everything without a cloud"),
    (
        "calor serve --cloud service --register --host 0.0.0.0",
        "Serve a real cloud, whose catalog names the address meanwhile",
    ),
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".calor"),
    show_default=True,
    help="Where state, keys and clouds.yaml are kept.",
)
@click.option("--sandbox", is_flag=True, help="Serve a simulated cloud of its own.")
@click.option("--cloud", metavar="NAME", default="", help="Serve this cloud of clouds.yaml.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, help="Port; 0 picks a free one.  [default: 8004]")
@click.option(
    "--sandbox-port", type=PORT, default=0, help="The sandbox's port.  [default: a free one]"
)
@click.option("--instant", is_flag=True, help="Nothing takes time in the sandbox.")
@click.option(
    "--database", metavar="URL", default="", help="A database.  [default: SQLite in --dir]"
)
@click.option(
    "--register", is_flag=True, help="Enter the address in the cloud's catalog meanwhile."
)
@click.pass_obj
def serve(
    app: App,
    folder: Path,
    sandbox: bool,
    cloud: str,
    host: str,
    port: int | None,
    sandbox_port: int,
    instant: bool,
    database: str,
    register: bool,
) -> None:
    """Serve stacks to everybody with a token of the cloud, until Ctrl-C.

    With --cloud NAME the entry in clouds.yaml is Calor's own service user: it needs a password,
    and the right to be a trustee; with --register, to change the catalog.
    """
    cloud = cloud or app.where.cloud
    if sandbox and cloud and cloud != app.where.cloud:
        raise UserError("--sandbox and --cloud exclude one another", "say one of them")
    if not sandbox and not cloud:
        raise UserError("no cloud is named", "say --cloud NAME, or --sandbox for a simulated one")
    app.programs.serve(
        Serving(
            folder=folder,
            host=host,
            port=port,
            database=database,
            cloud="" if sandbox else cloud,
            sandbox=sandbox,
            sandbox_port=sandbox_port,
            instant=instant,
            register=register,
            debug=app.debug,
        )
    )

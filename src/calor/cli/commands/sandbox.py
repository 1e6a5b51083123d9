"""`calor sandbox`: a simulated cloud, alone."""

from __future__ import annotations

from pathlib import Path

import click

from calor.cli.command import command
from calor.cli.root import App
from calor.cli.where import Serving


@command(
    ("calor sandbox --dir /tmp/cloud", "A simulated cloud; its clouds.yaml is in the folder"),
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".calor"),
    show_default=True,
    help="Where clouds.yaml is written.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port.  [default: a free one]"
)
@click.option("--instant", is_flag=True, help="Nothing takes time.")
@click.pass_obj
def sandbox(app: App, folder: Path, host: str, port: int, instant: bool) -> None:
    """Serve a simulated OpenStack until Ctrl-C: Keystone, Nova, Neutron, Cinder and Glance.

    It begins with images, flavors and networks, and forgets everything at the end.
    """
    app.programs.sandbox(
        Serving(folder=folder, host=host, sandbox_port=port, instant=instant, debug=app.debug)
    )

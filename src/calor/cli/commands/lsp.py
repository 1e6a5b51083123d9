"""`calor lsp`: the editor's server."""

from __future__ import annotations

from pathlib import Path

import click

from calor.cli.command import command
from calor.cli.inputs import assumed_option, environments_option
from calor.cli.root import App


@command(
    ("calor lsp -e prod.yaml", "The line for an editor's settings"),
)
@environments_option("An environment with which templates are checked; of several, later ones win.")
@assumed_option
@click.pass_obj
def lsp(app: App, environments: tuple[Path, ...], assumed: tuple[str, ...]) -> None:
    """Serve an editor through the Language Server Protocol, on standard input and output.

    It finds what `calor lint` finds, completes what is typed, shows what words mean, finds and
    renames parameters, resources and conditions. It needs no cloud. Editors start it themselves.
    """
    app.programs.lsp(environments, assumed)

"""`calor lsp`: the editor's server."""

from __future__ import annotations

from pathlib import Path

import click

from calor.cli.root import App


@click.command()
@click.option(
    "-e",
    "--environment",
    "environments",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="An environment with which templates are checked; of several, later ones win.",
)
@click.option(
    "--assume-type",
    "assumed",
    multiple=True,
    metavar="PATTERN",
    help="Take types of these names for known, as 'OS::TripleO::*'.",
)
@click.pass_obj
def lsp(app: App, environments: tuple[Path, ...], assumed: tuple[str, ...]) -> None:
    """Serve an editor through the Language Server Protocol, on standard input and output.

    It finds what `calor lint` finds, completes what is typed, shows what words mean, finds and
    renames parameters, resources and conditions. It needs no cloud. Editors start it themselves.
    """
    app.programs.lsp(environments, assumed)

"""`calor completion`: the script that lets a shell complete our commands."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from calor.base.errors import UserError
from calor.cli.command import command

SHELLS = ("bash", "zsh", "fish")


@command(
    ('eval "$(calor completion)"', "For this shell, and in its start-up file for all"),
)
@click.argument("shell", required=False, type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """Print the script; use it as: eval "$(calor completion)"."""
    shell = shell or Path(os.environ.get("SHELL", "")).name
    kind = get_completion_class(shell)
    if kind is None:
        raise UserError(
            f"no completion for the shell {shell!r}", f"name one of {', '.join(SHELLS)}"
        )
    click.echo(kind(ctx.find_root().command, {}, "calor", "_CALOR_COMPLETE").source())

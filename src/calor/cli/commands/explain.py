"""`calor explain`: what a diagnostic's code stands for."""

from __future__ import annotations

import click

from calor.base.errors import NotFound
from calor.base.spelling import did_you_mean
from calor.cli.command import command
from calor.cli.root import App


def _codes(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Codes for a shell to complete."""
    # Nobody has parsed the options yet, so there is no App: only what main handed in.
    programs = ctx.find_root().obj
    rules = (programs.programs if isinstance(programs, App) else programs).rules()
    return [code for code in rules if code.startswith(incomplete.upper())]


@command(
    ("calor explain R130", "What a code means, and what to do"),
)
@click.argument("code", required=False, shell_complete=_codes)
@click.pass_obj
def explain(app: App, code: str | None) -> None:
    """Say what a code like H101 means and what to do; without one, list all codes."""
    rules = app.programs.rules()
    if code is None:
        for rule in rules.values():
            click.echo(f"{rule.code}  {rule.title}")
        return
    found = rules.get(code.upper())
    if found is None:
        hint = did_you_mean(code.upper(), rules) or "`calor explain` lists all codes"
        raise NotFound(f"no diagnostic has the code {code!r}", hint)
    click.secho(f"{found.code}: {found.title}", bold=True)
    if found.explanation:
        click.echo(found.explanation)

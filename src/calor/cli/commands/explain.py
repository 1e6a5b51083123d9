"""`calor explain`: what a diagnostic's code stands for."""

from __future__ import annotations

import click

from calor.base.diagnostics import Rule, did_you_mean
from calor.base.errors import NotFound
from calor.client.files import FILE_MISSING, NOT_A_FILE
from calor.planning.rules import all_rules as planning_rules
from calor.template.rules import all_rules as template_rules


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Say what a code like H101 means and what to do; without one, list all codes."""
    rules = known()
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


def known() -> dict[str, Rule]:
    own = {rule.code: rule for rule in (FILE_MISSING, NOT_A_FILE)}
    return dict(sorted({**template_rules(), **planning_rules(), **own}.items()))

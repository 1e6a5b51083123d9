"""`calor output`: a stack's outputs. One that is asked for by its name is shown even if secret."""

from __future__ import annotations

import json

import click

from calor.base.errors import UserError
from calor.cli.command import command
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.view.tables import data, format_option, rows
from calor.cli.view.values import cell
from calor.client import OutputInfo

COLUMNS = ("key", "value", "description")


@command(
    ("calor output app", "All outputs"),
    ('ssh "debian@$(calor output app address)"', "One of them, in a script"),
)
@click.argument("name")
@click.argument("key", required=False)
@format_option
@click.pass_obj
def output(app: App, name: str, key: str | None, form: str) -> None:
    """Show all outputs of a stack, or only the value of one, ready for a script."""
    if key is None:
        found = with_client(app, lambda client: client.outputs(name))
        click.echo(rows([_item(one) for one in found], COLUMNS, form))
        return
    one = with_client(app, lambda client: client.output(name, key))
    if one.error:
        raise UserError(f"Output {key!r} has no value: {one.error}.", "repair the stack first")
    if form in ("json", "yaml"):
        click.echo(data(one.value, form))
    else:
        text = (
            one.value if isinstance(one.value, str) else json.dumps(one.value, ensure_ascii=False)
        )
        click.echo(text)


def _item(one: OutputInfo) -> dict[str, object]:
    value = one.value if not one.error else f"(no value: {one.error})"
    return {"key": one.key, "value": cell(value), "description": one.description}

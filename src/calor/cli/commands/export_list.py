"""`calor export list`."""

from __future__ import annotations

import click

from calor.cli.command import command
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.view.tables import format_option, rows
from calor.cli.view.values import cell

COLUMNS = ("name", "value", "stack")


@command(
    ("calor export list", "What the stacks of the project share"),
)
@format_option
@click.pass_obj
def export_list(app: App, form: str) -> None:
    """List what the stacks of your project export; a stack may import it by its name."""
    found = with_client(app, lambda client: client.exports())
    items = [{"name": one.name, "value": cell(one.value), "stack": one.stack_name} for one in found]
    if items or form != "table":
        click.echo(rows(items, COLUMNS, form))
    else:
        click.echo("No stack exports anything.", err=True)

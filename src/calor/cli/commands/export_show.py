"""`calor export show`: one export and who imports it. It is shown even if secret."""

from __future__ import annotations

import click

from calor.cli.command import command
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.view.tables import format_option, rows
from calor.cli.view.values import cell

COLUMNS = ("name", "value", "stack", "imported_by")


@command(
    ("calor export show network-id", "Its value, and who imports it"),
)
@click.argument("name")
@format_option
@click.pass_obj
def export_show(app: App, name: str, form: str) -> None:
    """Show an export: its value, its stack, and the stacks that import it."""
    one = with_client(app, lambda client: client.export(name))
    item = {
        "name": one.name,
        "value": cell(one.value),
        "stack": one.stack_name,
        "imported_by": ", ".join(one.imported_by),
    }
    click.echo(rows([item], COLUMNS, form))

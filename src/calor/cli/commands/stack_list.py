"""`calor stack list`."""

from __future__ import annotations

import click

from calor.base.clock import iso
from calor.cli.command import command
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.view.tables import format_option, rows

COLUMNS = ("name", "status", "created", "updated", "id")


@command(
    ("calor stack list", "The stacks of your project"),
    ("calor stack list --nested -f json", "Those inside others too, for a program"),
)
@click.option("--nested", is_flag=True, help="Stacks inside stacks too.")
@click.option("--deleted", is_flag=True, help="Deleted ones too.")
@format_option
@click.pass_obj
def stack_list(app: App, nested: bool, deleted: bool, form: str) -> None:
    """List the stacks of your project."""
    query = {"show_nested": nested or None, "show_deleted": deleted or None}
    found = with_client(app, lambda client: client.stacks(**query))
    items = [
        {
            "name": stack.name,
            "status": stack.status,
            "created": iso(stack.created_at) if stack.created_at else None,
            "updated": iso(stack.updated_at) if stack.updated_at else None,
            "id": stack.id,
        }
        for stack in found
    ]
    if items or form != "table":
        click.echo(rows(items, COLUMNS, form))
    else:
        click.echo("No stacks yet; `calor deploy TEMPLATE` makes one.", err=True)

"""`calor hook list`."""

from __future__ import annotations

import click

from calor.cli.command import command
from calor.cli.hooks import Waiting, waiting_of
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.view.tables import format_option, rows
from calor.cli.view.values import type_name
from calor.cli.watch import DEPTH
from calor.client import Client

COLUMNS = ("resource", "hook", "type")


@command(
    ("calor hook list app", "What waits, at which hook"),
)
@click.argument("name")
@format_option
@click.pass_obj
def hook_list(app: App, name: str, form: str) -> None:
    """List what waits at a hook in a stack, and in the stacks inside it."""
    found = with_client(app, lambda client: _waiting(client, name))
    if found or form != "table":
        items = [
            {"resource": one.name, "hook": one.hook, "type": type_name(one.type)} for one in found
        ]
        click.echo(rows(items, COLUMNS, form))
    else:
        click.echo(f"Nothing of stack {name} waits at a hook.", err=True)


async def _waiting(client: Client, name: str) -> list[Waiting]:
    ref = await client.resolve(name)
    return waiting_of(ref, await client.resources(ref, depth=DEPTH))

"""`calor destroy`: deletes a stack, after showing what goes, what will wait, and asking."""

from __future__ import annotations

import click

from calor.base.errors import NotFound
from calor.cli.command import command
from calor.cli.commands.deploy import confirm
from calor.cli.errors import Failed
from calor.cli.picture import Concern
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.view.plan import lines
from calor.cli.watch import DEPTH, last_event, watch
from calor.client import Client


@command(
    ("calor destroy app", "Show what goes, ask, delete it, and watch"),
    ("calor destroy app -y --no-wait", "From a script that has other things to do"),
)
@click.argument("name")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--wait/--no-wait", default=True, help="Watch until it is done.  [default: --wait]")
@click.pass_obj
def destroy(app: App, name: str, yes: bool, wait: bool) -> None:
    """Delete a stack and everything that it made."""
    with_client(app, lambda client: _destroy(client, name, yes=yes, wait=wait))


async def _destroy(client: Client, name: str, *, yes: bool, wait: bool) -> None:
    stack = await client.stack(name, outputs=False)
    if stack.status == "DELETE_COMPLETE":
        raise NotFound(f"Stack {name!r} is deleted already.", "nothing is left to do")
    resources = await client.resources(stack.ref, depth=DEPTH)
    own = [resource for resource in resources if resource.stack == stack.ref]
    if not yes:
        for line in lines(await client.plan_delete(stack.ref)):
            click.echo(line)
        confirm(f"Delete stack {name} with its {len(resources)} resources?")
    marker = await last_event(client, stack.ref)
    await client.delete(stack.ref)
    if not wait:
        click.echo(f"Stack {name} is being deleted.")
        return
    concerns = [Concern(resource.name, resource.type, goes=True) for resource in own]
    ended = await watch(client, stack.ref, title=name, marker=marker, concerns=concerns)
    if ended.failed:
        click.echo(f"\nStack {name} is {ended.status}: {ended.reason}", err=True)
        raise Failed
    click.secho(f"\nStack {name} is deleted.", bold=True)

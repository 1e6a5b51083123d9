"""`calor events`: what happened to a stack."""

from __future__ import annotations

import asyncio

import click

from calor.base.clock import iso
from calor.cli.command import command
from calor.cli.root import App
from calor.cli.running import interrupts, with_client
from calor.cli.view.tables import format_option, rows
from calor.cli.watch import DEPTH, print_event
from calor.client import Client, EventInfo

COLUMNS = ("time", "stack", "name", "status", "reason", "physical_id", "id")


@command(
    ("calor events app", "What happened so far"),
    ("calor events app --follow", "And what happens from now on"),
)
@click.argument("name")
@click.option("--follow", is_flag=True, help="Go on as things happen, until Ctrl-C.")
@click.option("--nested/--no-nested", default=True, help="Those of nested stacks too.")
@format_option
@click.pass_obj
def events(app: App, name: str, follow: bool, nested: bool, form: str) -> None:
    """Show what happened to a stack, oldest first."""
    depth = DEPTH if nested else 0
    if follow:
        with_client(app, lambda client: _follow(client, name, depth))
        return
    root, found = with_client(app, lambda client: _all(client, name, depth))
    if form == "table":
        for event in found:
            print_event(event, root)
        return
    items = [
        {
            "time": iso(event.at),
            "stack": event.stack,
            "name": event.name,
            "status": event.status,
            "reason": event.reason,
            "physical_id": event.physical_id,
            "id": event.id,
        }
        for event in found
    ]
    click.echo(rows(items, COLUMNS, form))


async def _all(client: Client, name: str, depth: int) -> tuple[str, list[EventInfo]]:
    """The stack's name, and its events."""
    ref = await client.resolve(name)
    return ref.partition("/")[0], await client.events(ref, depth=depth)


async def _follow(client: Client, name: str, depth: int) -> None:
    ref = await client.resolve(name)

    async def print_all() -> None:
        async for event in client.follow(ref, depth=depth):
            print_event(event, ref.partition("/")[0])

    loop = asyncio.get_running_loop()
    with interrupts() as heard:
        printing = loop.create_task(print_all())
        hearing = loop.create_task(heard.wait())
        await asyncio.wait([printing, hearing], return_when=asyncio.FIRST_COMPLETED)
        hearing.cancel()
        if printing.done():
            printing.result()
        printing.cancel()

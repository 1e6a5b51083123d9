"""`calor stack tree`: a stack's resources, with the stacks inside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from calor.cli.command import command
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.view.tables import data
from calor.cli.view.tree import Branch, lines
from calor.cli.view.values import type_name
from calor.cli.watch import DEPTH
from calor.client import Client, ResourceInfo


@command(
    ("calor stack tree app", "All resources, with those of nested stacks"),
)
@click.argument("name")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json", "yaml"]),
    default="text",
    help="How to print it.",
)
@click.pass_obj
def stack_tree(app: App, name: str, form: str) -> None:
    """Show a stack's resources as a tree, nested stacks too."""
    root = with_client(app, lambda client: _tree(client, name))
    if form != "text":
        click.echo(data(asdict(root), form))
        return
    for line in lines(root):
        click.echo(line)


async def _tree(client: Client, name: str) -> Branch:
    stack = await client.stack(name, outputs=False)
    resources = await client.resources(stack.ref, depth=DEPTH)
    inside = branches(stack.ref, resources)
    return Branch(stack.name, "OS::Heat::Stack", stack.status, stack.id, inside)


def branches(ref: str, resources: Sequence[ResourceInfo]) -> tuple[Branch, ...]:
    return tuple(
        Branch(
            resource.name,
            type_name(resource.type),
            resource.status,
            resource.physical_id,
            branches(resource.nested, resources) if resource.nested else (),
            resource.hook,
        )
        for resource in resources
        if resource.stack == ref
    )

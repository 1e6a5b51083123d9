"""`calor plan`: shows what deploy would do."""

from __future__ import annotations

from pathlib import Path

import click

from calor.base.errors import NotFound
from calor.cli.command import command
from calor.cli.inputs import default_name, definition_options, read_input
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.view import plan as view
from calor.cli.view.plan_data import as_data
from calor.cli.view.tables import data
from calor.client import Client, PlanInfo, StackInput


@command(
    ("calor plan app.yaml -e prod.yaml -p size=3", "What a deploy of the same would do"),
    ("calor plan app.yaml -f json", "The same for a program"),
)
@definition_options
@click.option("--name", metavar="NAME", help="The stack's name.  [default: the template's]")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json", "yaml"]),
    default="text",
    help="How to print it.",
)
@click.pass_obj
def plan(
    app: App,
    template: Path,
    environments: tuple[Path, ...],
    parameters: tuple[str, ...],
    parameters_file: Path | None,
    name: str | None,
    form: str,
) -> None:
    """Show what `calor deploy` would do with the same arguments; do nothing.

    Marks: + create, ~ change in place, -/+ replace, - delete, = keep.
    """
    wanted = read_input(
        template,
        environments=environments,
        parameters=parameters,
        parameters_file=parameters_file,
    )
    found = with_client(app, lambda client: planned(client, name or default_name(template), wanted))
    if form != "text":
        click.echo(data(as_data(found), form))
        return
    show(found)


async def planned(client: Client, name: str, wanted: StackInput) -> PlanInfo:
    """What would become of the stack of that name, whether it exists or not."""
    try:
        ref = await client.resolve(name)
    except NotFound:
        return await client.plan_create(name, wanted)
    return await client.plan_update(ref, wanted)


def show(plan: PlanInfo) -> None:
    for line in view.lines(plan):
        click.echo(line)
    click.echo()
    click.secho(view.summary(plan), bold=True)

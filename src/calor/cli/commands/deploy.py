"""`calor deploy`: creates or updates a stack, after showing the plan and asking."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from calor.base.errors import NotFound, UserError
from calor.cli.command import command
from calor.cli.commands.plan import show
from calor.cli.errors import Failed
from calor.cli.inputs import default_name, definition_options, read_input
from calor.cli.picture import Concern
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.view.tables import data, single
from calor.cli.watch import last_event, watch
from calor.client import Client, OutputInfo, PlanInfo, StackInfo, StackInput


@dataclass(frozen=True, slots=True)
class Manner:
    """How the user wants it done."""

    yes: bool
    wait: bool
    take_over: bool
    form: str


@command(
    (
        "calor deploy app.yaml -e prod.yaml -p size=3",
        "Create the stack app, or change it until it is as the file says",
    ),
    (
        "calor deploy app.yaml --name app-2 --rollback -y --timeout 30",
        "From a script: do not ask, and go back if it fails",
    ),
    (
        "calor --server catalog --os-cloud prod deploy app.yaml",
        "On the Calor server that the cloud's catalog names",
    ),
)
@definition_options
@click.option("--name", metavar="NAME", help="The stack's name.  [default: the template's]")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--wait/--no-wait", default=True, help="Watch until it is done.  [default: --wait]")
@click.option("--timeout", type=click.IntRange(1), metavar="MINUTES", help="Give up after that.")
@click.option(
    "--rollback/--no-rollback",
    default=None,
    help="When it fails, go back to what was there before.  [default: --no-rollback]",
)
@click.option(
    "--take-over", is_flag=True, help="Do not wait for an operation that is under way; replace it."
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["table", "json", "yaml"]),
    default="table",
    help="How to print the outputs.",
)
@click.pass_obj
def deploy(
    app: App,
    template: Path,
    environments: tuple[Path, ...],
    parameters: tuple[str, ...],
    parameters_file: Path | None,
    name: str | None,
    yes: bool,
    wait: bool,
    timeout: int | None,
    rollback: bool | None,
    take_over: bool,
    form: str,
) -> None:
    """Create a stack from a template, or change it until it is as the template says.

    Shows the plan and asks before it does anything. Run it again after an interruption: it goes
    on where it was.
    """
    wanted = read_input(
        template,
        environments=environments,
        parameters=parameters,
        parameters_file=parameters_file,
        timeout=timeout,
        rollback=rollback,
    )
    manner = Manner(yes, wait, take_over, form)
    with_client(app, lambda client: _deploy(client, name or default_name(template), wanted, manner))


async def _deploy(client: Client, name: str, wanted: StackInput, manner: Manner) -> None:
    stack = await _settled(client, name, manner)
    if stack is None:
        plan = await client.plan_create(name, wanted)
    else:
        plan = await client.plan_update(stack.ref, wanted)
    _show(plan, manner)
    if stack is not None and plan.changes_nothing and not stack.failed:
        _say("Nothing to do.", manner)
        await _finish(client, stack, manner)
        return
    if not manner.yes:
        confirm(f"{'Update' if stack else 'Create'} stack {name}?")
    marker = ""
    if stack is None:
        stack = await client.create(name, wanted)
    else:
        marker = await last_event(client, stack.ref)
        await client.update(stack.ref, wanted)
    if not manner.wait:
        _say(
            f"Stack {name} ({stack.id}) is under way; `calor stack show {name}` tells how it goes.",
            manner,
        )
        return
    ended = await watch(
        client,
        stack.ref,
        title=name,
        marker=marker,
        concerns=_concerns(plan),
        aside=manner.form != "table",
    )
    await _finish(client, ended, manner)


async def _settled(client: Client, name: str, manner: Manner) -> StackInfo | None:
    """The stack of that name once nothing is under way; None when there is none."""
    while True:
        try:
            stack = await client.stack(name, outputs=False)
        except NotFound:
            return None
        deleting = stack.status == "DELETE_IN_PROGRESS"
        if not stack.in_progress or (manner.take_over and not deleting):
            return stack
        _say(f"Stack {name} is {stack.status}; this is watched to its end first.", manner)
        marker = await last_event(client, stack.ref)
        await watch(client, stack.ref, title=name, marker=marker, aside=manner.form != "table")


def _concerns(plan: PlanInfo) -> list[Concern]:
    return [
        Concern(change.name, change.type, goes=change.verb == "delete")
        for change in plan.changes
        if change.verb != "keep"
    ]


async def _finish(client: Client, stack: StackInfo, manner: Manner) -> None:
    """Says how it ended, and prints the outputs. Raises `Failed` when it did not end well."""
    if stack.failed or stack.status.startswith("ROLLBACK") or stack.status.startswith("DELETE"):
        click.echo(f"\nStack {stack.name} is {stack.status}: {stack.reason}", err=True)
        raise Failed
    outputs = await client.outputs(stack.ref)
    if manner.form != "table":
        values = {output.key: output.value for output in outputs}
        click.echo(
            data(
                {"stack": stack.name, "id": stack.id, "status": stack.status, "outputs": values},
                manner.form,
            )
        )
        return
    click.secho(f"\nStack {stack.name} is {stack.status}.", bold=True)
    if outputs:
        click.echo(single({output.key: _shown(output) for output in outputs}, "table"))


def _shown(output: OutputInfo) -> object:
    return output.value if not output.error else f"(no value: {output.error})"


def _show(plan: PlanInfo, manner: Manner) -> None:
    if manner.form == "table":
        show(plan)


def _say(text: str, manner: Manner) -> None:
    click.echo(text, err=manner.form != "table")


def confirm(question: str) -> None:
    """Asks; refuses where nobody can answer."""
    if not sys.stdin.isatty():
        raise UserError("nobody can be asked here, so nothing was done", "say --yes to go ahead")
    click.confirm(question, abort=True)

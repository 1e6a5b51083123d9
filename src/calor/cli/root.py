"""The `calor` program's commands and the options that all share. It imports no command."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import click

from calor import __version__
from calor.cli.colours import colours
from calor.cli.lazy import Entry, LazyGroup
from calor.cli.programs import Programs
from calor.cli.where import Where

HERE = "calor.cli.commands"

STACK_COMMANDS = {
    "list": Entry(f"{HERE}.stack_list:stack_list", "List the stacks."),
    "show": Entry(f"{HERE}.stack_show:stack_show", "Show a stack."),
    "tree": Entry(f"{HERE}.stack_tree:stack_tree", "Show a stack's resources, nested ones too."),
}

EXPORT_COMMANDS = {
    "list": Entry(f"{HERE}.export_list:export_list", "List what stacks export."),
    "show": Entry(f"{HERE}.export_show:export_show", "Show an export and who imports it."),
}

HOOK_COMMANDS = {
    "list": Entry(f"{HERE}.hook_list:hook_list", "List what waits at a hook."),
    "clear": Entry(f"{HERE}.hook_clear:hook_clear", "Let resources go on."),
}

COMMANDS = {
    "plan": Entry(f"{HERE}.plan:plan", "Show what deploy would do, and do nothing."),
    "deploy": Entry(f"{HERE}.deploy:deploy", "Create or update a stack from a template."),
    "destroy": Entry(f"{HERE}.destroy:destroy", "Delete a stack and all that is in it."),
    "stack": Entry("calor.cli.root:stack", "List and show stacks."),
    "hook": Entry("calor.cli.root:hook", "List what waits at a hook, and let it go on."),
    "events": Entry(f"{HERE}.events:events", "Show what happened to a stack."),
    "output": Entry(f"{HERE}.output:output", "Show a stack's outputs."),
    "export": Entry("calor.cli.root:export", "List and show what stacks export."),
    "lint": Entry(f"{HERE}.lint:lint", "Check templates; needs no cloud."),
    "fmt": Entry(f"{HERE}.fmt:fmt", "Write templates in the canonical layout."),
    "convert": Entry(f"{HERE}.convert:convert", "Turn a CloudFormation template into HOT."),
    "lsp": Entry(f"{HERE}.lsp:lsp", "Serve an editor; editors start it themselves."),
    "types": Entry(f"{HERE}.types:types", "List resource types, or describe one."),
    "graph": Entry(f"{HERE}.graph:graph", "Draw the resources of a template or a stack."),
    "explain": Entry(f"{HERE}.explain:explain", "Say what a code in a message means."),
    "serve": Entry(f"{HERE}.serve:serve", "Serve the API, for a team or with a sandbox cloud."),
    "sandbox": Entry(f"{HERE}.sandbox:sandbox", "Serve a simulated cloud to try things on."),
    "completion": Entry(f"{HERE}.completion:completion", "Print a shell's completion script."),
}


@dataclass(frozen=True, slots=True)
class App:
    """What every command is given as click's object."""

    programs: Programs
    where: Where
    debug: bool = False


def default_folder() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "calor"


@click.group(
    cls=LazyGroup,
    entries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--os-cloud", metavar="NAME", default="", help="The cloud's name in clouds.yaml.")
@click.option(
    "--server",
    metavar="URL|catalog",
    default="",
    envvar="CALOR_SERVER",
    help="Use a Calor server, at a URL or as the cloud's catalog says; local mode without it.",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where local mode keeps its state.  [default: ~/.local/share/calor]",
)
@click.option("--debug", is_flag=True, help="Show the log, and the traceback of an error.")
@click.version_option(__version__, prog_name="calor")
@click.pass_context
def cli(ctx: click.Context, os_cloud: str, server: str, folder: Path | None, debug: bool) -> None:
    """Describe an application once, in a template; Calor creates, updates and deletes it on an
    OpenStack cloud as one stack.

    Without --server it runs here, with its state in a file and the cloud of your clouds.yaml.
    """
    where = Where(
        server,
        os_cloud or os.environ.get("OS_CLOUD", ""),
        folder or default_folder(),
        by_variables=bool(os.environ.get("OS_AUTH_URL")),
    )
    ctx.obj = App(ctx.obj, where, debug)
    ctx.color = colours()


@click.group(cls=LazyGroup, entries=STACK_COMMANDS)
def stack() -> None:
    """List and show stacks."""


@click.group(cls=LazyGroup, entries=EXPORT_COMMANDS)
def export() -> None:
    """List and show what stacks export to the others of their project."""


@click.group(cls=LazyGroup, entries=HOOK_COMMANDS)
def hook() -> None:
    """List what waits at a hook of its environment, and let it go on."""

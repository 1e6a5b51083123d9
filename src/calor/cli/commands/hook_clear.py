"""`calor hook clear`."""

from __future__ import annotations

import click

from calor.base.errors import UserError
from calor.cli.command import command
from calor.cli.hooks import Waiting, matches, waiting_of
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.watch import DEPTH
from calor.client import Client
from calor.template.registry import HOOKS


@command(
    (
        "calor hook clear app 'group/*' --hook pre-update",
        "Let all members of a group go on that wait before their update",
    ),
    ("calor hook clear app --all", "Let everything go on"),
)
@click.argument("name")
@click.argument("resources", nargs=-1)
@click.option("--hook", type=click.Choice(HOOKS), help="Only what waits at this hook.")
@click.option("--all", "everything", is_flag=True, help="All that waits now.")
@click.pass_obj
def hook_clear(
    app: App, name: str, resources: tuple[str, ...], hook: str | None, everything: bool
) -> None:
    """Let resources of a stack go on that wait at a hook.

    RESOURCES are names; with slashes in stacks inside the stack, as group/0; with wildcards, as
    '*_server'.
    """
    if bool(resources) == everything:
        raise UserError(
            "it is not clear what shall go on", "name resources, or say --all, but not both"
        )
    patterns = resources or ("",)
    for one in with_client(app, lambda client: _clear(client, name, patterns, hook)):
        click.echo(f"{one.name} goes on from {one.hook}.")


async def _clear(
    client: Client, name: str, patterns: tuple[str, ...], hook: str | None
) -> list[Waiting]:
    """Clears what the patterns mean, '' meaning all; nothing when one of them means nothing."""
    ref = await client.resolve(name)
    resources = await client.resources(ref, depth=DEPTH)
    there = [one for one in waiting_of(ref, resources) if hook in (None, one.hook)]
    chosen: dict[Waiting, None] = {}
    for pattern in patterns:
        meant = [one for one in there if not pattern or matches(one, pattern)]
        if not meant:
            raise _nothing(pattern, name, hook, there)
        chosen.update(dict.fromkeys(meant))
    for one in chosen:
        await client.clear_hook(one.stack, one.path[-1], one.hook)
    return list(chosen)


def _nothing(pattern: str, name: str, hook: str | None, there: list[Waiting]) -> UserError:
    what = repr(pattern) if pattern else "nothing"
    where = f"the hook {hook}" if hook else "a hook"
    listed = ", ".join(one.name for one in there)
    verb = "does not wait" if pattern else "waits"
    hint = f"what waits: {listed}" if there else ""
    return UserError(f"{what} of stack {name} {verb} at {where}", hint)

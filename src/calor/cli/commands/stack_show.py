"""`calor stack show`."""

from __future__ import annotations

from typing import Any

import click

from calor.base.clock import iso
from calor.cli.command import command
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.view.tables import format_option, single
from calor.client import StackInfo


@command(
    ("calor stack show app", "State, parameters and outputs of a stack"),
)
@click.argument("name")
@format_option
@click.pass_obj
def stack_show(app: App, name: str, form: str) -> None:
    """Show a stack: its state, parameters and outputs."""
    stack = with_client(app, lambda client: client.stack(name))
    click.echo(single(_item(stack, flat=form == "table"), form))


def _item(stack: StackInfo, *, flat: bool) -> dict[str, Any]:
    outputs = {output.key: output.value if not output.error else None for output in stack.outputs}
    item: dict[str, Any] = {
        "name": stack.name,
        "id": stack.id,
        "status": stack.status,
        "reason": stack.reason,
        "description": stack.description.strip(),
        "created": iso(stack.created_at) if stack.created_at else None,
        "updated": iso(stack.updated_at) if stack.updated_at else None,
        "owner": stack.owner,
        "tags": ", ".join(stack.tags) if flat else list(stack.tags),
        "rollback": not stack.disable_rollback,
        "timeout_mins": stack.timeout_mins,
        "parameters": dict(stack.parameters),
        "outputs": outputs,
    }
    if not flat:
        return item
    for name in ("parameters", "outputs"):
        lines = [f"{key}: {value}" for key, value in item[name].items()]
        item[name] = "\n".join(lines)
    return {key: value for key, value in item.items() if value not in (None, "")}

"""`calor types`: which resource types there are, and what one takes and gives."""

from __future__ import annotations

import fnmatch
from typing import Any

import click

from calor.base.errors import NotFound
from calor.base.spelling import did_you_mean
from calor.cli.command import command
from calor.cli.root import App
from calor.cli.view.tables import data, format_option, rows
from calor.model.resource_type import ResourceType
from calor.schema import attributes_json

PROPERTY_COLUMNS = ("property", "type", "required", "default", "update")


@command(
    ("calor types 'OS::Nova::*'", "The types of one service"),
    ("calor types OS::Nova::Server", "Properties and attributes of one type"),
)
@click.argument("name", required=False)
@format_option
@click.pass_obj
def types(app: App, name: str | None, form: str) -> None:
    """List all resource types, those that match a pattern like 'OS::Nova::*', or describe one."""
    registry = app.programs.types()
    names = registry.names()
    if name is None or any(mark in name for mark in "*?["):
        found = [one for one in names if name is None or fnmatch.fnmatchcase(one, name)]
        if not found:
            raise NotFound(f"no resource type matches {name!r}", "`calor types` lists them all")
        if form in ("table", "value"):
            click.echo("\n".join(found))
        else:
            click.echo(data(found, form))
        return
    type = registry.get(name) or registry.foreseen(name)
    if type is None:
        hint = (
            did_you_mean(name, [*names, *registry.foreseen_names()])
            or "`calor types` lists them all"
        )
        raise NotFound(f"there is no resource type {name!r}", hint)
    described = {
        "name": type.name,
        "support_status": dict(type.support_status),
        "properties": type.schema.to_json(),
        "attributes": attributes_json(type.attributes),
    }
    if form in ("json", "yaml"):
        click.echo(data(described, form))
    else:
        click.echo(_text(type, described, available=name in names))


def _text(type: ResourceType, described: dict[str, Any], *, available: bool) -> str:
    items = [
        {
            "property": name,
            "type": spec["type"],
            "required": "yes" if spec.get("required") else "",
            "default": spec.get("default"),
            "update": "in place" if spec.get("update_allowed") else "replaces",
        }
        for name, spec in described["properties"].items()
    ]
    parts = [click.style(type.name, bold=True)]
    if not available:
        parts += ["", "Heat has this type, and Calor can't carry it out yet."]
    if items:
        parts += ["", rows(items, PROPERTY_COLUMNS, "table")]
    if described["attributes"]:
        parts += ["", "ATTRIBUTES", "\n".join(described["attributes"])]
    return "\n".join(parts)

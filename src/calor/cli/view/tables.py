"""Rows and single things in the formats that OpenStack users expect: table, json, yaml, value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click
import yaml

from calor.cli.view.values import cell

FORMATS = ("table", "json", "yaml", "value")
F = TypeVar("F", bound=Callable[..., Any])


def format_option(function: F) -> F:
    """The option `-f` of a command that prints data."""
    return click.option(
        "-f",
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How to print.",
    )(function)


def rows(items: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str) -> str:
    """Many things; `columns` says which keys and in which order."""
    if form == "table":
        return _table([[cell(item.get(name)) for name in columns] for item in items], columns)
    picked = [{name: item.get(name) for name in columns} for item in items]
    if form == "value":
        return "\n".join(" ".join(cell(value) for value in item.values()) for item in picked)
    return data(picked, form)


def single(item: Mapping[str, Any], form: str) -> str:
    """One thing, a line a key."""
    if form == "table":
        width = max((len(name) for name in item), default=0)
        lines = []
        for name, value in item.items():
            first, *more = cell(value).splitlines() or [""]
            lines.append(f"{name.ljust(width)}  {first}".rstrip())
            lines.extend(f"{' ' * width}  {line}" for line in more)
        return "\n".join(lines)
    if form == "value":
        return "\n".join(cell(value) for value in item.values())
    return data(item, form)


def data(value: Any, form: str) -> str:
    """Any JSON value, whole."""
    if form == "yaml":
        return yaml.safe_dump(
            json.loads(json.dumps(value, default=str)), sort_keys=False, allow_unicode=True
        ).rstrip()
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _table(lines: Sequence[Sequence[str]], columns: Sequence[str]) -> str:
    heads = [name.replace("_", " ").upper() for name in columns]
    widths = [
        max([len(head), *(len(line[index]) for line in lines)]) for index, head in enumerate(heads)
    ]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in [heads, *lines]
    )

"""`calor lint`: checks templates without a cloud."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from calor.base.diagnostics import Diagnostic, Severity, render
from calor.base.errors import InvalidInput
from calor.cli.compose import composed, in_sources
from calor.cli.errors import Failed
from calor.cli.inputs import definition_options, read_input
from calor.cli.root import App
from calor.cli.view.tables import data


@click.command()
@definition_options
@click.option(
    "--assume-type",
    "assumed",
    multiple=True,
    metavar="PATTERN",
    help="Take types of these names for known, as 'OS::TripleO::*'.",
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print it.",
)
@click.pass_obj
def lint(
    app: App,
    template: Path,
    environments: tuple[Path, ...],
    parameters: tuple[str, ...],
    parameters_file: Path | None,
    assumed: tuple[str, ...],
    form: str,
) -> None:
    """Check a template and all that it names: everything that is wrong, each with its place.

    Parameters need no values here. Exit codes: 0 nothing is wrong, 1 something is, 2 a file could
    not be read.
    """
    try:
        wanted = read_input(
            template,
            environments=environments,
            parameters=parameters,
            parameters_file=parameters_file,
        )
    except InvalidInput as error:
        if not error.diagnostics:
            raise
        found: Sequence[Diagnostic] = error.diagnostics
    else:
        composition = composed(app.programs.types(), wanted, assumed)
        found = in_sources(composition.diagnostics, wanted.sources)
    click.echo(data([_item(item) for item in found], "json") if form == "json" else _text(found))
    if any(item.severity is Severity.ERROR for item in found):
        raise Failed


def _text(found: Sequence[Diagnostic]) -> str:
    if not found:
        return "No problems."
    errors = sum(item.severity is Severity.ERROR for item in found)
    counts = [
        f"{count} {noun}{'s' if count > 1 else ''}"
        for count, noun in ((errors, "error"), (len(found) - errors, "warning"))
        if count
    ]
    return "\n\n".join([*(render(item) for item in found), f"{', '.join(counts)}."])


def _item(item: Diagnostic) -> dict[str, Any]:
    place: dict[str, Any] = {}
    if item.span is not None:
        end_line, end_column = item.span.end_position
        place = {
            "file": item.span.source.name,
            "line": item.span.line,
            "column": item.span.column,
            "end_line": end_line,
            "end_column": end_column,
        }
    return {
        "code": item.code,
        "severity": item.severity.value,
        "message": item.message,
        "hint": item.hint or None,
        "path": list(item.path),
        **place,
    }

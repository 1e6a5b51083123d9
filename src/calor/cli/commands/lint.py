"""`calor lint`: checks templates and environments without a cloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from calor.cli.command import command
from calor.cli.errors import Failed
from calor.cli.inputs import assumed_option, read_parameters, value_options
from calor.cli.linting import lint as linted
from calor.cli.report.as_json import as_json
from calor.cli.report.github import github
from calor.cli.report.report import Report
from calor.cli.report.sarif import sarif
from calor.cli.report.text import text
from calor.cli.root import App

FORMS: Mapping[str, Callable[[Report], str]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "github": github,
}


@command(
    ("calor lint app.yaml -e prod.yaml", "A template with its environment"),
    (
        "calor lint templates/ --assume-type 'Acme::*'",
        "All in a folder, with types that only the server knows",
    ),
    ("calor lint templates/ -f github", "In a workflow of GitHub: annotations at the lines"),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@value_options
@assumed_option
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    default="text",
    show_default=True,
    help="How to print it; github makes annotations in a workflow.",
)
@click.pass_obj
def lint(
    app: App,
    paths: tuple[Path, ...],
    environments: tuple[Path, ...],
    parameters: tuple[str, ...],
    parameters_file: Path | None,
    assumed: tuple[str, ...],
    form: str,
) -> None:
    """Check templates and environments: everything that is wrong, each with its place.

    PATHS are files, and folders to look through; what is neither a template nor an environment is
    skipped there. Templates are checked with all that they name and with the environments of -e;
    parameters need no values.

    Exit codes: 0 there are no errors, though maybe warnings, 1 there are, 2 a path or an option is
    wrong.
    """
    report = linted(
        app.programs.types(),
        paths,
        environments=environments,
        parameters=read_parameters(parameters, parameters_file),
        assumed=assumed,
    )
    told = FORMS[form](report)
    if told:
        click.echo(told)
    if form != "text" and report.files:
        click.echo(f"{report.files}.", err=True)
    if report.errors:
        raise Failed

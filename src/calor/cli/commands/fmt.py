"""`calor fmt`: writes templates and environments in the canonical layout."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from calor.base.diagnostics import Diagnostic, render
from calor.base.errors import InvalidInput
from calor.base.source import Source
from calor.cli.command import command
from calor.cli.errors import WRONG, Failed
from calor.client.folders import find
from calor.template.layout.layout import LaidOut, lay_out

STDIN = Path("-")


@command(
    ("calor fmt templates/", "Lay out all templates in a folder"),
    ("calor fmt --check templates/", "In a pipeline: fail if one is not laid out"),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--check", is_flag=True, help="Change nothing; name the files that would change.")
def fmt(paths: tuple[Path, ...], check: bool) -> None:
    """Write templates and environments in the canonical layout; comments and meaning stay.

    PATHS are files, and folders to look through; - is standard input, which is written to standard
    output. A text that can't be read is left alone, and so is one that only its author can lay
    out.

    Exit codes: 0 all is well, 1 with --check, some files would change, 2 a path is wrong or a text
    can't be read.
    """
    problems: list[Diagnostic] = []
    changed = total = 0
    for path, text in _texts(paths):
        total += 1
        result = lay_out(Source(_name(path), text))
        if result.text is None:
            problems += result.diagnostics
            continue
        if result.reason:
            click.echo(f"{_name(path)}: left as it is: {result.reason}", err=True)
        if path == STDIN and not check:
            click.echo(result.text, nl=False)
        elif result.text != text:
            _change(path, result, check=check)
            changed += 1
    said = "would change" if check else "changed"
    if paths != (STDIN,):
        click.echo(f"{changed} of {total} {'file' if total == 1 else 'files'} {said}.", err=True)
    if problems:
        click.echo("\n\n".join(render(item) for item in problems), err=True)
        raise click.exceptions.Exit(WRONG)
    if check and changed:
        raise Failed


def _texts(paths: tuple[Path, ...]) -> Iterator[tuple[Path, str]]:
    """Every text, with its path. Raises `InvalidInput` for what is no text."""
    if STDIN in paths:
        yield STDIN, sys.stdin.read()
    found = find([path for path in paths if path != STDIN])
    for path in sorted([*found.templates, *found.environments]):
        try:
            yield path, path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise InvalidInput(
                f"{str(path)!r} is not text in UTF-8", hint="save the file in UTF-8"
            ) from None


def _change(path: Path, result: LaidOut, *, check: bool) -> None:
    click.echo(_name(path))
    if not check and result.text is not None:
        path.write_bytes(result.text.encode("utf-8"))


def _name(path: Path) -> str:
    return "<stdin>" if path == STDIN else str(path)

"""`calor convert`: turns a template of CloudFormation into HOT."""

from __future__ import annotations

from pathlib import Path

import click

from calor.base.diagnostics import Diagnostic, render
from calor.base.errors import InvalidInput
from calor.cli.command import command
from calor.cli.errors import Failed
from calor.client.files import gather
from calor.template.convert.text import written
from calor.template.convert.to_hot import to_hot
from calor.template.load import load_template


@command(
    ("calor convert app.template -o app.yaml", "Write the HOT beside the original"),
)
@click.argument("template", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write it there, not to the terminal."
)
def convert(template: Path, output: Path | None) -> None:
    """Turn a CloudFormation template into HOT, and say what HOT can't say.

    Comments stay at what they stand at. Exit codes: 0 all of it is in the result, 1 something is
    missing there, 2 the file can't be read or has errors.
    """
    wanted, _ = gather(template)
    source = wanted.sources["template"]
    loaded = load_template(source)
    if loaded.template is None or loaded.diagnostics.errors:
        errors = loaded.diagnostics.errors
        raise InvalidInput(errors[0].message, errors)
    if loaded.template.dialect.family != "cfn":
        raise InvalidInput(f"{template} is no template of CloudFormation", hint="it is HOT already")
    result = to_hot(loaded)
    text = written(result, loaded.template, result.diagnostics)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
    _tell(list(result.diagnostics))
    if result.diagnostics.errors:
        raise Failed


def _tell(found: list[Diagnostic]) -> None:
    if found:
        click.echo("\n\n".join(render(item) for item in found), err=True)

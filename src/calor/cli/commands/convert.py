"""`calor convert`: turns a template of CloudFormation into HOT."""

from __future__ import annotations

from pathlib import Path

import click
import yaml

from calor.base.diagnostics import Diagnostic, render
from calor.base.errors import InvalidInput
from calor.base.source import Source
from calor.cli.errors import Failed
from calor.client.files import gather
from calor.template.convert.to_hot import to_hot
from calor.template.layout.layout import lay_out
from calor.template.load import load_template


class _Dumper(yaml.SafeDumper):
    """Without anchors; texts of several lines are blocks, and small calls stand in brackets."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    style = "|" if "\n" in data else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


def _map(dumper: yaml.SafeDumper, data: dict[str, object]) -> yaml.MappingNode:
    flow = len(data) == 1 and _is_small(data)
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=flow)


def _list(dumper: yaml.SafeDumper, data: list[object]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=_is_small(data))


def _is_small(data: object, depth: int = 3) -> bool:
    if isinstance(data, dict):
        return depth > 0 and len(data) < 2 and all(_is_small(v, depth - 1) for v in data.values())
    if isinstance(data, list):
        return depth > 0 and len(data) < 6 and all(_is_small(item, depth - 1) for item in data)
    return "\n" not in str(data)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _map)
_Dumper.add_representer(list, _list)


@click.command()
@click.argument("template", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write it there, not to the terminal."
)
def convert(template: Path, output: Path | None) -> None:
    """Turn a CloudFormation template into HOT, and say what HOT can't say.

    Comments are not carried over. Exit codes: 0 all of it is in the result, 1 something is missing
    there, 2 the file can't be read or has errors.
    """
    wanted, _ = gather(template)
    source = wanted.sources["template"]
    loaded = load_template(source)
    if loaded.template is None or loaded.diagnostics.errors:
        errors = loaded.diagnostics.errors
        raise InvalidInput(errors[0].message, errors)
    if loaded.template.dialect.family != "cfn":
        raise InvalidInput(f"{template} is no template of CloudFormation", hint="it is HOT already")
    result = to_hot(loaded.template)
    text = _written(dict(result.document), str(template))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
    _tell(list(result.diagnostics))
    if result.diagnostics.errors:
        raise Failed


def _written(document: dict[str, object], name: str) -> str:
    text = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return lay_out(Source(name, text)).text or text


def _tell(found: list[Diagnostic]) -> None:
    if found:
        click.echo("\n\n".join(render(item) for item in found), err=True)

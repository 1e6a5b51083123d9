"""What a command line says of a stack: files, parameters, a name; and the options that say it.

`client.collect` reads the files; here is only how they are named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from calor.base.errors import InvalidInput
from calor.base.values import Value
from calor.client import StackInput, collect
from calor.template.plain import to_plain
from calor.template.reader import read

F = TypeVar("F", bound=Callable[..., Any])

PLAIN_STEMS = ("app", "heat", "main", "stack", "template")
"""Names of templates that say nothing: the folder's name says more."""


def environments_option(help: str) -> Callable[[F], F]:
    """The option -e, whose `help` says what environments are for."""
    return click.option(
        "-e",
        "--environment",
        "environments",
        multiple=True,
        metavar="FILE",
        type=click.Path(path_type=Path),
        help=help,
    )


def assumed_option(function: F) -> F:
    """The option that declares namespaces of types, for what needs no server."""
    return click.option(
        "--assume-type",
        "assumed",
        multiple=True,
        metavar="PATTERN",
        help="Take types of these names for known, as 'OS::TripleO::*'.",
    )(function)


def definition_options(function: F) -> F:
    """The argument TEMPLATE and the options that fill it in."""
    return click.argument("template", type=click.Path(path_type=Path))(value_options(function))


def value_options(function: F) -> F:
    """The options that give parameters their values."""
    for option in (
        click.option(
            "--parameters-file",
            type=click.Path(path_type=Path),
            help="A file of lines `key: value`; -p wins over it.",
        ),
        click.option(
            "-p",
            "--parameter",
            "parameters",
            multiple=True,
            metavar="KEY=VALUE",
            help="A parameter's value; may be given several times.",
        ),
        environments_option("An environment file; of several, later ones win."),
    ):
        function = option(function)
    return function


def read_input(
    template: Path,
    *,
    environments: Sequence[Path] = (),
    parameters: Sequence[str] = (),
    parameters_file: Path | None = None,
    timeout: int | None = None,
    rollback: bool | None = None,
) -> StackInput:
    """Everything that the options name, read. `timeout` is in minutes.

    Raises `InvalidInput` for a file that is not there and for a wrong argument.
    """
    return collect(
        template,
        environments,
        parameters=read_parameters(parameters, parameters_file),
        timeout_mins=timeout,
        disable_rollback=None if rollback is None else not rollback,
    )


def read_parameters(given: Sequence[str], file: Path | None) -> dict[str, Value]:
    """Parameters given one by one, and those of a file. Raises `InvalidInput` as `read_input`."""
    return {**_parameters_in(file), **_given(given)}


def default_name(template: Path) -> str:
    """A stack's name out of a template's: its file's, or its folder's where that says more."""
    stem = template.stem
    if stem in PLAIN_STEMS:
        stem = template.resolve().parent.name or stem
    name = "".join(letter if letter.isalnum() or letter in "_.-" else "-" for letter in stem)
    return name if name[:1].isalpha() else f"stack-{name}"


def _given(parameters: Sequence[str]) -> Mapping[str, Value]:
    values = {}
    for text in parameters:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InvalidInput(f"-p {text!r} is no parameter", hint="write it as -p KEY=VALUE")
        values[name.strip()] = value
    return values


def _parameters_in(path: Path | None) -> Mapping[str, Value]:
    if path is None:
        return {}
    if not path.is_file():
        raise InvalidInput(f"there is no file {str(path)!r}", hint="check its name")
    reading = read(path.read_bytes(), name=str(path))
    if reading.node is None:
        raise InvalidInput(f"{path} can't be read", reading.diagnostics)
    value = to_plain(reading.node)
    if not isinstance(value, dict):
        raise InvalidInput(
            f"{path} is no map of parameters", hint="write it as lines of `key: value`"
        )
    if isinstance(value.get("parameters"), dict):
        raise InvalidInput(
            f"{path} is an environment, not a map of parameters", hint="give it with -e"
        )
    return value

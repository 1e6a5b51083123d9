"""The examples at the end of each command's help: each can be typed as it stands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from calor.cli.command import Command
from calor.cli.lazy import LazyGroup
from calor.cli.root import cli
from calor.main.calor import Programs

FILES = ("app.yaml", "prod.yaml", "app.template")


def commands(group: LazyGroup, *path: str) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(click.Context(group)):
        found = group.get_command(click.Context(group), name)
        assert found is not None
        if isinstance(found, LazyGroup):
            yield from commands(found, *path, name)
        else:
            yield " ".join((*path, name)), found


ALL = dict(commands(cli))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FILES:
        (tmp_path / name).write_text("")
    (tmp_path / "templates").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_examples_of_itself(name: str, folder: None) -> None:
    command = ALL[name]
    assert isinstance(command, Command)
    assert command.examples
    for line, what in command.examples:
        assert what
        assert not what.endswith(".")
        assert parsed(line) is command


def parsed(line: str) -> click.Command:
    """The command whose options and arguments the line has, if it can be understood at all."""
    found = re.search(r"calor [^)]*", line)
    assert found is not None
    _, *words = shlex.split(found[0].rstrip('"'))
    context = cli.make_context("calor", words, obj=Programs())
    group: click.Command = cli
    while isinstance(group, LazyGroup):
        name, inner, rest = group.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        assert inner is not None
        context = inner.make_context(name, list(rest), parent=context)
        group = inner
    return group


def test_help_ends_with_them() -> None:
    text = ALL["fmt"].get_help(click.Context(ALL["fmt"], info_name="calor fmt"))
    assert text.endswith(
        "Examples:\n  # Lay out all templates in a folder\n  calor fmt templates/\n\n"
        "  # In a pipeline: fail if one is not laid out\n  calor fmt --check templates/"
    )

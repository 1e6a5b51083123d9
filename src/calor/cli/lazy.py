"""A click group that imports a command when it is called, so that the program starts quickly.

It knows no command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import click

from calor.base.spelling import did_you_mean


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives (`module:name`), and its line in the list of commands."""

    place: str
    summary: str


class LazyGroup(click.Group):
    """A group whose commands are `entries`, in that order."""

    def __init__(self, *args: object, entries: Mapping[str, Entry], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # click's own arguments
        self._entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self._entries.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest name when there is none."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self._entries:
            hint = did_you_mean(name, self._entries)
            ctx.fail(f"there is no command {name!r}{'; ' + hint if hint else ''}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self._entries.items()])

"""A click command that shows examples at the end of its help, ready to be copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

Example = tuple[str, str]
"""A line for the shell, and what it does."""


class Command(click.Command):
    """A command with its `examples`."""

    def __init__(self, *args: Any, examples: tuple[Example, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        with formatter.section("Examples"):
            for number, (line, what) in enumerate(self.examples):
                if number:
                    formatter.write_paragraph()
                # Not wrapped: who copies a line wants all of it.
                indent = " " * formatter.current_indent
                formatter.write(f"{indent}# {what}\n{indent}{line}\n")


def command(*examples: Example) -> Callable[[F], Command]:
    """Makes a function a command of its name, as `click.command`, with these examples."""
    return click.command(cls=Command, examples=examples)

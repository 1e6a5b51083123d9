"""Resources with the stacks inside them, as a tree of lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from calor.cli.view.hooks import waits_at

COLOURS = {"COMPLETE": "green", "FAILED": "red", "IN_PROGRESS": "yellow"}


@dataclass(frozen=True, slots=True)
class Branch:
    """A resource or stack, and what is inside it; `hook` is that at which it waits."""

    name: str
    type: str
    state: str
    physical_id: str = ""
    inside: tuple[Branch, ...] = ()
    hook: str = ""


def lines(root: Branch) -> Iterator[str]:
    yield f"{click.style(root.name, bold=True)}  {coloured(root.state)}"
    yield from _below(root.inside, "")


def coloured(state: str) -> str:
    for ending, colour in COLOURS.items():
        if state.endswith(ending):
            return click.style(state, fg=colour)
    return state


def _below(branches: Sequence[Branch], indent: str) -> Iterator[str]:
    width = max((len(branch.name) for branch in branches), default=0)
    kinds = max((len(branch.type) for branch in branches), default=0)
    for number, branch in enumerate(branches):
        last = number == len(branches) - 1
        parts = [
            f"{indent}{'└─ ' if last else '├─ '}{branch.name.ljust(width)}",
            click.style(branch.type.ljust(kinds), dim=True),
            coloured(branch.state),
        ]
        if branch.hook:
            parts.append(click.style(waits_at([branch.hook]), fg="cyan"))
        if branch.physical_id and not branch.inside:
            parts.append(click.style(branch.physical_id, dim=True))
        yield "  ".join(parts).rstrip()
        yield from _below(branch.inside, f"{indent}{'   ' if last else '│  '}")

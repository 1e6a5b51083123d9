"""Events as lines. Pure."""

from __future__ import annotations

import click

from calor.cli.view.tree import coloured


def line(time: str, name: str, state: str, reason: str = "", colour: str = "red") -> str:
    """`19:15:02  network  CREATE_COMPLETE`; the reason follows where something failed, say."""
    shown = f"{time}  {name:<24}  {coloured(state)}"
    return f"{shown}  {click.style(reason, fg=colour)}" if reason else shown


def clock(iso: str) -> str:
    """The time of day in an ISO time."""
    return iso[11:19] if len(iso) >= 19 else iso

"""Hooks in words: where something stops, and what lets it go on. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def waits_at(hooks: Sequence[str]) -> str:
    """`waits at pre-create and post-create`."""
    return f"waits at {' and '.join(hooks)}"


def how_to_go_on(stack: str, resource: str = "") -> str:
    """The command that lets a resource go on, or the one that lists what waits."""
    if not resource:
        return f"`calor hook list {stack}` tells what lets it go on"
    return f"go on with `calor hook clear {stack} {resource}`"

"""Finds kinds of sink by name; a kind's file is imported when somebody first asks for it."""

from __future__ import annotations

from importlib import import_module

from calor.sinks.kind import SinkKind

_FILES = {"zaqar-queue": "zaqar_queue"}
"""Names of kinds, with the file that holds each as `KIND`."""


def names() -> list[str]:
    return sorted(_FILES)


def kind_named(name: str) -> SinkKind | None:
    """The kind of that name; None when there is none."""
    file = _FILES.get(name)
    if file is None:
        return None
    found: SinkKind = import_module(f"calor.sinks.{file}").KIND
    return found

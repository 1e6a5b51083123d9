"""Finds the templates and environments among files and in folders. It opens files to look what
they are, and reads nothing else of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from calor.base.errors import InvalidInput
from calor.client.files import TEMPLATE_SUFFIXES, ReadFile
from calor.client.recognise import Kind, kind_of


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to check, in order and each but once; `skipped` files are neither."""

    templates: tuple[Path, ...]
    environments: tuple[Path, ...]
    skipped: tuple[Path, ...]


def find(paths: Iterable[Path], read_file: ReadFile = Path.read_bytes) -> Found:
    """Files are taken for what they look like, and for templates when they look like nothing. In
    a folder, and in the folders in it, what looks like nothing is skipped; so are hidden folders.

    Raises `InvalidInput` for a path that is not there or can't be read.
    """
    templates: dict[Path, Path] = {}
    environments: dict[Path, Path] = {}
    skipped: dict[Path, Path] = {}
    for path in paths:
        named = not path.is_dir()
        for file in (path,) if named else _files_below(path):
            kind = _kind(file, read_file, named=named)
            among = {Kind.TEMPLATE: templates, Kind.ENVIRONMENT: environments}
            (skipped if kind is None else among[kind]).setdefault(file.resolve(), file)
    return Found(
        tuple(templates.values()),
        tuple(environments.values()),
        tuple(file for place, file in skipped.items() if place not in templates),
    )


def _files_below(folder: Path) -> Iterator[Path]:
    """Every file in a folder, in the order of names."""

    def refuse(error: OSError) -> None:
        raise _unreadable(Path(error.filename), error)

    for here, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(here) / name for name in sorted(files))


def _kind(file: Path, read_file: ReadFile, *, named: bool) -> Kind | None:
    """`named` is a file that somebody named: then it is something in any case."""
    if not named and (file.suffix not in TEMPLATE_SUFFIXES or not file.is_file()):
        return None
    try:
        kind = kind_of(read_file(file).decode("utf-8", "replace").removeprefix("\ufeff"))
    except OSError as error:
        raise _unreadable(file, error) from None
    return kind or (Kind.TEMPLATE if named else None)


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    why = "it is not there" if isinstance(error, FileNotFoundError) else str(error.strerror).lower()
    return InvalidInput(f"{str(path)!r} can't be read: {why}.", hint="check its name")

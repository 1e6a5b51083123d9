"""Checks many templates and environments in one go, and puts together what is wrong with them.

It finds nothing itself: `planning` does, and `client` reads the files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlparse

from calor.base.diagnostics import Diagnostic, merged
from calor.base.errors import InvalidInput, LimitExceeded
from calor.base.values import Value
from calor.cli.compose import compose, composer_of, in_sources
from calor.cli.report.report import Report
from calor.client import StackInput
from calor.client.files import ReadFile, gather
from calor.client.folders import find
from calor.model.ports import Types
from calor.planning.compose import TOO_MANY, Composer
from calor.planning.event_sinks import sinks_of
from calor.planning.lints import warnings_of
from calor.planning.typing import NO_SUCH_FILE
from calor.template.check import MISSING_FILE
from calor.template.load import load_environment
from calor.template.parameters import UNDEFINED
from calor.template.reader import read


def lint(
    types: Types,
    paths: Sequence[Path],
    *,
    environments: Sequence[Path] = (),
    parameters: Mapping[str, Value] | None = None,
    assumed: Sequence[str] = (),
    read_file: ReadFile = Path.read_bytes,
) -> Report:
    """Checks every template and environment among `paths` and in folders among them. Templates
    are checked with the `environments`; those that only an environment of `paths` names, with
    that one too. Types whose names match one of the patterns in `assumed` are taken for known.

    Raises `InvalidInput` for a path that can't be read.
    """
    found = find(paths, read_file)
    run = _Run(composer_of(types, assumed), environments, parameters or {}, read_file)
    for path in found.templates:
        run.template(path)
    for path in found.environments:
        run.environment(path)
    return Report(run.problems(), run.checked, len(found.skipped))


class _Run:
    """One run over many files."""

    def __init__(
        self,
        composer: Composer,
        environments: Sequence[Path],
        parameters: Mapping[str, Value],
        read_file: ReadFile,
    ) -> None:
        self.checked = 0
        self._composer = composer
        self._environments = environments
        self._parameters = parameters
        self._read_file = read_file
        self._found: list[Diagnostic] = []
        self._templates: dict[Path, None] = {}

    def template(self, path: Path, *more: Path) -> None:
        """Checks a template, with all that it names; `more` are environments for it."""
        self.checked += 1
        self._templates[path.resolve()] = None
        try:
            wanted, missing = gather(
                path,
                (*self._environments, *more),
                parameters=self._parameters,
                read_file=self._read_file,
            )
        except InvalidInput as error:
            self._found += self._unreadable(path, error)
            return
        self._found += missing
        self._found += _without(missing, self._composed(wanted))

    def environment(self, path: Path) -> None:
        """Checks an environment, and the templates that it names."""
        self.checked += 1
        try:
            wanted, missing = gather(None, (path,), read_file=self._read_file)
        except InvalidInput as error:
            self._found += self._unreadable(path, error)
            return
        text = wanted.files[wanted.environment_files[0]]
        loaded = load_environment(text, name="environment 1")
        sinks_of(loaded.environment, loaded.diagnostics)
        self._found += [*missing, *in_sources(loaded.diagnostics, wanted.sources)]
        for name in wanted.sources:
            place = Path(unquote(urlparse(name).path))
            if name.startswith("file:") and place.resolve() not in self._templates:
                self.template(Path(wanted.sources[name].name), path)

    def problems(self) -> tuple[Diagnostic, ...]:
        """All that was found, each but once, in order. A parameter that some template has is given
        rightly."""
        undefined = Counter(_key(item) for item in self._found if item.rule is UNDEFINED)
        kept = [
            item
            for item in self._found
            if item.rule is not UNDEFINED or undefined[_key(item)] == len(self._templates)
        ]
        names = _Names()
        return tuple(sorted(merged(map(names.one_name, kept)), key=_place))

    def _unreadable(self, path: Path, error: InvalidInput) -> list[Diagnostic]:
        """What is wrong with a file that is no text, at its place."""
        problems = list(read(self._read_file(path), name=str(path)).diagnostics)
        if not problems:
            raise error
        return problems

    def _composed(self, wanted: StackInput) -> list[Diagnostic]:
        try:
            composition = compose(self._composer, wanted)
        except LimitExceeded as error:
            return [Diagnostic(TOO_MANY, error.message, hint=error.hint)]
        found = [*composition.diagnostics, *warnings_of(composition)]
        return in_sources(found, wanted.sources)


class _Names:
    """One name for each file, however it was reached."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._first: dict[Path, str] = {}

    def one_name(self, item: Diagnostic) -> Diagnostic:
        if item.span is None:
            return item
        source = item.span.source
        if source.name not in self._names:
            place = Path(source.name).resolve()
            self._names[source.name] = self._first.setdefault(place, source.name)
        name = self._names[source.name]
        if name == source.name:
            return item
        return replace(item, span=replace(item.span, source=type(source)(name, source.text)))


def _without(missing: Sequence[Diagnostic], found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Without what only follows from files that are not there and were told already."""
    places = {_place(item) for item in missing}
    return [
        item
        for item in found
        if not (item.rule is MISSING_FILE and _place(item) in places)
        and not (item.rule is NO_SUCH_FILE and missing)
    ]


def _key(item: Diagnostic) -> tuple[object, ...]:
    return (item.message, *_place(item))


def _place(item: Diagnostic) -> tuple[str, int]:
    return (item.span.source.name, item.span.start) if item.span else ("", -1)

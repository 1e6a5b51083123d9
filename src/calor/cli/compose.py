"""A template understood without a cloud and without a server: for lint and graph. Pure."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from calor.base.diagnostics import Diagnostic
from calor.base.settings import PREFIX, from_environment
from calor.base.source import Source, Span
from calor.client import StackInput
from calor.client.faults import span_of
from calor.model.ports import Types
from calor.model.stack import Definition
from calor.planning.compose import Composer
from calor.planning.composition import Composition
from calor.planning.identity import Identity
from calor.planning.typing import Leniency
from calor.template.parameters import MISSING

SETTING = f"{PREFIX}MAX_RESOURCES_PER_STACK"
MOST = 100_000
"""Resources in a stack that are looked at where no setting says otherwise. A server has a limit of
its own, which is not known here; this one keeps groups of groups from taking the memory."""


def composed(types: Types, wanted: StackInput) -> Composition:
    return compose(composer_of(types), wanted)


def composer_of(types: Types, assumed: Sequence[str] = ()) -> Composer:
    """A composer that understands templates as far as that is possible, with this machine's
    settings. Types whose names match one of the patterns in `assumed` are taken for known."""
    settings = from_environment({SETTING: str(MOST), **os.environ})
    return Composer(types, settings, leniency=Leniency(tuple(assumed)))


def compose(composer: Composer, wanted: StackInput) -> Composition:
    definition = Definition(
        template=wanted.template or "",
        environments=tuple(wanted.files[name] for name in wanted.environment_files),
        files=wanted.files,
        parameters=wanted.parameters,
    )
    identity = Identity(None, "stack", "project")
    return composer.compose(definition, identity)


def in_sources(items: Iterable[Diagnostic], sources: Mapping[str, Source]) -> list[Diagnostic]:
    """The diagnostics that matter, placed in the texts as their authors wrote them. That a
    parameter has no value yet does not matter."""
    return [_placed(item, sources) for item in items if item.rule is not MISSING]


def _placed(item: Diagnostic, sources: Mapping[str, Source]) -> Diagnostic:
    related = ((_span(span, sources), text) for span, text in item.related)
    return Diagnostic(
        item.rule,
        _named(item.message, sources),
        _span(item.span, sources),
        item.path,
        _named(item.hint, sources),
        tuple((span, text) for span, text in related if span is not None),
        _span(item.cause, sources),
    )


def _named(words: str, sources: Mapping[str, Source]) -> str:
    """Words with the files in them as their authors call them."""
    if "file:" in words:
        # a name may be the beginning of another
        for url in sorted(sources, key=len, reverse=True):
            words = words.replace(url, sources[url].name) if url.startswith("file:") else words
    return words


def _span(span: Span | None, sources: Mapping[str, Source]) -> Span | None:
    if span is None or span.source.name not in sources:
        return span
    return span_of(span.to_json(), sources)

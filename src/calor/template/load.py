"""The door of the floor: text in, a checked template or environment out, with all problems.

It puts the parts together and decides nothing that they can decide.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from calor.base.diagnostics import Diagnostic, Diagnostics, Rule
from calor.base.source import MappingNode, Node, ScalarNode, Source, Span
from calor.base.spelling import did_you_mean, listed, nearest
from calor.base.values import Value
from calor.template.check import check_template
from calor.template.collection import paused
from calor.template.definitions import Template
from calor.template.dialect import Dialect, Prepared, Preparing
from calor.template.dialects import by_key, versions
from calor.template.environment import Environment, parse_environment
from calor.template.parser import Parser
from calor.template.plain import to_plain
from calor.template.reader import Limits, Reading, from_object, read
from calor.template.reading import ReadFailure
from calor.template.sharing import check_names
from calor.template.tags import Spelling

UNKNOWN_TAG = Rule(
    "H112",
    "unknown tag",
    "A word with an exclamation mark before a value is a YAML tag. CloudFormation uses them to "
    "write functions shortly; HOT has none.",
)
EMPTY = Rule(
    "H114",
    "empty file",
    "The file holds nothing but comments and white space. A template begins with its "
    "version, as in heat_template_version: 2021-04-16.",
)
NO_VERSION = Rule(
    "H201",
    "no version",
    "A template says in which language and version it is written, as in "
    "`heat_template_version: 2021-04-16`.",
)
UNKNOWN_VERSION = Rule(
    "H202",
    "unknown version",
    "There is no such version of the language. `openstack orchestration template "
    "version list`, or the message itself, tells which there are.",
)
NO_MAP = Rule(
    "H204",
    "not a map",
    "A template or environment is a map of sections at its top level.",
)

TextOrObject = Source | str | bytes | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A template with everything that was found wrong. `template` is None when there is none."""

    template: Template | None
    diagnostics: Diagnostics
    reading: Reading


@dataclass(frozen=True, slots=True)
class LoadedEnvironment:
    environment: Environment
    diagnostics: Diagnostics
    reading: Reading


def load_template(
    source: TextOrObject,
    *,
    name: str = "template",
    files: Collection[str] | None = None,
    limits: Limits | None = None,
) -> Loaded:
    """A template from text or from a parsed object. `files` None: files are not checked."""
    with paused():
        if not isinstance(source, Mapping):
            return _template(read(source, name=name, limits=limits), files, limits)
        loaded = _template(from_object(source, name=name, limits=limits), files, limits)
        return loaded if not loaded.diagnostics else _again(source, name, files, limits) or loaded


def load_reading(reading: Reading) -> Loaded:
    """A template from nodes that somebody has read already. Files are not checked."""
    with paused():
        return _template(reading, None, None)


def load_environment(
    source: TextOrObject, *, name: str = "environment", limits: Limits | None = None
) -> LoadedEnvironment:
    """An environment from text or from a parsed object; an empty one is fine.

    An object is written out as JSON first: it is small, and so its problems have places.
    """
    text = _written(source) if isinstance(source, Mapping) else source
    if text is None:
        reading = from_object(source, name=name, limits=limits)
    else:
        reading = read(text, name=name, limits=limits)
    diagnostics = Diagnostics(reading.diagnostics)
    _check_tags(reading.tagged, diagnostics)
    node = reading.node
    if node is None or (isinstance(node, ScalarNode) and node.value is None):
        return LoadedEnvironment(Environment(), diagnostics, reading)
    if not isinstance(node, MappingNode):
        diagnostics.add(NO_MAP, "an environment is a map of sections", node.span)
        return LoadedEnvironment(Environment(), diagnostics, reading)
    environment = parse_environment(node, diagnostics)
    return LoadedEnvironment(environment, diagnostics, reading)


def with_values(
    loaded: Loaded,
    values: Mapping[str, Value],
    *,
    files: Collection[str] | None = None,
    limits: Limits | None = None,
) -> Loaded:
    """The same template, where the values of its parameters decide which names there are."""
    with paused():
        return _template(loaded.reading, files, limits, values)


def _again(
    source: Mapping[str, Any], name: str, files: Collection[str] | None, limits: Limits | None
) -> Loaded | None:
    """An object has no places; written out as JSON it has, and the problems can be shown."""
    text = _written(source)
    return None if text is None else _template(read(text, name=name, limits=limits), files, limits)


def _written(source: Mapping[str, Any]) -> str | None:
    """The object as JSON; None for what JSON can't say."""
    try:
        return json.dumps(source, indent=2, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return None


def _template(
    reading: Reading,
    files: Collection[str] | None,
    limits: Limits | None,
    values: Mapping[str, Value] | None = None,
) -> Loaded:
    diagnostics = Diagnostics(reading.diagnostics)
    node = reading.node
    if node is None or (isinstance(node, ScalarNode) and node.value is None):
        if not diagnostics:
            diagnostics.add(EMPTY, "the file is empty", Span(reading.source, 0, 0))
        return Loaded(None, diagnostics, reading)
    if not isinstance(node, MappingNode):
        _check_tags(reading.tagged, diagnostics)
        diagnostics.add(NO_MAP, "a template is a map of sections", node.span)
        return Loaded(None, diagnostics, reading)
    found = _dialect(node, diagnostics)
    if found is None:
        _check_tags(
            [item for item in reading.tagged if item.tag not in _tags_of_all()], diagnostics
        )
        return Loaded(None, diagnostics, reading)
    dialect, version = found
    limits = limits or Limits()
    preparing = Preparing(dialect, values, limits, diagnostics)
    document = _prepared(reading, node, preparing)
    if document is None:
        return Loaded(None, diagnostics, reading)
    parser = Parser(dialect, reading.source, diagnostics, limits.queries)
    template = parser.template(document.node, version, document.loops)
    unsure = [*parser.unsure, *document.unsure]
    check_template(template, diagnostics, files=files, unsure=unsure)
    check_names(template, diagnostics)
    return Loaded(template, _once(diagnostics) if document.repeats else diagnostics, reading)


def _once(diagnostics: Diagnostics) -> Diagnostics:
    """One for each place, where one place stands for several values."""
    found: dict[object, Diagnostic] = {}
    for item in diagnostics:
        found.setdefault((item.code, item.span), item)
    return Diagnostics(found.values())


def _prepared(reading: Reading, node: MappingNode, preparing: Preparing) -> Prepared | None:
    """The document as the parser takes it: without tags, and rewritten as the dialect says."""
    spelling = Spelling(preparing.dialect.tags, preparing.limits)
    try:
        written = spelling.written_out(node, reading.tagged)
        _check_tags(spelling.left, preparing.diagnostics, preparing.dialect)
        assert isinstance(written, MappingNode)
        return preparing.dialect.prepare(written, preparing)
    except ReadFailure as failure:
        failure.report(preparing.diagnostics)
        return None


def _check_tags(
    tagged: Iterable[Node], diagnostics: Diagnostics, dialect: Dialect | None = None
) -> None:
    for node in tagged:
        tag = node.tag or ""
        diagnostics.add(
            UNKNOWN_TAG,
            f"the tag {tag} means nothing here",
            node.span,
            hint=_instead(tag, dialect)
            or "remove it; write functions as maps, as in { get_resource: name }",
        )


def _instead(tag: str, dialect: Dialect | None) -> str:
    """What to write in the place of a tag, where the language has tags."""
    if dialect is None or not dialect.tags:
        return ""
    name = f"{dialect.prefix}{tag.removeprefix('!')}"
    if name in dialect.functions or name in dialect.rule_functions:
        return f"{name} has no short form; write {{ {name!r}: ... }}"
    meant = nearest(tag, dialect.tags)
    return f"did you mean {meant}?" if meant else f"remove it; one of {', '.join(dialect.tags)}"


def _tags_of_all() -> frozenset[str]:
    return frozenset(tag for dialect in versions() for tag in dialect.tags)


def _dialect(node: MappingNode, diagnostics: Diagnostics) -> tuple[Dialect, str] | None:
    """The dialect and the version as written. An unknown version is read as the newest."""
    known = by_key()
    for key, value in node.entries:
        if key.text in known:
            return _version(known[key.text], key, value, diagnostics)
    first = node.entries[0][0] if node.entries else node
    meant = next((key for key, _ in node.entries if nearest(key.text, known)), None)
    if meant is None:
        for dialect in versions():
            if any(node.get(section) is not None for section in dialect.implied_by):
                return dialect, dialect.version
    diagnostics.add(
        NO_VERSION,
        "the template does not say its version",
        (meant or first).span,
        hint=did_you_mean(meant.text, known)
        if meant
        else "begin it with heat_template_version: 2021-04-16",
    )
    return None


def _version(
    known: Mapping[str, Dialect], key: ScalarNode, node: Node, diagnostics: Diagnostics
) -> tuple[Dialect, str]:
    written = str(to_plain(node)) if isinstance(node, ScalarNode) and node.value is not None else ""
    if written in known:
        return known[written], written
    newest = list(known.values())[-1]
    diagnostics.add(
        UNKNOWN_VERSION,
        f"there is no version {written!r} of {key.text}" if written else "the version is missing",
        node.span if node.end > node.start else key.span,
        hint=did_you_mean(written, known) or listed(known),
    )
    return newest, written

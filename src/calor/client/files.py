"""Collects what a template needs from disk: environments, nested templates, files of `get_file`.

The outcome has the shape of python-heatclient's: names become absolute `file://` URLs, in the
texts too, and `files` maps those to contents. Unlike there texts stay as written otherwise,
comments and lines included, and places in the original texts can be found again.
It reads files and nothing else; nothing is checked that the server checks.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urljoin, urlparse

from calor.base.diagnostics import Diagnostic, Rule
from calor.base.errors import InvalidInput
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source, Span
from calor.base.values import Value
from calor.template.reader import read

FILE_MISSING = Rule(
    "F101",
    "a file is not there",
    "A template or environment names a file that can't be read. Names are relative to the file in "
    "which they stand.",
)
NOT_A_FILE = Rule(
    "F102",
    "only files on disk are read",
    "Templates and the files that they name are read from disk. Fetch what a URL stands for first.",
)

TEMPLATE_SUFFIXES = (".yaml", ".yml", ".json", ".template")
ReadFile = Callable[[Path], bytes]
"""How a file is read: from disk, or from an editor that has it open. Raises OSError."""
VERSION_KEYS = ("heat_template_version", "HeatTemplateFormatVersion", "AWSTemplateFormatVersion")
# Amazon's templates may leave their version out.
_SIGNS = (*VERSION_KEYS, "Resources")


@dataclass(frozen=True, slots=True)
class StackInput:
    """All that defines a stack, ready to be sent.

    `template` None keeps the present one in an update of what exists. `environment_files` names
    the environments among `files`, later ones win. `sources` are the original texts by the name
    that the server's diagnostics give them.
    """

    template: str | None = None
    environment_files: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Value] = field(default_factory=dict)
    clear_parameters: tuple[str, ...] = ()
    timeout_mins: int | None = None
    disable_rollback: bool | None = None
    tags: tuple[str, ...] | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)


def collect(
    template: str | Path | None,
    environments: Sequence[str | Path] = (),
    *,
    parameters: Mapping[str, Value] | None = None,
    clear_parameters: Sequence[str] = (),
    timeout_mins: int | None = None,
    disable_rollback: bool | None = None,
    tags: Sequence[str] | None = None,
) -> StackInput:
    """Reads a template, its environments and everything that they name.

    Raises `InvalidInput` with all files that are not there, each at the place that names it.
    """
    wanted, problems = gather(template, environments, parameters=parameters)
    if problems:
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        raise InvalidInput(problems[0].message + more, problems)
    return replace(
        wanted,
        clear_parameters=tuple(clear_parameters),
        timeout_mins=timeout_mins,
        disable_rollback=disable_rollback,
        tags=None if tags is None else tuple(tags),
    )


def gather(
    template: str | Path | None,
    environments: Sequence[str | Path] = (),
    *,
    parameters: Mapping[str, Value] | None = None,
    read_file: ReadFile = Path.read_bytes,
) -> tuple[StackInput, list[Diagnostic]]:
    """As `collect`, for whoever goes on without the files that are not there; these come beside."""
    collector = _Collector(read_file)
    text = None if template is None else collector.root(Path(template), "template")
    names = [
        collector.environment(Path(path), f"environment {number}")
        for number, path in enumerate(environments, 1)
    ]
    wanted = StackInput(
        template=text,
        environment_files=tuple(names),
        files=collector.files,
        parameters=dict(parameters or {}),
        sources=collector.sources,
    )
    return wanted, collector.problems


class _Collector:
    def __init__(self, read_file: ReadFile) -> None:
        self._read_file = read_file
        self.files: dict[str, str] = {}
        self.sources: dict[str, Source] = {}
        self.problems: list[Diagnostic] = []

    def root(self, path: Path, name: str) -> str:
        source = self._open(path)
        self.sources[name] = source
        node = read(source).node
        names = [] if node is None else list(_names_in_template(node))
        return self._rewritten(source, path.resolve().as_uri(), names)

    def environment(self, path: Path, name: str) -> str:
        """Takes an environment in; returns its name among the files."""
        source = self._open(path)
        self.sources[name] = source
        url = path.resolve().as_uri()
        node = read(source).node
        names = [] if node is None else list(_names_in_environment(node))
        self.files[url] = self._rewritten(source, url, names)
        return url

    def _open(self, path: Path) -> Source:
        try:
            text = self._read_file(path).decode("utf-8")
        except (OSError, ValueError) as error:
            message = f"The file {str(path)!r} can't be read: {_why(error)}."
            raise InvalidInput(message, hint="check its name") from None
        return Source(str(path), text)

    def _rewritten(self, source: Source, url: str, names: Sequence[_Name]) -> str:
        """The text with every name made absolute; what is named is taken in."""
        replaced: dict[int, tuple[Span, str]] = {}
        for name in names:
            target = urljoin(name.base or url, _as_reference(name.text))
            if self._take(target, name.span):
                replaced[name.span.start] = (name.span, json.dumps(target))
        pieces = []
        end = 0
        for start in sorted(replaced):
            span, quoted = replaced[start]
            pieces += [source.text[end:start], quoted]
            end = span.end
        return "".join([*pieces, source.text[end:]])

    def _take(self, url: str, span: Span) -> bool:
        """Puts a file among the files, with all that it names in turn."""
        if url in self.files:
            return True
        parts = urlparse(url)
        if parts.scheme != "file":
            self._problem(NOT_A_FILE, f"{url!r} is not on disk.", span)
            return False
        path = Path(unquote(parts.path))
        try:
            content = self._read_file(path)
        except OSError as error:
            message = f"The file {str(path)!r} can't be read: {_why(error)}."
            self._problem(FILE_MISSING, message, span)
            return False
        try:
            text = content.decode("utf-8")
        except ValueError:
            # As python-heatclient does; get_file then gives the base64 text.
            self.files[url] = base64.encodebytes(content).decode("ascii")
            return True
        self.files[url] = text
        if any(key in text for key in _SIGNS):
            self._take_template(url, path, text)
        return True

    def _take_template(self, url: str, path: Path, text: str) -> None:
        source = Source(_shown(path), text)
        node = read(source).node
        if not isinstance(node, MappingNode) or not any(node.get(key) for key in _SIGNS):
            return
        self.sources[url] = source
        self.files[url] = self._rewritten(source, url, list(_names_in_template(node)))

    def _problem(self, rule: Rule, message: str, span: Span) -> None:
        self.problems.append(Diagnostic(rule, message, span))


@dataclass(frozen=True, slots=True)
class _Name:
    """A file's name where it stands; `base` is what it is relative to, '' for its own file."""

    text: str
    span: Span
    base: str = ""


def _names_in_template(node: Node) -> Iterator[_Name]:
    """Values of `get_file`, of `type` where they look like a template's name, and the templates of
    stacks inside, as CloudFormation has them."""
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from _names_in_template(item)
    elif isinstance(node, MappingNode):
        yield from _template_url(node)
        for key, value in node.entries:
            if isinstance(value, ScalarNode):
                if isinstance(value.value, str) and _is_name(key.text, value.value):
                    yield _Name(value.value, value.span)
            else:
                yield from _names_in_template(value)


def _template_url(node: MappingNode) -> Iterator[_Name]:
    kind = node.get("Type") or node.get("type")
    properties = node.get("Properties") or node.get("properties")
    if isinstance(kind, ScalarNode) and kind.value == "AWS::CloudFormation::Stack":
        url = properties.get("TemplateURL") if isinstance(properties, MappingNode) else None
        # With a tag, as !Ref, it is no name but leads to one.
        if isinstance(url, ScalarNode) and isinstance(url.value, str) and not url.tag:
            yield _Name(url.value, url.span)


def _is_name(key: str, value: str) -> bool:
    return key == "get_file" or (key in ("type", "Type") and value.endswith(TEMPLATE_SUFFIXES))


def _names_in_environment(node: Node) -> Iterator[_Name]:
    """Templates that the registry maps types to."""
    registry = node.get("resource_registry") if isinstance(node, MappingNode) else None
    if isinstance(registry, MappingNode):
        base = _base_of(registry, "")
        yield from _names_in_registry(registry, base)
        resources = registry.get("resources")
        if isinstance(resources, MappingNode):
            yield from _names_of_resources(resources, base)


def _names_of_resources(node: MappingNode, base: str) -> Iterator[_Name]:
    """Of single resources, and of those in the stacks inside them."""
    for _, one in node.entries:
        if isinstance(one, MappingNode):
            below = _base_of(one, base)
            yield from _names_in_registry(one, below)
            yield from _names_of_resources(one, below)


def _names_in_registry(node: MappingNode, base: str) -> Iterator[_Name]:
    for key, value in node.entries:
        if key.text in ("base_url", "hooks", "restricted_actions"):
            continue
        name = value.value if isinstance(value, ScalarNode) else None
        if isinstance(name, str) and name and "::" not in name:
            yield _Name(name, value.span, base)


def _base_of(node: MappingNode, default: str) -> str:
    given = node.get("base_url")
    if isinstance(given, ScalarNode) and isinstance(given.value, str):
        return given.value if given.value.endswith("/") else given.value + "/"
    return default


def _as_reference(name: str) -> str:
    """A name as written, fit to be joined to a URL: what has a meaning in URLs alone is escaped."""
    if urlparse(name).scheme:
        return name
    return name.replace("%", "%25").replace("#", "%23").replace("?", "%3F")


def _shown(path: Path) -> str:
    """A path as people know it: relative to where they are, when it is below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _why(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is not there"
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return "it is not text in UTF-8"

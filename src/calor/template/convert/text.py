"""A converted template as text in the canonical layout, with the comments of the original in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from calor.base.diagnostics import Diagnostics
from calor.base.source import Source, Span
from calor.template.convert.notes import Note, Path, notes, placed
from calor.template.convert.rules import LOST
from calor.template.convert.to_hot import Converted
from calor.template.definitions import Template
from calor.template.layout.layout import lay_out
from calor.template.layout.tree import CantLayOut

_PARAMETER_KEYS = {
    "Type": "type",
    "Label": "label",
    "Description": "description",
    "Default": "default",
    "NoEcho": "hidden",
}
_VERSION = "heat_template_version"


def written(converted: Converted, template: Template, diagnostics: Diagnostics) -> str:
    """The text. Comments that can't be told from the rest of the original are told as lost."""
    text = yaml.dump(
        dict(converted.document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100
    )
    text = placed(text, _notes(template.source, diagnostics), _Paths(template))
    return lay_out(Source(template.source.name, text)).text or text


def _notes(source: Source, diagnostics: Diagnostics) -> list[Note]:
    text = source.text.removeprefix("\ufeff").replace("\r\n", "\n")
    if "#" not in text:
        return []
    try:
        return notes(text)
    except (CantLayOut, yaml.YAMLError) as problem:
        diagnostics.add(LOST, f"comments are left out: {problem}", Span(source, 0, 0))
        return []


class _Paths:
    """How what stands at a path of the original is called in HOT."""

    def __init__(self, template: Template) -> None:
        self._dialect = template.dialect
        self._mapping = next(iter(template.mappings), "")

    def __call__(self, path: Path) -> Path:
        if not path:
            return ()
        section = self._dialect.sections.get(str(path[0]), "")
        rest = path[1:]
        match section:
            case "version":
                return (_VERSION,)
            case "metadata":
                return ("parameter_groups",)
            case "mappings" if rest:
                return ("parameters", rest[0], *(("default", *rest[1:]) if rest[1:] else ()))
            case "mappings":
                return ("parameters", self._mapping)
            case "parameters":
                return (section, *_renamed(rest, _PARAMETER_KEYS, "constraints"))
            case "resources":
                return (section, *_renamed(rest, self._dialect.resource_keys))
            case "outputs":
                return (section, *_renamed(rest, self._dialect.output_keys))
        return (section, *rest)


def _renamed(path: Path, keys: Mapping[str, str], other: str = "") -> Path:
    """A name, and what stands below it under other keys."""
    if len(path) < 2:
        return path
    return (path[0], keys.get(str(path[1]), other), *path[2:])


class _Dumper(yaml.SafeDumper):
    """Without anchors; texts of several lines are blocks, and small calls stand in brackets."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    style = "|" if "\n" in data else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


def _map(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.MappingNode:
    flow = len(data) == 1 and _is_small(data)
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=flow)


def _list(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=_is_small(data))


def _is_small(data: object, depth: int = 3) -> bool:
    if isinstance(data, dict):
        return depth > 0 and len(data) < 2 and all(_is_small(v, depth - 1) for v in data.values())
    if isinstance(data, list):
        return depth > 0 and len(data) < 6 and all(_is_small(item, depth - 1) for item in data)
    return "\n" not in str(data)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _map)
_Dumper.add_representer(list, _list)

"""Environments: parameters from outside, the resource registry, and how several become one.

An environment is data; it knows no template, and reads no file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Span
from calor.base.spelling import did_you_mean, listed, nearest
from calor.base.values import Value
from calor.template.parameter_types import JSON, LIST, NUMBER, convert
from calor.template.plain import to_plain
from calor.template.registry import Registry, merge_trees, parse_registry

UNKNOWN_SECTION = Rule(
    "H502",
    "unknown section of an environment",
    "An environment has the sections parameters, parameter_defaults, resource_registry, "
    "parameter_merge_strategies, encrypted_param_names and event_sinks, and no other.",
)
WRONG_SECTION = Rule(
    "H503",
    "wrong kind of value in an environment",
    "A list, map or text stands where the environment wants another kind of value.",
)
UNKNOWN_STRATEGY = Rule(
    "H507",
    "unknown merge strategy",
    "The strategy for a parameter that several environments set is overwrite, merge or deep_merge.",
)

_MAPS = ("parameters", "parameter_defaults", "resource_registry", "parameter_merge_strategies")
_LISTS = ("encrypted_param_names", "event_sinks")
SECTIONS = (*_MAPS, *_LISTS)
STRATEGIES = ("overwrite", "merge", "deep_merge")


@dataclass(frozen=True, slots=True)
class Environment:
    """`spans` tells where a parameter was set: (section, name) -> place; `places` where a section
    begins. `event_sinks` are as they were written: which kinds there are is known above."""

    parameters: Mapping[str, Value] = field(default_factory=dict)
    parameter_defaults: Mapping[str, Value] = field(default_factory=dict)
    registry: Registry = field(default_factory=Registry)
    parameter_merge_strategies: Mapping[str, str] = field(default_factory=dict)
    encrypted_param_names: tuple[str, ...] = ()
    event_sinks: tuple[Node, ...] = ()
    spans: Mapping[tuple[str, str], Span] = field(default_factory=dict)
    places: Mapping[str, Span] = field(default_factory=dict)

    def files(self) -> list[str]:
        """Every file that parameters name with `get_file`, in the order written."""
        found: list[str] = []
        for values in (self.parameters, self.parameter_defaults):
            _files(values, found)
        return list(dict.fromkeys(found))


def parse_environment(node: MappingNode, diagnostics: Diagnostics) -> Environment:
    """An environment's sections. Problems go to the diagnostics."""
    found: dict[str, Node] = {}
    places: dict[str, Span] = {}
    for key, value in node.entries:
        name = key.text
        if name not in SECTIONS:
            diagnostics.add(
                UNKNOWN_SECTION,
                f"an environment has no section {name!r}",
                key.span,
                hint=did_you_mean(name, SECTIONS) or listed(SECTIONS),
            )
            meant = nearest(name, SECTIONS)
            if not meant or node.get(meant) is not None:
                continue
            name = meant
        if isinstance(value, ScalarNode) and value.value is None:
            continue
        wanted = MappingNode if name in _MAPS else SequenceNode
        if isinstance(value, wanted):
            found[name] = value
            places[name] = key.span
        else:
            kind = "map" if name in _MAPS else "list"
            diagnostics.add(WRONG_SECTION, f"{name} must be a {kind}", value.span)
    spans: dict[tuple[str, str], Span] = {}
    return Environment(
        parameters=_values(found, "parameters", spans),
        parameter_defaults=_values(found, "parameter_defaults", spans),
        registry=_registry(found.get("resource_registry"), diagnostics),
        parameter_merge_strategies=_strategies(found, diagnostics),
        encrypted_param_names=tuple(
            str(to_plain(item)) for item in _items(found, "encrypted_param_names")
        ),
        event_sinks=_items(found, "event_sinks"),
        spans=spans,
        places=places,
    )


def merge(
    environments: Sequence[Environment], kinds: Mapping[str, str] | None = None
) -> Environment:
    """Several environments as one. The later ones win, or are merged where a strategy says so, as
    fits the type that `kinds` names for each parameter."""
    if len(environments) == 1:
        return environments[0]
    parameters: dict[str, Value] = {}
    defaults: dict[str, Value] = {}
    tree: dict[str, Any] = {}
    strategies: dict[str, str] = {}
    encrypted: list[str] = []
    sinks: list[Node] = []
    spans: dict[tuple[str, str], Span] = {}
    places: dict[str, Span] = {}
    for environment in environments:
        own = environment.parameter_merge_strategies
        _merge_values(parameters, environment.parameters, own, kinds or {})
        _merge_values(defaults, environment.parameter_defaults, own, kinds or {})
        tree = merge_trees(tree, environment.registry.tree)
        strategies.update(own)
        encrypted.extend(environment.encrypted_param_names)
        sinks.extend(environment.event_sinks)
        spans.update(environment.spans)
        places.update(environment.places)
    return Environment(
        parameters,
        defaults,
        Registry(tree),
        strategies,
        tuple(dict.fromkeys(encrypted)),
        tuple(sinks),
        spans,
        places,
    )


def _values(
    found: Mapping[str, Node], section: str, spans: dict[tuple[str, str], Span]
) -> dict[str, Value]:
    node = found.get(section)
    if not isinstance(node, MappingNode):
        return {}
    for key, value in node.entries:
        spans[section, key.text] = value.span if value.end > value.start else key.span
    return {key.text: to_plain(value) for key, value in node.entries}


def _registry(node: Node | None, diagnostics: Diagnostics) -> Registry:
    return parse_registry(node, diagnostics) if isinstance(node, MappingNode) else Registry()


def _strategies(found: Mapping[str, Node], diagnostics: Diagnostics) -> dict[str, str]:
    node = found.get("parameter_merge_strategies")
    strategies: dict[str, str] = {}
    for key, value in node.entries if isinstance(node, MappingNode) else ():
        word = to_plain(value)
        if word in STRATEGIES:
            strategies[key.text] = word
            continue
        diagnostics.add(
            UNKNOWN_STRATEGY,
            f"there is no merge strategy {word!r}",
            value.span if value.end > value.start else key.span,
            hint=listed(STRATEGIES),
        )
    return strategies


def _items(found: Mapping[str, Node], section: str) -> tuple[Node, ...]:
    node = found.get(section)
    return tuple(node.items) if isinstance(node, SequenceNode) else ()


def _merge_values(
    into: dict[str, Value],
    later: Mapping[str, Value],
    strategies: Mapping[str, str],
    kinds: Mapping[str, str],
) -> None:
    general = strategies.get("default", "overwrite")
    for name, value in later.items():
        strategy = strategies.get(name, general)
        if name in into and strategy != "overwrite":
            both = [_as_kind(item, kinds.get(name, "")) for item in (into[name], value)]
            into[name] = _merged(*both, deep=strategy == "deep_merge")
        else:
            into[name] = value


def _as_kind(value: Value, kind: str) -> Value:
    """A list or map that is written as text, as what it is; anything wrong stays and is told
    later."""
    if kind not in (LIST, JSON, NUMBER):
        return value
    try:
        return convert(value, kind)
    except ValueError:
        return value


def _merged(before: Value, later: Value, *, deep: bool) -> Value:
    """Maps by key, lists and texts one after the other, numbers added, as Heat does; of anything
    else the later one."""
    if isinstance(before, dict) and isinstance(later, dict):
        merged = dict(before)
        for key, value in later.items():
            both = deep and key in merged
            merged[key] = _merged(merged[key], value, deep=True) if both else value
        return merged
    if isinstance(before, list) and isinstance(later, list):
        return before + later
    if isinstance(before, str) and isinstance(later, str) and not deep:
        return before + later
    if _is_number(before) and _is_number(later):
        return before + later
    return later


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _files(value: Value, found: list[str]) -> None:
    if isinstance(value, dict):
        if list(value) == ["get_file"] and isinstance(value["get_file"], str):
            found.append(value["get_file"])
        for item in value.values():
            _files(item, found)
    elif isinstance(value, list):
        for item in value:
            _files(item, found)

"""Reads the examples: what to make of each type, and how to change it.

A file has

- `type`; `admin: true` for what only administrators may do; `real: false` for what only a sandbox
  can show;
- `beside`: resources that it needs, in order, by name; `{ref: NAME}` is what get_resource gives;
- `create`: the properties to begin with;
- `updates`: one new value for each property that changes in place;
- `untested`: properties without an example, each with the reason;
- `alone: true` where the cloud takes no second one like it;
- `names_are_unique: true` where it takes no second one of the same name;
- `moves: true` where an update may change the physical id;
- `unread`: fields of the request that the thing doesn't show as they were sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Example:
    type: str
    create: Mapping[str, Any]
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    updates: Mapping[str, Any] = field(default_factory=dict)
    untested: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    admin: bool = False
    alone: bool = False
    names_are_unique: bool = False
    moves: bool = False
    real: bool = True


def examples() -> dict[str, Example]:
    """All examples by type."""
    found = {}
    for file in sorted(Path(__file__).parent.glob("*.yaml")):
        data = yaml.safe_load(file.read_text())
        example = Example(**{**data, "unread": tuple(data.get("unread", ()))})
        found[example.type] = example
    return found


def filled(value: Any, things: Mapping[str, Any]) -> Any:
    """The value with each `{ref: NAME}` replaced."""
    if isinstance(value, dict):
        if list(value) == ["ref"]:
            return things[value["ref"]]
        return {key: filled(item, things) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, things) for item in value]
    return value

"""What the service answers beside the nouns of the model: things put together from several.

Data only; nothing sensitive is in it but where a docstring says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calor.base.values import Value
from calor.model.resource import Event, Resource
from calor.model.stack import Output, Stack

HIDDEN = "******"
"""What people see in the place of a hidden value, as Heat shows it."""


@dataclass(frozen=True, slots=True)
class StackView:
    """A stack as it is shown: parameters as texts, sensitive parts hidden."""

    stack: Stack
    parameters: Mapping[str, str]
    outputs: tuple[Output, ...]
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class ResourceView:
    """A resource of a stack: `required_by` are names; `nested` is the stack inside it;
    `parent` is the name of the parent's resource when the stack itself is nested; `hook` is that
    at which it waits now."""

    stack: Stack
    resource: Resource
    required_by: tuple[str, ...] = ()
    nested: Stack | None = None
    description: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    parent: str = ""
    hook: str = ""


@dataclass(frozen=True, slots=True)
class EventView:
    """An event with the stack that it belongs to, and the root of both."""

    stack: Stack
    event: Event
    root: Stack

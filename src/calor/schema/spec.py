"""What is known of one property or one attribute, as plain frozen data.

Made by `declare` from classes, or by hand from a template's parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from calor.base.values import Value
from calor.schema.constraints import Constraint, Lookup
from calor.schema.kinds import Kind
from calor.schema.support import SUPPORTED, Support

KEEP: Value = object()
"""Stands for 'leave it as it is' in `Wire.unset`."""


@dataclass(frozen=True, slots=True)
class Wire:
    """Where a property goes in the request's body: a path joined with dots; '' is nowhere.

    - `create_only`: the API refuses it in an update; `update_only`: it is no part of the create.
    - `unset`: what to send when the property is absent but the thing has one; by default it stays.
    - `loose`: others may change it too, so the default is sent only to take a change back.
    """

    path: str
    create_only: bool = False
    update_only: bool = False
    unset: Value = KEEP
    loose: bool = False


@dataclass(frozen=True, slots=True)
class PropertySpec:
    """One property, at the top or inside a map or list.

    - `items`: what a list holds; `fields`: what a map holds; None where anything may be inside.
    - `update`: may change in place (Heat's update_allowed). `immutable`: may not change at all.
    - `replaced_by`: an old name; its value, through `translate`, becomes that property's.
    - `converts`: see `kinds.coerce`. `default` None is no default.
    """

    name: str
    kind: Kind
    required: bool = False
    default: Value = None
    constraints: tuple[Constraint, ...] = ()
    items: PropertySpec | None = None
    fields: Mapping[str, PropertySpec] | None = None
    update: bool = False
    immutable: bool = False
    sensitive: bool = False
    replaced_by: str | None = None
    translate: Callable[[Value], Value] | None = None
    implemented: bool = True
    converts: bool = False
    wire: Wire | None = None
    doc: str = ""
    support: Support = SUPPORTED

    @property
    def lookup(self) -> str | None:
        """The kind of thing in the cloud that the value names."""
        for constraint in self.constraints:
            if isinstance(constraint, Lookup):
                return constraint.kind
        return None


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """One attribute. A `live` one is read when somebody asks, and never stored.

    `wire` is its path in what the cloud shows, joined with dots; '' where code makes it.
    """

    name: str
    kind: Kind | None = None
    doc: str = ""
    live: bool = False
    sensitive: bool = False
    wire: str = ""
    support: Support = SUPPORTED

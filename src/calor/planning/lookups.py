"""The names that the cloud must know, of parameters and of properties. It asks nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from calor.base.diagnostics import Diagnostics
from calor.base.source import Span
from calor.base.values import Unknown, Value, reveal
from calor.model.resource_type import ResourceType
from calor.planning.composition import Lookup
from calor.planning.origins import Trail, trail_of
from calor.planning.pending import left_for_cloud
from calor.planning.properties import place_of
from calor.template.definitions import ResourceDef
from calor.template.parameters import Parameters

Written = tuple[Span | None, Trail]
"""What `Lookup.written` tells."""


def of_parameters(
    parameters: Parameters, trails: Mapping[str, Trail], diagnostics: Diagnostics
) -> list[Lookup]:
    """Those of parameters with a constraint that only the cloud can judge."""
    return [
        Lookup(
            ("parameters", item.parameter),
            item.constraint,
            item.value,
            partial(_written, item.span, trails.get(item.parameter, ())),
        )
        for item in left_for_cloud(parameters.pending, diagnostics)
    ]


def of_properties(
    resource: ResourceDef,
    type: ResourceType,
    properties: Mapping[str, Value],
    trails: Mapping[str, Trail],
) -> list[Lookup]:
    """Those of a resource's normalised properties, as far as they are known."""
    return [
        Lookup(
            ("resources", resource.name, "properties", *path),
            kind,
            reveal(value),
            partial(_written_at, resource, path, trails),
        )
        for path, kind, value in type.schema.lookups(properties)
        if not isinstance(value, Unknown)
    ]


def _written(span: Span | None, trail: Trail) -> Written:
    return span, trail


def _written_at(
    resource: ResourceDef, path: Sequence[str | int], trails: Mapping[str, Trail]
) -> Written:
    return place_of(resource, tuple(path)), trail_of(resource.properties, path, trails)

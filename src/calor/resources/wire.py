"""From properties to request bodies, and what a live thing lacks of them. Pure.

Names on the wire come from each property's `Wire`; without one a property keeps its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from calor.schema import KEEP, PropertySpec, Schema, Wire

Body = dict[str, Any]


def wire_of(spec: PropertySpec) -> Wire:
    return spec.wire or Wire(spec.name)


def sent(spec: PropertySpec, value: Any) -> Any:
    """A property's value as it is sent: the fields of maps under their wire names."""
    if spec.items is not None and isinstance(value, list):
        return [sent(spec.items, item) for item in value]
    if spec.fields is not None and isinstance(value, Mapping):
        body: Body = {}
        for name, item in value.items():
            field = spec.fields[name]
            wire = wire_of(field)
            if wire.path:
                put(body, wire.path, sent(field, item))
        return body
    return value


def create_body(schema: Schema, properties: Mapping[str, Any]) -> Body:
    """The body of the create: every given property at its place."""
    body: Body = {}
    for name, value in properties.items():
        spec = schema.properties[name]
        wire = spec.wire
        if wire is None:
            body[name] = sent(spec, value)
        elif wire.path and not wire.update_only:
            put(body, wire.path, sent(spec, value))
    return body


def update_body(
    schema: Schema,
    properties: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    live: Mapping[str, Any],
) -> Body:
    """What has to be sent so that `live` becomes what the properties say; {} for nothing.

    `before` are the properties of the last settled state, or None when nobody knows.
    """
    body: Body = {}
    for name, spec in schema.properties.items():
        wire = wire_of(spec)
        if not spec.update or not wire.path or wire.create_only or spec.replaced_by:
            continue
        value = properties.get(name)
        wanted = sent(spec, value) if value is not None else _unset(name, wire, before)
        if wanted is KEEP or matches(wanted, at(live, wire.path)):
            continue
        if wire.loose and value == spec.default and (before or {}).get(name) in (None, value):
            continue
        put(body, wire.path, wanted)
    return body


def _unset(name: str, wire: Wire, before: Mapping[str, Any] | None) -> Any:
    """What an absent property is sent as, `KEEP` to leave it alone. When nobody knows what there
    was before, only emptying is sure to be no change of what the cloud chose itself."""
    if before is None:
        return wire.unset if wire.unset in (None, "", [], {}) else KEEP
    return KEEP if before.get(name) is None else wire.unset


def matches(wanted: Any, live: Any) -> bool:
    """Whether a live value is what is wanted; a map may have more than that, and lists of maps
    may be in another order. What is empty matches what is absent."""
    if wanted in (None, "", {}, []) and not isinstance(wanted, bool | int):
        return live in (None, "", {}, []) and not isinstance(live, bool | int)
    if isinstance(wanted, Mapping):
        return isinstance(live, Mapping) and all(
            matches(item, live.get(key)) for key, item in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(live, list) and _list_matches(wanted, live)
    if isinstance(wanted, bool) or isinstance(live, bool):
        return wanted is live or str(wanted).lower() == str(live).lower()
    return bool(wanted == live) or (live is not None and str(wanted) == str(live))


def _list_matches(wanted: Sequence[Any], live: Sequence[Any]) -> bool:
    if len(wanted) != len(live):
        return False
    if not any(isinstance(item, Mapping) for item in wanted):
        return all(matches(item, other) for item, other in zip(wanted, live, strict=True))
    left = list(live)
    # The most demanding first, so that a modest one does not take what only it can have.
    for item in sorted(wanted, key=lambda item: -len(item) if isinstance(item, Mapping) else 0):
        found = next(
            (at for at, other in enumerate(left) if not item or matches(item, other)), None
        )
        if found is None:
            return False
        del left[found]
    return True


def put(body: Body, path: str, value: Any) -> None:
    """Sets a place in nested maps."""
    if "." in path:
        *ways, path = path.split(".")
        for way in ways:
            body = body.setdefault(way, {})
    body[path] = value


def at(thing: Any, path: str) -> Any:
    """What lies at a place in nested maps, None where nothing does."""
    if "." not in path and thing.__class__ is dict:
        return thing.get(path)  # as nearly always
    for way in path.split("."):
        if not isinstance(thing, Mapping):
            return None
        thing = thing.get(way)
    return thing

"""The one place that decides what becomes of a resource: keep, update, replace or create.

Preview, plan and run all call `decide`. It is pure: what names mean in the cloud is told to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calor.base.values import Sensitive, Unknown, Value, is_known, is_sensitive, reveal
from calor.model.plan import Decision, Order, PropertyChange, Verb
from calor.model.resource import Resource
from calor.model.resource_type import ResourceType
from calor.model.states import Action, Status

Pins = Mapping[str, str]
"""Ids to which names were resolved, by property path joined with dots."""


def decide(
    type: ResourceType,
    row: Resource | None,
    wanted: Mapping[str, Value],
    pins: Pins | None = None,
    *,
    context: Value = "",
    external_id: Value = None,
    restricted: Sequence[str] = (),
) -> Decision:
    """What to do with `row` so that it becomes `wanted`.

    `wanted` is normalised and may hold `Unknown` (while planning) and `Sensitive`. `pins` are the
    ids of the names in it, as far as somebody asked. A property that is unknown counts as
    changed: whether it really is shows when it is known, and then this function is asked again.
    `context` is what reaches a stack inside beside `wanted`; `external_id` names a thing that is
    somebody else's. `restricted` are the actions that the environment forbids: update, replace.
    """
    decision = _decide(type, row, wanted, pins, context=context, external_id=external_id)
    return _permitted(decision, restricted) if restricted else decision


def _permitted(decision: Decision, restricted: Sequence[str]) -> Decision:
    """The decision, or a refusal. What only brings an earlier change to its end is permitted."""
    if str(decision.verb) not in restricted or not decision.changes:
        return decision
    reason = f"the environment's restricted_actions forbid to {decision.verb} it"
    return Decision(Verb.REFUSE, decision.changes, reason=reason)


def _decide(
    type: ResourceType,
    row: Resource | None,
    wanted: Mapping[str, Value],
    pins: Pins | None,
    *,
    context: Value,
    external_id: Value,
) -> Decision:
    if row is None or never_made(row):
        return Decision(Verb.CREATE)
    if row.type != type.name:
        return _replace(type, row, wanted, (), f"its type was {row.type}")
    if row.external or external_id is not None:
        return _external(type, row, wanted, external_id)
    unusable = _unusable(type, row)
    if unusable:
        return _replace(type, row, wanted, (), unusable)
    changes = compare(type, row, wanted, pins or {})
    if not changes:
        return _unfinished(row, context)
    names = [change.name for change in changes]
    forcing = type.forces_replacement(row.properties, wanted, names)
    if not forcing:
        return Decision(Verb.UPDATE, tuple(changes))
    marked = [_forcing(change) if change.name in forcing else change for change in changes]
    return _replace(type, row, wanted, tuple(marked), "")


def never_made(row: Resource) -> bool:
    """Whether no create call for this row ever left, so that the row can serve for another try."""
    return row.physical_id is None and not row.calling and not row.settled


def compare(
    type: ResourceType, row: Resource, wanted: Mapping[str, Value], pins: Pins
) -> list[PropertyChange]:
    """The top-level properties that differ, in the order wanted, then those that went away."""
    changes = []
    before = row.properties
    for name in [*wanted, *(name for name in before if name not in wanted)]:
        old, new = before.get(name), wanted.get(name)
        if _same(old, new) or _same(_pinned(name, old, row.pinned), _pinned(name, new, pins)):
            continue
        if is_known(new) and type.says_the_same(name, reveal(old), reveal(new)):
            continue
        changes.append(PropertyChange(name, old, new))
    return changes


def _same(old: Value, new: Value) -> bool:
    if not is_known(new) or not is_known(old):
        return False
    if is_sensitive(old) or is_sensitive(new):
        old, new = reveal(old), reveal(new)
    return bool(old == new) and _alike(old, new)


def _alike(old: Value, new: Value) -> bool:
    """Whether equal values have truth values at the same places: True is not 1 to a cloud."""
    if isinstance(old, dict):
        return all(_alike(item, new[key]) for key, item in old.items())
    if isinstance(old, list):
        return all(map(_alike, old, new))
    return isinstance(old, bool) == isinstance(new, bool)


def _pinned(name: str, value: Value, pins: Pins) -> Value:
    """The value with names replaced by the ids that they were resolved to."""
    if not pins:
        return value
    return pin(value, pins, name)


def pin(value: Value, pins: Pins, path: str) -> Value:
    """`value`, found at `path`, with each pinned part replaced by its id."""
    if not any(key.startswith(path) for key in pins):
        return value  # as nearly all of a server's properties
    if isinstance(value, dict):
        return {key: pin(item, pins, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [pin(item, pins, f"{path}.{index}") for index, item in enumerate(value)]
    if isinstance(value, Sensitive):
        return Sensitive(pin(value.value, pins, path))
    if isinstance(value, Unknown):
        return value
    return pins.get(path, value)


def pinned(row: Resource) -> dict[str, Value]:
    """The row's properties with ids in the place of names; secrets stay marked."""
    found = dict(row.properties)
    for name in _pinned_names(row.pinned):
        if name in found:
            found[name] = pin(found[name], row.pinned, name)
    return found


def _pinned_names(pins: Pins) -> dict[str, None]:
    """The names of properties in which there are pins. A name may have dots itself."""
    names: dict[str, None] = {}
    for path in pins:
        name = path
        while name:
            names[name] = None
            name = name.rpartition(".")[0]
    return names


def _external(
    type: ResourceType, row: Resource, wanted: Mapping[str, Value], external_id: Value
) -> Decision:
    """What is somebody else's is only read: its properties don't count, its id does."""
    if external_id is None:
        return _replace(type, row, wanted, (), "it was external")
    if external_id != row.physical_id:
        return _replace(type, row, wanted, (), "its external_id is another one")
    if not row.settled or row.status is Status.FAILED:
        return _replace(type, row, wanted, (), "it was not read to the end")
    return Decision(Verb.KEEP)


def _unusable(type: ResourceType, row: Resource) -> str:
    """Why the thing behind a row can't be kept, '' if it can."""
    if row.action is Action.DELETE:
        return "its deletion has begun"
    if row.status is not Status.FAILED or type.converges:
        return ""
    if row.action is Action.CREATE:
        return "its creation failed"
    return "a check found it unhealthy" if row.action is Action.CHECK else ""


def _unfinished(row: Resource, context: Value) -> Decision:
    """Nothing differs from what was last tried; it may still not have been reached."""
    if row.action is Action.UPDATE and row.status is not Status.COMPLETE:
        return Decision(Verb.UPDATE, reason="its last update did not finish")
    if row.action is Action.CREATE and row.status is not Status.COMPLETE:
        return Decision(Verb.UPDATE, reason="its creation did not finish")
    if row.action is Action.CHECK and row.status is Status.FAILED:
        return Decision(Verb.UPDATE, reason="a check found it unhealthy")
    if reveal(row.context) != reveal(context):
        return Decision(Verb.UPDATE, reason="what it is made of beside its properties has changed")
    return Decision(Verb.KEEP)


def _replace(
    type: ResourceType,
    row: Resource,
    wanted: Mapping[str, Value],
    changes: Sequence[PropertyChange],
    reason: str,
) -> Decision:
    if not reason:
        forcing = [change.name for change in changes if change.forces]
        reason = f"{', '.join(forcing)} can't change in place"
    order = (
        type.replacement_order(row.properties, wanted) if row.type == type.name else Order.NEW_FIRST
    )
    return Decision(Verb.REPLACE, tuple(changes), order, reason)


def _forcing(change: PropertyChange) -> PropertyChange:
    return PropertyChange(change.name, change.before, change.after, forces=True)

"""Nouns to rows and rows to nouns, one pair of functions a table. It runs no SQL.

The tuples hold the columns of `schema` in their order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from calor.base.values import Sensitive, Unknown, Value
from calor.model.exports import Export
from calor.model.pause import Pause, PauseState
from calor.model.plan import Change, Decision, Order, Plan, PropertyChange, Verb
from calor.model.resource import Event, Resource
from calor.model.stack import Definition, Operation, Output, Owner, Parentage, Sink, Stack
from calor.model.states import Action, DeletionPolicy, Status
from calor.store.codec import FORMAT, Codec, Encoded, check_format, dumps, masked
from calor.store.statements import Row


def readable(text: str) -> str:
    """Text that every database takes: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "�").encode("utf-8", "replace").decode()


# --- resources ------------------------------------------------------------------------------


def resource_row(item: Resource, codec: Codec) -> Row:
    body = codec.encode(
        {
            "properties": item.properties,
            "pinned": item.pinned,
            "former": item.former,
            "attributes": item.attributes,
            "metadata": item.metadata,
            "needs": item.needs,
            "data": item.data,
            "context": item.context,
        }
    )
    return (
        item.id,
        item.stack_id,
        item.name,
        item.incarnation,
        item.type,
        item.declared_type,
        item.physical_name,
        item.physical_id,
        item.action.value,
        item.status.value,
        readable(item.reason) if item.reason else "",
        item.deletion_policy.value,
        item.calling,
        item.intent_at,
        item.settled,
        item.retired,
        item.external,
        item.created_at,
        item.updated_at,
        body.text,
        FORMAT,
        body.sealed,
        body.key_id,
    )


def resource(row: Any, codec: Codec) -> Resource:
    check_format(row.body_format, "a resource")
    body = codec.decode(row.body, row.sealed, row.key_id)
    return Resource(
        id=row.id,
        stack_id=row.stack_id,
        name=row.name,
        incarnation=row.incarnation,
        type=row.type,
        declared_type=row.declared_type,
        physical_name=row.physical_name,
        physical_id=row.physical_id,
        action=Action(row.action),
        status=Status(row.status),
        reason=row.reason,
        properties=body["properties"],
        pinned=body["pinned"],
        former=body["former"],
        attributes=body["attributes"],
        metadata=body["metadata"],
        needs=tuple(body["needs"]),
        deletion_policy=DeletionPolicy(row.deletion_policy),
        calling=bool(row.calling),
        intent_at=row.intent_at,
        settled=bool(row.settled),
        retired=bool(row.retired),
        external=bool(row.external),
        data=body["data"],
        context=body["context"],
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


# --- events ---------------------------------------------------------------------------------


def event_row(item: Event) -> Row:
    return (
        item.stack_id,
        item.number,
        item.id,
        item.at,
        item.name,
        item.physical_id,
        item.action.value,
        item.status.value,
        readable(item.reason) if item.reason else "",
        item.resource_type,
        masked(item.properties),
        FORMAT,
    )


def event(row: Any) -> Event:
    check_format(row.properties_format, "an event")
    return Event(
        stack_id=row.stack_id,
        number=row.number,
        id=row.id,
        at=row.at,
        name=row.name,
        physical_id=row.physical_id,
        action=Action(row.action),
        status=Status(row.status),
        reason=row.reason,
        resource_type=row.resource_type,
        properties=json.loads(row.properties),
    )


# --- pauses ---------------------------------------------------------------------------------


def pause_row(item: Pause) -> Row:
    return (item.stack_id, item.name, item.hook, item.generation, item.at, item.state.value)


def pause(row: Any) -> Pause:
    return Pause(
        stack_id=row.stack_id,
        name=row.name,
        hook=row.hook,
        generation=row.generation,
        at=row.at,
        state=PauseState(row.state),
    )


# --- operations -----------------------------------------------------------------------------


def operation_row(item: Operation) -> Row:
    return (
        item.id,
        item.stack_id,
        item.generation,
        item.action.value,
        item.deadline,
        item.accepted_at,
        item.phase.value if item.phase else None,
        readable(item.reason),
        item.rollback,
        None,
    )


def operation(row: Any) -> Operation:
    return Operation(
        id=row.id,
        stack_id=row.stack_id,
        generation=row.generation,
        action=Action(row.action),
        deadline=row.deadline,
        accepted_at=row.accepted_at,
        phase=Action(row.phase) if row.phase else None,
        reason=row.reason,
        rollback=bool(row.turns_back),
    )


# --- stacks ---------------------------------------------------------------------------------


def stack_row(
    item: Stack, *, definition: str, settled: str | None, shares: bool, codec: Codec
) -> Row:
    """The row of a stack that lives. `definition`, `settled` are hashes."""
    nested = item.parentage
    outputs = outputs_encoded(item.outputs, codec)
    return (
        item.id,
        item.name,
        None if nested else item.name,
        item.owner.project_id,
        item.owner.user_id,
        item.owner.username,
        item.generation,
        item.action.value,
        item.status.value,
        readable(item.reason),
        definition,
        settled,
        nested.parent_id if nested else None,
        nested.resource_id if nested else None,
        nested.resource_id if nested else None,
        item.root_id,
        "/".join(item.path),
        item.depth,
        item.disable_rollback,
        item.timeout,
        readable(item.description),
        outputs.text,
        FORMAT,
        outputs.sealed,
        outputs.key_id,
        item.trust,
        sinks_text(item.sinks) if item.sinks else None,
        None,
        FORMAT,
        shares,
        item.created_at,
        item.updated_at,
        item.deleted_at,
    )


def outputs_encoded(outputs: tuple[Output, ...], codec: Codec) -> Encoded:
    return codec.encode([[item.name, item.value, item.description, item.error] for item in outputs])


def stack(
    row: Any,
    *,
    definition: Definition,
    settled: Definition | None,
    tags: tuple[str, ...],
    outputs: tuple[Output, ...],
) -> Stack:
    parentage = None
    if row.parent_id is not None:
        path = tuple(row.path.split("/"))
        parentage = Parentage(row.parent_id, row.resource_id, row.root_id, path)
    return Stack(
        id=row.id,
        name=row.name,
        owner=Owner(row.project_id, row.user_id, row.username),
        generation=row.generation,
        action=Action(row.action),
        status=Status(row.status),
        reason=row.reason,
        definition=definition,
        settled=settled,
        parentage=parentage,
        disable_rollback=bool(row.disable_rollback),
        timeout=row.timeout,
        tags=tags,
        description=row.description,
        outputs=outputs,
        trust=row.trust,
        sinks=_sinks(row) if row.sinks is not None else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
    )


def sinks_text(items: Sequence[Sink]) -> str:
    return dumps([[item.kind, item.settings] for item in items], repr)


def sinks_in(text: str) -> tuple[Sink, ...]:
    return tuple(Sink(kind, settings) for kind, settings in json.loads(text))


def _sinks(row: Any) -> tuple[Sink, ...]:
    check_format(row.sinks_format, "event sinks")
    return sinks_in(row.sinks)


def outputs(row: Any, codec: Codec) -> tuple[Output, ...]:
    check_format(row.outputs_format, "outputs")
    found = codec.decode(row.outputs, row.sealed, row.key_id)
    return tuple(Output(name, value, about, error) for name, value, about, error in found)


# --- exports --------------------------------------------------------------------------------


def export(row: Any, codec: Codec) -> Export:
    """An export; the row has its stack's name and root too."""
    check_format(row.body_format, "an export")
    reserved = row.body is None
    return Export(
        name=row.name,
        value=None if reserved else codec.decode(row.body, row.sealed, row.key_id),
        ready=not (reserved or row.leaving or row.stale),
        stack_id=row.stack_id,
        root_id=row.root_id,
        stack_name=row.stack_name,
    )


# --- plans ----------------------------------------------------------------------------------

# A plan's JSON may say `{"$": [kind, what]}` where a value is unknown or sensitive; a user's own
# mapping with such a key is written as `{"$": ["map", [[key, value], ...]]}`.
_KEY = "$"


def plan_text(plan: Plan, codec: Codec) -> str:
    """A plan, in which keyed digests stand for sensitive values."""

    def leaf(item: Sensitive | Unknown) -> Value:
        if isinstance(item, Unknown):
            return {_KEY: ["unknown", item.source]}
        return {_KEY: ["sensitive", codec.digest(item.value)]}

    return dumps([_change_json(item) for item in plan.changes], leaf)


def _change_json(item: Change) -> Value:
    decision = item.decision
    changes = [[c.name, _escaped(c.before), _escaped(c.after), c.forces] for c in decision.changes]
    order = decision.order.value if decision.order else None
    decided = [decision.verb.value, changes, order, decision.reason]
    return [item.name, item.type, decided, item.row_id, item.waits_for, item.hooks]


def _escaped(value: Value) -> Value:
    if isinstance(value, dict):
        pairs = {key: _escaped(item) for key, item in value.items()}
        return {_KEY: ["map", list(pairs.items())]} if _KEY in pairs else pairs
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    return value


def plan(text: str) -> Plan:
    """The plan; the digest of a sensitive value stands in its place."""
    return Plan(tuple(_change(item) for item in json.loads(text, object_hook=_plan_leaf)))


def _plan_leaf(found: dict[str, Value]) -> Value:
    if _KEY not in found:
        return found
    kind, what = found[_KEY]
    if kind == "map":
        return dict(what)
    return Unknown(what) if kind == "unknown" else Sensitive(what)


def _change(item: Value) -> Change:
    name, type_, (verb, changes, order, reason), row_id, waits_for, hooks = item
    decision = Decision(
        verb=Verb(verb),
        changes=tuple(PropertyChange(*change) for change in changes),
        order=Order(order) if order else None,
        reason=reason,
    )
    return Change(name, type_, decision, row_id, tuple(waits_for), tuple(hooks))

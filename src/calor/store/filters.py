"""What a list of stacks is narrowed by and in which order it comes, as SQL. Heat's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from calor.base.errors import InvalidInput
from calor.model.ports import EventFilter, StackFilter
from calor.store.schema import events, stacks, tags

Condition = sa.ColumnElement[bool]


def _equal(column: sa.Column[Any]) -> Callable[[tuple[str, ...]], Condition]:
    return column.in_


def _disable_rollback(values: tuple[str, ...]) -> Condition:
    wanted = [value.strip().lower() in ("true", "1", "yes", "on", "t", "y") for value in values]
    condition: Condition = stacks.c.disable_rollback.in_(wanted)
    return condition


def _timeout(values: tuple[str, ...]) -> Condition:
    try:
        wanted = [float(value) * 60.0 for value in values]
    except ValueError:
        raise InvalidInput("The filter 'timeout_mins' wants a number of minutes.") from None
    condition: Condition = stacks.c.timeout.in_(wanted)
    return condition


_STACK_FILTERS: dict[str, Callable[[tuple[str, ...]], Condition]] = {
    "id": _equal(stacks.c.id),
    "name": _equal(stacks.c.name),
    "stack_name": _equal(stacks.c.name),
    "status": _equal(stacks.c.status),
    "stack_status": _equal(stacks.c.status),
    "stack_status_reason": _equal(stacks.c.reason),
    "action": _equal(stacks.c.action),
    "stack_action": _equal(stacks.c.action),
    "tenant": _equal(stacks.c.project_id),
    "username": _equal(stacks.c.username),
    "stack_owner": _equal(stacks.c.username),
    "owner_id": _equal(stacks.c.parent_id),
    "parent": _equal(stacks.c.parent_id),
    "disable_rollback": _disable_rollback,
    "timeout_mins": _timeout,
}

_STACK_SORTS: dict[str, sa.ColumnElement[Any]] = {
    "stack_name": stacks.c.name,
    "name": stacks.c.name,
    "stack_status": stacks.c.status,
    "status": stacks.c.status,
    "creation_time": stacks.c.created_at,
    "created_at": stacks.c.created_at,
    # NULL has another place in each database.
    "updated_time": sa.func.coalesce(stacks.c.updated_at, 0.0),
    "updated_at": sa.func.coalesce(stacks.c.updated_at, 0.0),
    "id": stacks.c.id,
}

_EVENT_FILTERS: dict[str, Callable[[tuple[str, ...]], Condition]] = {
    "resource_status": _equal(events.c.status),
    "resource_action": _equal(events.c.action),
    "resource_name": _equal(events.c.name),
    "resource_type": _equal(events.c.resource_type),
    "uuid": _equal(events.c.id),
    "id": _equal(events.c.id),
}


def stack_conditions(wanted: StackFilter) -> list[Condition]:
    """Raises InvalidInput for a filter that does not exist."""
    found = []
    if wanted.project_id is not None:
        found.append(stacks.c.project_id == wanted.project_id)
    if not wanted.show_deleted:
        found.append(stacks.c.deleted_at.is_(None))
    # Whoever asks for the stacks inside a stack wants nested ones.
    if not (wanted.show_nested or {"owner_id", "parent"} & wanted.filters.keys()):
        found.append(stacks.c.parent_id.is_(None))
    for name, values in wanted.filters.items():
        if values:
            found.append(_condition(_STACK_FILTERS, name, values, "Stacks"))
    found.extend(_tagged(tag) for tag in wanted.tags)
    if wanted.tags_any:
        found.append(sa.or_(*(_tagged(tag) for tag in wanted.tags_any)))
    if wanted.not_tags:
        found.append(sa.not_(sa.and_(*(_tagged(tag) for tag in wanted.not_tags))))
    if wanted.not_tags_any:
        found.append(sa.not_(sa.or_(*(_tagged(tag) for tag in wanted.not_tags_any))))
    return found


def event_conditions(wanted: EventFilter) -> list[Condition]:
    """Raises InvalidInput for a filter that does not exist."""
    found = [events.c.number > wanted.after] if wanted.after else []
    for name, values in wanted.filters.items():
        if values:
            found.append(_condition(_EVENT_FILTERS, name, values, "Events"))
    return found


def _condition(
    known: dict[str, Callable[[tuple[str, ...]], Condition]],
    name: str,
    values: tuple[str, ...],
    what: str,
) -> Condition:
    if name not in known:
        raise InvalidInput(
            f"{what} can't be filtered by {name!r}.", hint=f"use one of {', '.join(known)}"
        )
    return known[name](values)


def _tagged(tag: str) -> Condition:
    return sa.select(tags.c.tag).where(tags.c.stack_id == stacks.c.id, tags.c.tag == tag).exists()


def order(wanted: StackFilter) -> list[tuple[sa.ColumnElement[Any], bool]]:
    """Columns with whether they descend; ends with the id, so that no two rows are equal.
    Raises InvalidInput for a key that does not exist."""
    found: list[tuple[sa.ColumnElement[Any], bool]] = []
    for key, direction in wanted.sort:
        if key not in _STACK_SORTS:
            raise InvalidInput(
                f"Stacks can't be sorted by {key!r}.",
                hint=f"use one of {', '.join(_STACK_SORTS)}",
            )
        found.append((_STACK_SORTS[key], direction == "desc"))
    return [*found, (stacks.c.id, False)]


def beyond(keys: list[tuple[sa.ColumnElement[Any], bool]], values: tuple[Any, ...]) -> Condition:
    """What comes after the row with these values of the keys."""
    alternatives = []
    for index, ((column, descends), value) in enumerate(zip(keys, values, strict=True)):
        same = [c == v for (c, _), v in zip(keys[:index], values, strict=False)]
        after = column < value if descends else column > value
        alternatives.append(sa.and_(*same, after))
    return sa.or_(*alternatives)

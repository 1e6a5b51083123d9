"""A plan: what will be done, in which order, and what each part waits for. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from calor.base.records import record
from calor.base.values import Value


class Verb(StrEnum):
    CREATE = "create"
    KEEP = "keep"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    CHECK = "check"
    REFUSE = "refuse"
    """Something would have to be done that the environment restricts."""


class Order(StrEnum):
    """Of a replacement: which one goes first."""

    NEW_FIRST = "new first"
    OLD_FIRST = "old first"


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """A property that differs; `before`/`after` are absent (None) where there is none.

    `forces` says that this change alone makes a replacement.
    """

    name: str
    before: Value
    after: Value
    forces: bool = False


@record()
class Decision:
    """What is to be done with one resource, and why."""

    verb: Verb
    changes: tuple[PropertyChange, ...] = ()
    order: Order | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A decision about one name, with what it waits for (names; `name~incarnation` for the
    cleanup of an old row). `row_id` is the existing row, '' for a create. `hooks` are those of
    the environment at which it will stop."""

    name: str
    type: str
    decision: Decision
    row_id: str = ""
    waits_for: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes in an order in which they could run one by one."""

    changes: tuple[Change, ...]

    def count(self) -> Mapping[str, int]:
        """How many of each verb."""
        totals = {str(verb): 0 for verb in Verb}
        for change in self.changes:
            totals[str(change.decision.verb)] += 1
        return totals

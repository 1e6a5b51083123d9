"""A resource: what we remember of one thing in the cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from calor.base.records import record
from calor.base.values import Value
from calor.model.states import Action, DeletionPolicy, Status


@record(slots=False)
class Resource:
    """A row. Several rows share a name while one replaces another. It has no slots, so that
    `records.evolve` can copy it.

    - `id`: the row's, a UUID; `incarnation` counts the rows that a name has had, from 1.
    - `type`: the type that carries it out; `declared_type`: the word in the template.
    - `physical_name`: `STACK-NAME-SUFFIX`; `physical_id`: the cloud's id, None until known.
    - `properties`: normalised, evaluated, as written (before names become ids); may hold
      `Sensitive`, never `Unknown`. `pinned`: ids to which names were resolved, by property path
      joined with dots.
    - `former`: while an update is under way, what the thing was told before it, names replaced by
      ids; None otherwise.
    - `attributes`: read back when a step ends; may hold `Sensitive`.
    - `needs`: ids of the rows that it uses.
    - `calling`: a create call may have left, since `intent_at`; `settled`: it was read back.
    - `retired`: another row took its name, or the template lost it; it waits for its cleanup.
    - `data`: what the type must remember between its steps.
    - `context`: what reaches the stack inside it beside its properties, as a digest; may be
      `Sensitive`; '' where there is none.
    """

    id: str
    stack_id: str
    name: str
    incarnation: int
    type: str
    declared_type: str
    physical_name: str
    action: Action
    status: Status
    reason: str = ""
    physical_id: str | None = None
    properties: Mapping[str, Value] = field(default_factory=dict)
    pinned: Mapping[str, str] = field(default_factory=dict)
    former: Mapping[str, Value] | None = None
    attributes: Mapping[str, Value] = field(default_factory=dict)
    metadata: Mapping[str, Value] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    deletion_policy: DeletionPolicy = DeletionPolicy.DELETE
    calling: bool = False
    intent_at: float = 0.0
    settled: bool = False
    retired: bool = False
    external: bool = False
    data: Mapping[str, Value] = field(default_factory=dict)
    context: Value = ""
    created_at: float = 0.0
    updated_at: float = 0.0

    @property
    def state(self) -> str:
        return f"{self.action}_{self.status}"

    @property
    def told_reason(self) -> str:
        """Why it is in its state, as people are told: Heat's words where there is nothing to say,
        and '' before anything was done."""
        return self.reason or ("" if self.action is Action.INIT else "state changed")


@record()
class Event:
    """Something that happened; `number` has no gaps within a stack. Stack events have no resource.

    `properties` are masked already: an event never holds a secret.
    """

    stack_id: str
    number: int
    id: str
    at: float
    name: str
    physical_id: str
    action: Action
    status: Status
    reason: str = ""
    resource_type: str = ""
    properties: Mapping[str, Value] = field(default_factory=dict)

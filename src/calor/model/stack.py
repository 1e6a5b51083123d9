"""Stacks: what the user sees, what they asked for, and what was asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calor.base.values import Value
from calor.model.exports import Reservation
from calor.model.states import Action, Status


@dataclass(frozen=True, slots=True)
class Owner:
    """On whose behalf: Keystone's ids, and names for people."""

    project_id: str
    user_id: str
    username: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a user wrote, as it was written: the whole input of a stack.

    `template` is text; `environments` are texts in the order in which later ones win;
    `files` maps the names used in the template to texts; `parameters` are values given outside
    any environment and win over all of them. `facade` is what the parent's resource says of
    itself to a nested template that asks (`resource_facade`), by the words of `model.facade`; None
    where nobody asks, and for a stack that has no parent. Stored by content hash, sealed.
    """

    template: str
    environments: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Value] = field(default_factory=dict)
    facade: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Sink:
    """Where events of a stack are brought: a kind of sink, and what the kind is told."""

    kind: str
    settings: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Parentage:
    """Where a nested stack hangs: the parent, the parent's resource row, and the root. `path` are
    the names of the resources that lead to it, from the root's on."""

    parent_id: str
    resource_id: str
    root_id: str
    path: tuple[str, ...]

    @property
    def resource_name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Output:
    """An output after the last operation. `value` may hold `Sensitive`; `error` says why none."""

    name: str
    value: Value
    description: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as its row remembers it.

    `generation` (Heat's traversal) grows with every accepted operation. `definition` is what was
    asked for last, `settled` what a rollback goes back to: what was last reached whole, or the
    first definition while none was; None before the first run.
    `trust` names the row of the delegation with which the engine acts, '' in local mode.
    `sinks` are where its events are brought; None when there never were any, so that nothing of
    it can be on its way. Stacks inside have those of their root.
    """

    id: str
    name: str
    owner: Owner
    generation: int
    action: Action
    status: Status
    reason: str
    definition: Definition
    settled: Definition | None = None
    parentage: Parentage | None = None
    disable_rollback: bool = True
    timeout: float = 3600.0
    tags: tuple[str, ...] = ()
    description: str = ""
    outputs: tuple[Output, ...] = ()
    trust: str = ""
    sinks: tuple[Sink, ...] | None = None
    created_at: float = 0.0
    updated_at: float | None = None
    deleted_at: float | None = None

    @property
    def root_id(self) -> str:
        return self.parentage.root_id if self.parentage else self.id

    @property
    def path(self) -> tuple[str, ...]:
        """Names of the resources that lead to it from its root; () for a root."""
        return self.parentage.path if self.parentage else ()

    @property
    def depth(self) -> int:
        return len(self.path)

    @property
    def state(self) -> str:
        """As Heat prints it: `CREATE_COMPLETE`."""
        return f"{self.action}_{self.status}"


@dataclass(frozen=True, slots=True)
class Operation:
    """Something asked of a stack, at one generation.

    `phase` is ROLLBACK once a failed create or update turned back, so that a restarted engine
    turns back too. `deadline` is when it times out, on the clock of `Clock.now`.
    """

    id: str
    stack_id: str
    generation: int
    action: Action
    deadline: float
    accepted_at: float
    phase: Action | None = None
    reason: str = ""
    rollback: bool = False


@dataclass(frozen=True, slots=True)
class NewOperation:
    """What `Operations.accept` is asked to insert.

    For CREATE, `stack` is the whole new row and no stack of that project may have its name. For
    the others `stack` is the row as the caller saw it, already changed (definition, tags,
    rollback, timeout); its `generation` must still be the stored one unless `any_generation`.
    The stored generation becomes one more, the visible state `<action>_IN_PROGRESS`.
    Only CREATE, ADOPT, UPDATE and RESTORE write definition, tags, rollback, timeout, description,
    trust and sinks (a root's, for all that is inside it); the others leave them alone, so that an
    old row does no harm.
    A nested stack is found again by `parentage.resource_id`: creating it twice is once.
    `reservation` has the names that a new definition shares with other stacks.
    """

    stack: Stack
    action: Action
    deadline: float
    rollback: bool = False
    any_generation: bool = False
    reservation: Reservation | None = None

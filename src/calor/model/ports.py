"""The ports: each is a protocol behind which an effect lives. Doubles exist only here.

`Reads`, `Operations`, `Leases`, `Journal`, `Trusts`, `Secrets` are the store's; `Bus` is the
bus's; `Authenticator` and `Clouds` are the cloud's; `Types` is the registry of resource types.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from calor.base.records import record
from calor.base.values import Value
from calor.model.cloud import Cloud
from calor.model.exports import ExportReads, Reservation, Shared
from calor.model.pause import Pause
from calor.model.plan import Plan
from calor.model.resource import Event, Resource
from calor.model.resource_type import ResourceType
from calor.model.stack import NewOperation, Operation, Output, Owner, Stack
from calor.model.states import Action, Status

# --- what is remembered ---


@dataclass(frozen=True, slots=True)
class StackFilter:
    """Which stacks to list. Empty tuples and None narrow nothing.

    `filters` are equalities by Heat's names (id, name, status, action, username, owner_id ...),
    several values are alternatives. `sort` holds (key, 'asc'|'desc') by Heat's sort keys.
    """

    project_id: str | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    tags_any: tuple[str, ...] = ()
    not_tags: tuple[str, ...] = ()
    not_tags_any: tuple[str, ...] = ()
    show_deleted: bool = False
    show_nested: bool = False
    sort: tuple[tuple[str, str], ...] = (("creation_time", "desc"),)
    limit: int | None = None
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events of a stack, by Heat's names; `after` is a number."""

    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: int = 0
    limit: int | None = None
    newest_first: bool = False


class Reads(ExportReads, Protocol):
    """Questions to the store. They see what is committed and take no lease."""

    async def stack(self, stack_id: str) -> Stack | None:
        """A stack by id, deleted ones too."""
        ...

    async def stack_named(self, project_id: str, name: str) -> Stack | None:
        """The live top-level stack of that name, else the nested one, else None."""
        ...

    async def stacks(self, wanted: StackFilter) -> list[Stack]:
        """Definitions are empty in lists."""
        ...

    async def count_stacks(self, wanted: StackFilter) -> int: ...

    async def children(self, stack_id: str, *, deleted: bool = False) -> list[Stack]:
        """Direct nested stacks that exist, and those that did if asked, in order of creation."""
        ...

    async def child_of(self, resource_id: str) -> Stack | None:
        """The nested stack of a resource row, a deleted one too (the newest)."""
        ...

    async def child_states(self, parent_id: str) -> Mapping[str, tuple[Action, Status, str]]:
        """Action, status and reason of each direct nested stack, deleted ones too; cheap."""
        ...

    async def resources(self, stack_id: str) -> list[Resource]:
        """All rows, retired ones too, by name and incarnation."""
        ...

    async def count_resources(self, root_id: str) -> int:
        """Rows of a stack and of all stacks nested in it."""
        ...

    async def events(self, stack_id: str, wanted: EventFilter) -> list[Event]: ...

    async def event(self, stack_id: str, event_id: str) -> Event | None: ...

    async def operations(self, stack_id: str) -> list[Operation]:
        """Those that are not finished, oldest first."""
        ...

    async def pauses(self, stack_id: str) -> list[Pause]:
        """Those of a stack, in order of names; what an engine is through with, too."""
        ...

    async def paused(self, root_id: str) -> list[Pause]:
        """Those of a stack, and of all stacks nested in it, at which a resource waits now."""
        ...

    async def generations(self, stack_ids: Sequence[str]) -> Mapping[str, int]:
        """The present generation of each stack: how an engine notices newer operations."""
        ...

    async def plan(self, stack_id: str) -> tuple[int, Plan] | None:
        """The last stored plan with its generation."""
        ...

    async def known(self, physical_ids: Sequence[str]) -> list[str]:
        """Those of the ids that some row of any stack holds, in the given order."""
        ...


class Operations(Protocol):
    async def accept(self, new: NewOperation) -> Operation:
        """One transaction: inserts the operation, raises the generation by compare-and-set, sets
        the visible state, stores the definition's texts. Raises `errors.Conflict` (a name that is
        taken, an older generation), `errors.ExportConflict` (a reservation that can't be met, a
        deletion of what others import) or `errors.NotFound`."""
        ...

    async def clear(self, stack_id: str, name: str, hook: str) -> bool:
        """Lets the resource of that name go on that waits at a hook; its engine is woken. False,
        and nothing is done, when none waits there."""
        ...


# --- who may write ---


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write a stack: `epoch` grows with every holder. `until` is on the holder's
    monotonic clock, counted from before the database was asked."""

    stack_id: str
    holder: str
    epoch: int
    until: float


@dataclass(frozen=True, slots=True)
class Claim:
    """A stack that was just taken over, with all that its run starts from.

    `quiet_at` is when, on `Clock.now`, calls of an earlier holder can no longer be under way.
    """

    lease: Lease
    stack: Stack
    operations: tuple[Operation, ...]
    resources: tuple[Resource, ...]
    last_event: int
    last_event_at: float
    quiet_at: float
    pauses: tuple[Pause, ...] = ()


class Leases(Protocol):
    async def claim(self, holder: str, limit: int) -> list[Claim]:
        """Takes up to `limit` stacks that have operations and no live lease, oldest first; also
        those whose lease `holder` itself holds from an earlier life."""
        ...

    async def renew(self, leases: Sequence[Lease]) -> list[Lease]:
        """Those that could be renewed, with their new end."""
        ...

    async def release(self, lease: Lease, *, unfinished: bool = False) -> bool:
        """Gives a stack back when nothing is left to do. False, and the lease stays, when an
        operation has arrived meanwhile. With `unfinished` it is given back in any case, for
        another engine to go on: only while no call to the cloud is under way."""
        ...


# --- the writer ---


@dataclass(frozen=True, slots=True)
class Visible:
    """The visible state that an operation of a generation brought about."""

    generation: int
    action: Action
    status: Status
    reason: str
    outputs: tuple[Output, ...] | None = None
    settle: bool = False
    """Whether the definition of this generation becomes the one that a rollback goes back to."""
    restore: bool = False
    """Whether a rollback made the settled definition the present one again."""
    deleted: bool = False
    shared: Shared | None = None
    """What the stack exports and imports from now on; after a failure, the values that its exports
    have now, or None when nothing of it was touched."""


@record()
class Entry:
    """What one step writes, whole or not at all, in the order in which entries were appended."""

    lease: Lease
    resources: tuple[Resource, ...] = ()
    forgotten: tuple[str, ...] = ()
    """Row ids whose things are gone."""
    events: tuple[Event, ...] = ()
    visible: Visible | None = None
    operation: Operation | None = None
    """Its phase, reason or deadline changed."""
    finished: tuple[str, ...] = ()
    """Ids of operations that are over (done or superseded)."""
    pauses: tuple[Pause, ...] = ()
    unpaused: bool = False
    """Nobody waits at a hook any more: all pauses of the stack are forgotten, then `pauses` are
    written."""
    plan: tuple[int, Plan] | None = None
    reservation: Reservation | None = None

    @property
    def of_steps_only(self) -> bool:
        """Whether it tells only of resources, and nothing of the stack or its operations."""
        return (
            self.visible is None
            and self.operation is None
            and not self.finished
            and not self.unpaused
            and self.plan is None
            and self.reservation is None
        )


class Journal(Protocol):
    def append(self, entry: Entry) -> Awaitable[None]:
        """Queues an entry; awaiting the result waits for its commit. Nobody need await it. Raises
        `errors.LeaseLost` when the epoch is not the stored one, `errors.ExportConflict` for a
        reservation that can't be met and for a change of what others import; entries of other
        stacks are not hurt, nor those that are not `of_steps_only`. Such ones, appended in a row,
        have one result: when one of them can't be written, LeaseLost is told to all, though those
        before it are written. Who awaits it must not be cancelled meanwhile, for others await the
        same. A finished operation of a nested stack wakes its parent."""
        ...


# --- secrets and credentials ---


@dataclass(frozen=True, slots=True)
class Sealed:
    """Ciphertext, with the id of the key that opens it."""

    key_id: str
    text: str


class Secrets(Protocol):
    def seal(self, value: Value) -> Sealed:
        """Seals any JSON value."""
        ...

    def open(self, sealed: Sealed) -> Value:
        """The value. Raises `errors.CalorError` when no key of ours opens it."""
        ...

    def digest(self, value: Value) -> str:
        """A keyed digest: equal values have equal digests, and nobody without the key can guess."""
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: out of a validated token, or the owner of the file in local mode."""

    owner: Owner
    roles: tuple[str, ...]
    token: str = ""
    project_name: str = ""
    is_admin: bool = False
    expires_at: float | None = None


class Authenticator(Protocol):
    async def authenticate(self, token: str) -> Caller:
        """Raises `errors.Unauthenticated` for a bad token, `errors.Forbidden` for one without a
        project, `errors.CloudError` when Keystone can't be asked."""
        ...

    async def delegate(self, caller: Caller, *, asked: Callable[[], None] = lambda: None) -> str:
        """The id of the trust row with which engines will act for the caller; makes the trust
        when there is none of that user, project and role set, and calls `asked` when all that is
        left is to wait for Keystone. Raises `errors.Forbidden`, naming
        the cure, for a token that can't delegate. '' in local mode."""
        ...

    async def drop(self, trust: str) -> None:
        """One stack less uses the delegation; the last one deletes it, in a while."""
        ...


@dataclass(frozen=True, slots=True)
class Trust:
    """A delegation. `trust_id` is Keystone's, '' before the call was answered; `stacks` counts."""

    id: str
    user_id: str
    project_id: str
    roles: tuple[str, ...]
    trust_id: str = ""
    stacks: int = 0
    created_at: float = 0.0


class Trusts(Protocol):
    """Rows of delegations; ids of Keystone's trusts are sealed."""

    async def use(self, user_id: str, project_id: str, roles: tuple[str, ...]) -> Trust:
        """The row for that set with one more stack counted, made when there is none."""
        ...

    async def set_trust(self, id: str, trust_id: str) -> None: ...

    async def unuse(self, id: str) -> Trust | None:
        """One stack less; the row when that was the last one (it stays until `forget`)."""
        ...

    async def get(self, id: str) -> Trust | None: ...

    async def forget(self, id: str) -> None: ...

    async def recount(self, before: float) -> None:
        """Counts anew the stacks of every row that no stack was counted in since `before`: a
        process may have died between the count and the stack."""
        ...

    async def all(self) -> list[Trust]: ...


class Clouds(Protocol):
    def for_caller(self, caller: Caller) -> Cloud:
        """The caller's own token: for look-ups while checking."""
        ...

    def for_stack(self, stack: Stack, guard: Callable[[float], None]) -> Cloud:
        """The stack's delegation. `guard(timeout)` is called right before each call leaves and
        raises `errors.LeaseLost` when the lease would not outlive it."""
        ...

    def expect(self, stack: Stack, caller: Caller | None = None) -> None:
        """The stack's cloud will be called soon: what logging in takes may begin. Whether that
        succeeds, the first call tells. The `caller` has just delegated to the stack: until their
        token ends, nobody need log in with the delegation."""
        ...


class Types(Protocol):
    """The registry of resource types."""

    def from_template(self, name: str, text: str, defaults: Collection[str] = ()) -> ResourceType:
        """The type that a template file is: its parameters are the properties, its outputs the
        attributes. `name` is the file's name, by which the template's resources call it; `defaults`
        are the parameters for which an environment has a default. Raises `errors.InvalidInput` for
        a text that is no template."""
        ...

    def get(self, name: str) -> ResourceType | None: ...

    def names(self) -> list[str]:
        """All names, sorted."""
        ...

    def foreseen(self, name: str) -> ResourceType | None:
        """The declaration of a type that Heat has, whether or not it can be carried out here."""
        ...

    def foreseen_names(self) -> list[str]:
        """The names of all types that Heat has, sorted."""
        ...

    def assumed(self, name: str) -> ResourceType:
        """A type of which nothing is known: it takes any property and has any attribute."""
        ...

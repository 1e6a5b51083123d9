"""The protocol of a resource type, and what its steps are given.

A type is a stateless object; a resource is a row. All that a step knows comes in its `Work`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from calor.base.clock import Clock
from calor.base.ids import Ids
from calor.base.records import record
from calor.base.values import Value
from calor.model.cloud import Cloud
from calor.model.nested import Nested
from calor.model.plan import Order
from calor.model.resource import Resource
from calor.model.stack import Definition, Stack
from calor.schema import AttributeSpec, Schema


class Known(Protocol):
    """Answers which of these physical ids some row of any stack already holds."""

    async def __call__(self, physical_ids: Sequence[str]) -> list[str]: ...


@record()
class Work:
    """What one step of one resource is given.

    - `resource`: the row; its `properties` are what is wanted now, normalised, still `Sensitive`.
    - `properties`: the same for sending: revealed, names replaced by the pinned ids. All steps
      share them: change nothing in place.
    - `before`: in an update, the properties of the last settled state, revealed and pinned too,
      or None when unknown (a create that was cut off).
    - `stack`: the stack's row; `cloud`: the stack's project; `nested`: stacks inside it.
    """

    resource: Resource
    properties: Mapping[str, Any]
    stack: Stack
    cloud: Cloud
    nested: Nested
    clock: Clock
    ids: Ids
    known: Known
    before: Mapping[str, Any] | None = None

    @property
    def id(self) -> str:
        """The physical id; only for steps after the create."""
        assert self.resource.physical_id is not None
        return self.resource.physical_id


LivePart: TypeAlias = tuple[str, ...]
"""A live attribute: the names of the resources inside that lead to it, and its own."""


@record()
class Made:
    """What a create call brought: the physical id, and what later steps must remember."""

    physical_id: str
    data: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Sibling:
    """A resource of the same template, as types see it when they add implicit needs.

    `properties` are evaluated as far as known; `refers` names the siblings that each top-level
    property refers to by get_resource.
    """

    name: str
    type: str
    properties: Mapping[str, Value]
    refers: Mapping[str, tuple[str, ...]]


class Siblings(dict[str, Sibling]):
    """All resources of a template by name. It finds those of one type without a search."""

    def __init__(self, siblings: Mapping[str, Sibling]) -> None:
        super().__init__(siblings)
        self._by_type: dict[str, list[Sibling]] = {}
        for sibling in siblings.values():
            self._by_type.setdefault(sibling.type, []).append(sibling)

    def of_type(self, name: str) -> Sequence[Sibling]:
        """In the template's order."""
        return self._by_type.get(name, ())


class ResourceType(Protocol):
    """One type. Pure members first; then the steps, each of which may be run again at any time.

    Steps raise `errors.ResourceFailed` with the reason that people see, or a `CloudError`, which
    the engine turns into one.
    """

    @property
    def name(self) -> str: ...

    @property
    def schema(self) -> Schema:
        """The properties: parsing, checks, defaults, documentation, what may change in place."""
        ...

    @property
    def attributes(self) -> Mapping[str, AttributeSpec]: ...

    def has_attribute(self, name: str) -> bool:
        """Whether get_attr may ask for that name. Groups answer for attributes of members too."""
        ...

    def asks_inside(self, path: Sequence[Value]) -> tuple[str | None, Sequence[Value]] | None:
        """Whose attribute get_attr asks for by a path that leads into the stack inside: a member's
        name, or None for every member, and the path there. None when the path stays outside."""
        ...

    @property
    def support_status(self) -> Mapping[str, Any]:
        """As `{'status': 'SUPPORTED', 'version': '5.0.0'}`; see the facts."""
        ...

    @property
    def calls_cloud(self) -> bool:
        """Whether its create leaves the process. If not, no intent is committed before it."""
        ...

    @property
    def surveys(self) -> bool:
        """Whether `survey` must run before its create call may leave."""
        ...

    @property
    def finds_at_once(self) -> bool:
        """Whether a lost create has surely taken effect by the time of a `find`, or does no harm
        when it takes effect later. A cloud may still be at work on what nobody waits for."""
        ...

    @property
    def converges(self) -> bool:
        """Whether an update leads from any state to what is wanted, as it does where a stack is
        inside: what failed is then updated, not replaced, and what is being made not waited for."""
        ...

    @property
    def reads_facade(self) -> bool:
        """Whether the stack inside asks what its resource says of itself, by `resource_facade`.
        Only then is it told, and updated when that changes."""
        ...

    def forces_replacement(
        self, before: Mapping[str, Value], after: Mapping[str, Value], changed: Sequence[str]
    ) -> tuple[str, ...]:
        """Which of the changed top-level properties can't change in place, here and now."""
        ...

    def says_the_same(self, name: str, before: Value, after: Value) -> bool:
        """Whether two values of a property that differ, both known, mean the same."""
        ...

    def affected(self, changed: Sequence[str]) -> tuple[str, ...] | None:
        """The attributes that may tell something else once these properties changed in place;
        None for all. A plan takes what they tell for unknown."""
        ...

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        """Whether old and new can exist side by side."""
        ...

    def implicit_needs(self, own: Sibling, siblings: Mapping[str, Sibling]) -> tuple[str, ...]:
        """Names that it must come after though the template doesn't say so."""
        ...

    def inner(self, properties: Mapping[str, Value], outer: Definition) -> Definition | None:
        """The definition of the stack inside, for types that have one; `properties` may hold
        `Unknown`. It inherits the environments and files of `outer`, which is the stack's."""
        ...

    def outer_path(self, path: Sequence[str | int]) -> tuple[str | int, ...] | None:
        """Where in the properties that is said which stands at a path of the template that `inner`
        makes of them; None when somebody wrote that template."""
        ...

    def reference(self, resource: Resource) -> Value:
        """What get_resource gives: most often the physical id."""
        ...

    def foretold(self, properties: Mapping[str, Value]) -> Value:
        """What get_resource will give once the thing exists, where its properties tell; None
        where only its creation does. Without it a replacement would change all that refer to it."""
        ...

    def attribute(self, resource: Resource, path: Sequence[Value]) -> Value:
        """What get_attr gives from the stored attributes; None where there is nothing. The first
        item of `path` is the attribute's name; the whole map of attributes for an empty path."""
        ...

    def live_parts(self, resource: Resource, path: Sequence[Value]) -> Sequence[LivePart]:
        """The live attributes that get_attr asks for by a path: they are read when it is
        evaluated."""
        ...

    def showing(self, resource: Resource, found: Mapping[LivePart, Value]) -> Resource:
        """The row with what was read of those inside, for `attribute`."""
        ...

    async def survey(self, work: Work) -> Mapping[str, Value]:
        """What `find` will have to know about the time before the create: becomes the row's
        `data` together with the intent. For things that tell neither an owner nor a time."""
        ...

    async def create(self, work: Work) -> Made:
        """Sends the one call that makes the thing, and does nothing after it that can fail."""
        ...

    async def find(self, work: Work) -> list[Made]:
        """The things that a lost create call of this row may have made, by the type's identity."""
        ...

    async def ready(self, work: Work) -> None:
        """Waits until the thing can be used; finishes what creation still needs (idempotent)."""
        ...

    async def read(self, work: Work) -> Mapping[str, Value]:
        """The stored attributes, from the live thing. Secrets in them are `Sensitive`."""
        ...

    async def live(self, work: Work, name: str) -> Value:
        """One live attribute (console URLs and the like), or a stored one read afresh."""
        ...

    async def check(self, work: Work) -> None:
        """Whether the thing is still there and well."""
        ...

    async def update(self, work: Work) -> Made | None:
        """Reads the live thing and changes what differs from `work.properties` until nothing
        differs. May return a new physical id and `data`."""
        ...

    async def delete(self, work: Work) -> None:
        """Asks for the deletion. What is gone already is fine."""
        ...

    async def gone(self, work: Work) -> None:
        """Waits until it is not there any more."""
        ...

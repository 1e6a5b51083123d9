"""Stacks inside a stack: the `Nested` port over the store's ports.

A child is driven by operations like any stack; its parent only inserts them and waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from calor.base.clock import Clock
from calor.base.errors import ResourceFailed
from calor.base.ids import Ids
from calor.engine.watch import Watch
from calor.model.nested import Child, Member
from calor.model.ports import Operations, Reads
from calor.model.resource import Resource
from calor.model.resource_type import ResourceType
from calor.model.stack import Definition, NewOperation, Parentage, Stack
from calor.model.states import Action, Status
from calor.schema import SHOW

State = tuple[Action, Status, str]


class ChildWatch(Watch[str, State]):
    """Waits for children of one stack, by their ids, until nothing is in progress there."""

    def __init__(self, parent_id: str, reads: Reads) -> None:
        super().__init__()
        self._parent_id = parent_id
        self._reads = reads

    async def ask(self) -> Callable[[str], State | None]:
        states = await self._reads.child_states(self._parent_id)

        def final(child_id: str) -> State | None:
            state = states.get(child_id, (Action.DELETE, Status.COMPLETE, ""))
            return None if state[1] is Status.IN_PROGRESS else state

        return final


@dataclass(frozen=True, slots=True)
class Inside:
    """A stack inside, and those of its resources that can tell something, by name."""

    stack: Stack
    resources: Mapping[str, tuple[ResourceType, Resource]]


class NestedStacks:
    """The children of one stack, for the types that have stacks inside."""

    def __init__(
        self,
        stack: Stack,
        *,
        deadline: float,
        reads: Reads,
        operations: Operations,
        watch: ChildWatch,
        clock: Clock,
        ids: Ids,
        type_of: Callable[[str, Definition], ResourceType | None],
        max_depth: int,
    ) -> None:
        self._stack = stack
        self._deadline = deadline
        self._reads = reads
        self._operations = operations
        self._watch = watch
        self._clock = clock
        self._ids = ids
        self._type_of = type_of
        self._max_depth = max_depth

    async def put(
        self, resource: Resource, definition: Definition, *, timeout: float | None = None
    ) -> str:
        child = await self._reads.child_of(resource.id)
        deadline = self._deadline
        if timeout is not None:
            deadline = min(deadline, self._clock.now() + timeout)
        if child is None or child.deleted_at is not None:
            return await self._create(resource, definition, deadline)
        well = child.action is not Action.DELETE and child.status is not Status.FAILED
        if well and child.definition == definition:
            return child.id
        changed = replace(child, definition=definition)
        await self._operations.accept(
            NewOperation(changed, Action.UPDATE, deadline, any_generation=True)
        )
        return child.id

    async def _create(self, resource: Resource, definition: Definition, deadline: float) -> str:
        parent = self._stack
        if 0 <= self._max_depth < parent.depth + 1:
            raise ResourceFailed(
                f"stacks would nest {parent.depth + 1} deep; the setting max_nested_stack_depth"
                f" allows {self._max_depth}"
            )
        child = Stack(
            id=self._ids.uuid(),
            name=resource.physical_name,
            owner=parent.owner,
            generation=0,
            action=Action.CREATE,
            status=Status.IN_PROGRESS,
            reason="",
            definition=definition,
            parentage=Parentage(
                parent_id=parent.id,
                resource_id=resource.id,
                root_id=parent.root_id,
                path=(*parent.path, resource.name),
            ),
            disable_rollback=True,
            timeout=parent.timeout,
            trust=parent.trust,
            sinks=parent.sinks,
            created_at=self._clock.now(),
        )
        operation = await self._operations.accept(NewOperation(child, Action.CREATE, deadline))
        return operation.stack_id

    async def wait(self, stack_id: str) -> None:
        action, status, reason = await self._watch.wait(stack_id)
        if action is Action.DELETE:
            raise ResourceFailed("its stack was deleted")
        if status is Status.FAILED:
            raise ResourceFailed(reason)

    async def show(self, stack_id: str) -> Child | None:
        stack = await self._reads.stack(stack_id)
        if stack is None or stack.deleted_at is not None:
            return None
        rows = await self._reads.resources(stack_id)
        return Child(
            stack,
            {row.name: self._member(row, stack) for row in rows if not row.retired},
        )

    def _member(self, row: Resource, stack: Stack) -> Member:
        type = self._type_of(row.type, stack.definition)
        if type is None:
            return Member(row, row.physical_id, row.attributes)
        # What it may be asked for is named, also what it does not tell (yet).
        names = dict.fromkeys(type.attributes)
        if type.asks_inside((SHOW.name,)) is None:
            names.setdefault(SHOW.name)
        live = [name for name in names if type.live_parts(row, (name,))]
        told = (type.attribute(row, ()) or {}) if row.settled else row.attributes
        reference = type.reference(row) if row.settled else row.physical_id
        return Member(row, reference, {**dict.fromkeys(names), **told}, tuple(live), type.converges)

    async def inside(self, resource: Resource) -> Inside | None:
        """The row's stack as it is, to read what its things say."""
        stack = await self._reads.child_of(resource.id)
        if stack is None or stack.deleted_at is not None:
            return None
        found = {}
        for row in await self._reads.resources(stack.id):
            type = self._type_of(row.type, stack.definition)
            if type is not None and row.settled and not row.retired:
                found[row.name] = type, row
        return Inside(stack, found)

    async def of(self, resource: Resource) -> str | None:
        child = await self._reads.child_of(resource.id)
        return child.id if child is not None and child.deleted_at is None else None

    async def type_of(self, resource: Resource) -> ResourceType | None:
        """The type of a row whose template is among no files any more: its stack still has it."""
        child = await self._reads.child_of(resource.id)
        if child is None:
            return None
        text = child.definition.template
        return self._type_of(resource.type, replace(child.definition, files={resource.type: text}))

    async def check(self, stack_id: str) -> None:
        await self._ask(stack_id, Action.CHECK)
        action, status, reason = await self._watch.wait(stack_id)
        if action is Action.DELETE:
            raise ResourceFailed("its stack was deleted")
        if status is Status.FAILED:
            raise ResourceFailed(reason)

    async def delete(self, stack_id: str) -> None:
        await self._ask(stack_id, Action.DELETE)

    async def _ask(self, stack_id: str, action: Action) -> None:
        child = await self._reads.stack(stack_id)
        if child is None or child.deleted_at is not None:
            return
        if child.action is action and child.status is Status.IN_PROGRESS:
            return
        await self._operations.accept(
            NewOperation(child, action, self._deadline, any_generation=True)
        )

    async def gone(self, stack_id: str) -> None:
        action, status, reason = await self._watch.wait(stack_id)
        if action is not Action.DELETE:
            raise ResourceFailed("its stack was changed by somebody else while it was deleted")
        if status is Status.FAILED:
            raise ResourceFailed(reason)

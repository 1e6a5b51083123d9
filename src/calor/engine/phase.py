"""One phase of an operation: towards what was asked, back, to nothing, or only looking.

It plans, walks the plan, and says how that ended; what becomes of the operation is the run's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from calor.base.errors import ExportConflict
from calor.engine.calls import JoinedCloud
from calor.engine.carrier import Carrier, undone
from calor.engine.context import Context
from calor.engine.doubts import Doubts
from calor.engine.ledger import Ledger
from calor.engine.making import Making
from calor.engine.nested import ChildWatch, NestedStacks
from calor.engine.pauses import Pauses, PauseWatch
from calor.engine.ports import Ports
from calor.engine.steps import Steps
from calor.engine.stop import Stop, Why
from calor.engine.twins import Twins
from calor.engine.walk import Walk
from calor.model.exports import Reservation, Shared, importable
from calor.model.ports import Entry
from calor.model.resource import Resource
from calor.model.resource_type import ResourceType
from calor.model.stack import Definition, Operation, Output
from calor.model.states import Action
from calor.planning.composition import Composition
from calor.planning.exports import Offered
from calor.planning.graph import Graph
from calor.planning.hooks import Due, Hooks, due, with_hooks
from calor.planning.identity import identity_of
from calor.planning.plan import Planned
from calor.planning.schedule import Do, Step


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a walk ended: `failure` is '' when everything was reached. `shared` is what the stack
    shares with others then; after a failure, with those of its exports that have a value."""

    failure: str = ""
    outputs: tuple[Output, ...] | None = None
    shared: Shared | None = None


class Phase:
    """One phase over one ledger. `guard` is asked before each call to the cloud; calls of an
    earlier holder of the stack may be under way until `quiet_at`."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        ports: Ports,
        stop: Stop,
        slots: asyncio.Semaphore,
        children: ChildWatch,
        pauses: PauseWatch,
        doubts: Doubts,
        twins: Twins,
        quiet_at: float,
        guard: Callable[[float], None],
    ) -> None:
        self._ledger = ledger
        self._stack = ledger.stack
        self._ports = ports
        self._stop = stop
        self._slots = slots
        self._children = children
        self._pauses = pauses
        self._doubts = doubts
        self._twins = twins
        self._quiet_at = quiet_at
        self._guard = guard

    async def towards(self, action: Action, operation: Operation) -> Outcome:
        """Plans and walks towards what `action` wants: what was asked, what was before, nothing."""
        rows = list(self._ledger.rows.values())
        target = self._target(action, operation)
        composition = None
        if target is None:
            planned = self._ports.planner.delete(rows)
        else:
            composition = await self._compose(target)
            refusal = await self._reserved(composition)
            if composition.imports:
                composition = await self._with_imports(target, composition)
            problems = composition.diagnostics.errors
            if problems:
                refusal = f"{problems[0].message} ({problems[0].code})"
            if not refusal and action is not Action.ROLLBACK:
                refusal = await self._too_many(composition)
            if refusal:
                # What is to be rolled back has touched things, and nobody looks what they are now.
                return Outcome(refusal, shared=Shared({}) if action is Action.ROLLBACK else None)
            if composition.calls_cloud:
                self._ports.clouds.expect(self._stack)
            planned = await self._ports.executor.run(
                lambda: self._ports.planner.towards(composition, rows)
            )
        hooks = self._hooks(composition)
        planned = replace(planned, plan=with_hooks(planned.plan, hooks, action))
        self._take_over(planned, operation)
        stop_on_failure = operation.rollback and action in (Action.CREATE, Action.UPDATE)
        steps = self._steps(operation, composition, due=lambda name: due(hooks(name), action))
        undoes = action is Action.ROLLBACK
        carrier = Carrier(self._ledger, steps, planned, composition, undoes=undoes)
        walk = Walk(
            planned.schedule.graph,
            carry_out=carrier,
            stop=self._stop,
            slots=self._slots,
            clock=self._ports.clock,
            stop_on_failure=stop_on_failure,
        )
        await walk.run()
        failure = _summary(action, walk.failures) if walk.failures else ""
        if composition is None:
            return Outcome(failure, shared=None if failure else Shared({}))
        if self._stop.why not in (None, Why.TIMED_OUT):
            return Outcome(failure)
        async with self._slots:
            outputs = await carrier.outputs()
        return _outcome(failure, composition, outputs)

    def _target(self, action: Action, operation: Operation) -> Definition | None:
        """What shall be there in the end; None is nothing."""
        if action is Action.DELETE or (
            action is Action.ROLLBACK and operation.action is Action.CREATE
        ):
            return None
        return self._stack.settled if action is Action.ROLLBACK else self._stack.definition

    def _hooks(self, composition: Composition | None) -> Hooks:
        """The hooks of each name: of what is wanted, or of what was when nothing is."""
        if composition is not None:
            return composition.hooks
        registry = self._ports.composer.registry_of(self._stack.definition)
        return lambda name: registry.hooks((*self._stack.path, name))

    async def _compose(self, target: Definition, offered: Offered | None = None) -> Composition:
        identity = identity_of(self._stack, self._ports.settings.region)
        return await self._ports.executor.run(
            lambda: self._ports.composer.compose_alone(target, identity, offered)
        )

    async def _reserved(self, composition: Composition) -> str:
        """Why the names that the stack shares can't be had, '' when they can: nobody else takes
        them from now on, and what it imports stays."""
        if not composition.exports and not composition.imports:
            return ""
        names = Reservation(
            self._stack.owner.project_id,
            self._stack.root_id,
            tuple(composition.exports),
            composition.imports,
        )
        try:
            await self._ledger.write(Entry(self._ledger.lease, reservation=names))
        except ExportConflict as error:
            return error.message
        return ""

    async def _with_imports(self, target: Definition, composition: Composition) -> Composition:
        """The same with the values of what it imports; what is missing is told in it."""
        project = self._stack.owner.project_id
        found = await self._ports.reads.exports(project, composition.imports)
        held = [one.name for one in found if not one.ready]
        holding = await self._ports.reads.imports(project, held) if held else []
        values = importable(found, holding, self._stack.root_id)
        return await self._compose(target, Offered(values))

    async def _too_many(self, composition: Composition) -> str:
        """Why a stack inside can't grow: how large it is may be known only now. The root was
        counted before it was accepted, with all that could be known then."""
        limit = self._ports.settings.max_resources_per_stack
        new = sum(name not in self._ledger.current for name in composition.parts)
        if limit < 0 or self._stack.parentage is None or not new:
            return ""
        count = new + await self._ports.reads.count_resources(self._stack.root_id)
        if count <= limit:
            return ""
        return (
            f"the root stack would have {count} resources, nested ones counted; the setting"
            f" max_resources_per_stack allows {limit}"
        )

    def _take_over(self, planned: Planned, operation: Operation) -> None:
        """Stores the plan; makes rows current again that a rollback goes back to."""
        swapped = tuple(
            _swapped(self._ledger.rows[row_id], retired)
            for row_id, retired in planned.swaps.items()
        )
        if swapped:
            self._ledger.put(*sorted(swapped, key=lambda row: not row.retired))
        self._ledger.plan(operation.generation, planned.plan)

    async def check(self, operation: Operation) -> Outcome:
        """Looks at every resource."""
        graph: Graph[Step] = Graph()
        for row in self._ledger.current.values():
            graph.add(Do(row.name))
        steps = self._steps(operation)

        async def check(step: Step) -> None:
            assert isinstance(step, Do)
            row = self._ledger.current[step.name]
            await steps.check(row)

        walk = Walk(
            graph,
            carry_out=check,
            stop=self._stop,
            slots=self._slots,
            clock=self._ports.clock,
            stop_on_failure=False,
        )
        await walk.run()
        return Outcome(_summary(Action.CHECK, walk.failures) if walk.failures else "")

    def _type_of(
        self, row: Resource, composition: Composition | None = None
    ) -> ResourceType | None:
        """The type that made a row: out of the registry, or a template among the stack's files."""
        if composition is not None:
            part = composition.parts.get(row.name)
            if part is not None and part.type.name == row.type:
                return part.type
        for definition in (self._stack.definition, self._stack.settled):
            if definition is not None:
                type = self._ports.composer.type_of(row.type, definition)
                if type is not None:
                    return type
        return None

    def _steps(
        self,
        operation: Operation,
        composition: Composition | None = None,
        *,
        due: Due = lambda _: (),
    ) -> Steps:
        ports = self._ports
        stop = self._stop
        cloud = ports.clouds.for_stack(self._stack, self._guard)
        nested = NestedStacks(
            self._stack,
            deadline=operation.deadline,
            reads=ports.reads,
            operations=ports.operations,
            watch=self._children,
            clock=ports.clock,
            ids=ports.ids,
            type_of=ports.composer.type_of,
            max_depth=ports.settings.max_nested_stack_depth,
        )
        context = Context(
            ledger=self._ledger,
            cloud=JoinedCloud(cloud, stop),
            nested=nested,
            reads=ports.reads,
            stop=stop,
            slots=self._slots,
            clock=ports.clock,
            ids=ports.ids,
        )
        making = Making(
            context,
            doubts=self._doubts,
            twins=self._twins,
            quiet_at=self._quiet_at,
            call_timeout=ports.settings.call_timeout,
        )
        pauses = Pauses(context, self._pauses, generation=operation.generation, due=due)
        return Steps(context, making, pauses, type_of=lambda row: self._type_of(row, composition))


def _swapped(row: Resource, retired: bool) -> Resource:
    """A row that gives its name back to an older one was made by what is rolled back."""
    if retired:
        return replace(row, retired=True, deletion_policy=undone(row))
    return replace(row, retired=False)


def _outcome(failure: str, composition: Composition, outputs: tuple[Output, ...]) -> Outcome:
    """What was reached, with the values of the exports. One without a value is a failure."""
    found = {output.name: output for output in outputs}
    values = {}
    for name, output in composition.exports.items():
        if output in found and not found[output].error:
            values[name] = found[output].value
        elif not failure:
            why = found[output].error if output in found else "its output is not there"
            failure = f"the export {name!r} has no value: {why}"
    return Outcome(failure, outputs, Shared(values, composition.imports))


def _summary(action: Action, failures: Sequence[str]) -> str:
    more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
    return f"Resource {action} failed: {failures[0]}{more}"

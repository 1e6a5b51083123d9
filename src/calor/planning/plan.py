"""Makes plans: what will become of every resource, in which order, and why.

Pure: the same input gives the same plan. People see `Planned.plan`; the engine walks
`Planned.schedule`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from calor.model.plan import Change, Decision, Order, Plan, Verb
from calor.model.resource import Resource
from calor.model.resource_type import ResourceType, Sibling, Siblings
from calor.model.states import Action
from calor.planning.composition import Composition
from calor.planning.decide import Pins, decide
from calor.planning.evaluate import Evaluator, Wanted
from calor.planning.graph import Graph
from calor.planning.schedule import Clean, Do, Schedule, Step, schedule


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, its schedule, and what the engine need not work out again.

    `needs` are those of each name, implicit ones too. `wanted` has the names whose properties
    depend on no other resource. `swaps` are rows to be retired (True) or made current again
    (False) before anything else, by id.
    """

    plan: Plan
    schedule: Schedule
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wanted: Mapping[str, Wanted] = field(default_factory=dict)
    swaps: Mapping[str, bool] = field(default_factory=dict)


def plan_towards(
    composition: Composition,
    rows: Sequence[Resource],
    pins: Mapping[str, Pins] | None = None,
) -> Planned:
    """The plan from `rows` to what a composition without errors wants.

    `pins` are, by resource name, the ids of names that the cloud was asked about.
    """
    return _Planner(composition, rows, pins or {}).plan()


def plan_delete(rows: Sequence[Resource]) -> Planned:
    """The plan that removes everything."""
    ordered = schedule({}, {}, rows)
    return Planned(Plan(tuple(_cleanups(ordered.graph, rows, {}))), ordered)


class _Planner:
    def __init__(
        self, composition: Composition, rows: Sequence[Resource], pins: Mapping[str, Pins]
    ) -> None:
        self._composition = composition
        self._rows = rows
        self._pins = pins
        self._candidates: dict[str, list[Resource]] = {}
        for row in rows:
            self._candidates.setdefault(row.name, []).append(row)
        self._current: dict[str, Resource] = {}
        self._evaluator = Evaluator(composition, self._current)
        self._decisions: dict[str, Decision] = {}
        self._wanted: dict[str, Wanted] = {}
        self._swaps: dict[str, bool] = {}

    def plan(self) -> Planned:
        needs = needs_of(self._composition, self._evaluator)
        graph: Graph[str] = Graph()
        for name, needed in needs.items():
            graph.add(name)
            for other in needed:
                graph.connect(name, other)
        for name in graph.order():
            self._decide(name, needs[name])
        rows = [self._swapped(row) for row in self._rows]
        ordered = schedule(needs, self._decisions, rows)
        return Planned(
            Plan(tuple(self._changes(ordered, rows))), ordered, needs, self._wanted, self._swaps
        )

    def _decide(self, name: str, needs: Sequence[str]) -> None:
        """Decides one name, after all that it needs, so that its references are known or not."""
        wanted = self._evaluator.tentative(name, needs)
        type = self._composition.parts[name].type
        row, decision = self._choose(name, type, wanted)
        self._decisions[name] = decision
        if wanted.independent:
            self._wanted[name] = wanted
        if row is not None and decision.verb in (Verb.KEEP, Verb.UPDATE, Verb.REFUSE):
            self._current[name] = row
            if decision.verb is Verb.UPDATE:
                self._evaluator.changing(name, [change.name for change in decision.changes])

    def _choose(
        self, name: str, type: ResourceType, wanted: Wanted
    ) -> tuple[Resource | None, Decision]:
        """The row that comes nearest to what is wanted: a rollback finds the old thing again
        where it still exists, instead of making a third."""
        candidates = self._candidates.get(name, [])
        current = next((row for row in candidates if not row.retired), None)
        decision = self._compare(type, current, wanted)
        if decision.verb in (Verb.KEEP, Verb.UPDATE):
            return current, decision
        for row in reversed(candidates):
            if not row.retired or row.action is Action.DELETE:
                continue
            other = self._compare(type, row, wanted)
            if other.verb is Verb.KEEP:
                if current is not None:
                    self._swaps[current.id] = True
                self._swaps[row.id] = False
                return row, other
        return current, decision

    def _compare(self, type: ResourceType, row: Resource | None, wanted: Wanted) -> Decision:
        return decide(
            type,
            row,
            wanted.properties,
            self._pins.get(wanted.name),
            context=wanted.context,
            external_id=wanted.external_id,
            restricted=wanted.restricted,
        )

    def _swapped(self, row: Resource) -> Resource:
        if row.id not in self._swaps:
            return row
        return replace(row, retired=self._swaps[row.id])

    def _shown(self, name: str, ordered: Schedule) -> Decision:
        """The decision with the order in which it is carried out: old first spreads to users."""
        decision = self._decisions[name]
        if decision.verb is Verb.REPLACE and name in ordered.old_first:
            return replace(decision, order=Order.OLD_FIRST)
        return decision

    def _changes(self, ordered: Schedule, rows: Sequence[Resource]) -> list[Change]:
        """One change a name, and one for each row that goes, in the order of the schedule."""
        current = {row.name: row for row in rows if not row.retired}
        by_id = {row.id: row for row in rows}
        cleanups = {
            change.row_id: change for change in _cleanups(ordered.graph, rows, self._decisions)
        }
        changes = []
        for step in ordered.graph.order():
            if isinstance(step, Clean):
                if step.row_id in cleanups:
                    changes.append(cleanups[step.row_id])
                continue
            row = current.get(step.name)
            changes.append(
                Change(
                    name=step.name,
                    type=self._composition.parts[step.name].declared_type,
                    decision=self._shown(step.name, ordered),
                    row_id=row.id if row is not None else "",
                    waits_for=_labels(ordered.graph, step, by_id),
                )
            )
        return changes


def needs_of(composition: Composition, evaluator: Evaluator) -> dict[str, tuple[str, ...]]:
    """For each enabled name the names that it needs: references, depends_on, and what types know
    of one another. Needs that types add never close a cycle."""
    parts = composition.parts
    needs = {name: part.needs for name, part in parts.items()}
    siblings = Siblings(
        {
            name: Sibling(name, part.type.name, evaluator.known_properties(name), part.refers)
            for name, part in parts.items()
        }
    )
    reaches = _Reach(needs)
    for name, part in parts.items():
        for other in part.type.implicit_needs(siblings[name], siblings):
            known = other == name or other not in needs or other in needs[name]
            if not known and not reaches(other, name):
                needs[name] = (*needs[name], other)
    return needs


class _Reach:
    """Whether a name needs another, directly or not, over needs that grow."""

    def __init__(self, needs: Mapping[str, tuple[str, ...]]) -> None:
        self._needs = needs

    def __call__(self, start: str, goal: str) -> bool:
        seen = {start: None}
        queue = [start]
        for name in queue:
            if name == goal:
                return True
            for needed in self._needs[name]:
                if needed not in seen:
                    seen[needed] = None
                    queue.append(needed)
        return False


def _cleanups(
    graph: Graph[Step], rows: Sequence[Resource], decisions: Mapping[str, Decision]
) -> list[Change]:
    """Deletions that people should see: of rows whose name is not wanted any more, and of old
    rows that still wait for theirs. The old one of a replacement is part of the replacement."""
    changes = []
    by_id = {row.id: row for row in rows}
    for step in graph.order() if rows else ():
        if not isinstance(step, Clean):
            continue
        row = by_id[step.row_id]
        if row.name in decisions and not row.retired:
            continue
        changes.append(
            Change(
                name=_label(step, by_id),
                type=row.declared_type,
                decision=Decision(Verb.DELETE, reason=_why(row)),
                row_id=row.id,
                waits_for=_labels(graph, step, by_id),
            )
        )
    return changes


def _why(row: Resource) -> str:
    """What there is to say of a row that goes, '' mostly: why its thing stays, or what it is."""
    if row.external:
        return "the stack did not make it, so it stays in the cloud"
    if row.deletion_policy.keeps:
        return "its deletion policy keeps it in the cloud"
    return "an earlier replacement left it" if row.retired else ""


def _labels(graph: Graph[Step], step: Step, by_id: Mapping[str, Resource]) -> tuple[str, ...]:
    return tuple(_label(need, by_id) for need in graph.needs(step))


def _label(step: Step, by_id: Mapping[str, Resource]) -> str:
    if isinstance(step, Do):
        return step.name
    row = by_id[step.row_id]
    return f"{row.name}~{row.incarnation}" if row.retired else row.name

"""The order of things: which step waits for which, as a graph over what is wanted and what exists.

Every wanted name has a step `Do`, every existing row a step `Clean`, which removes the row's
thing once nobody uses it, and does nothing for a row that is still current when its turn comes.
Create, update, delete, the clean-up after a replacement and rollback are all walks of this graph.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from calor.model.plan import Decision, Order, Verb
from calor.model.resource import Resource
from calor.planning.graph import Graph


@dataclass(frozen=True, slots=True)
class Do:
    """Bring a name to what is wanted: create, keep, update, or make its successor."""

    name: str

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True, slots=True)
class Clean:
    """Remove the thing of a row, unless the row is current then."""

    row_id: str

    def __hash__(self) -> int:
        return hash(self.row_id)


Step: TypeAlias = Do | Clean


@dataclass(frozen=True, slots=True)
class Schedule:
    """The graph to walk, with the decisions as far as they can be known beforehand."""

    graph: Graph[Step]
    decisions: Mapping[str, Decision]
    old_first: Mapping[str, None]
    """Names whose old row goes before the new one comes."""
    hinges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For names of `old_first` whose old row waits until all is known: the names for whose sake
    it goes, itself among them. If none of them has to be replaced then, it stays."""


def schedule(
    needs: Mapping[str, Sequence[str]],
    decisions: Mapping[str, Decision],
    rows: Sequence[Resource],
) -> Schedule:
    """The schedule for names with the names that each needs, over all existing rows.

    `needs` has no cycle. `decisions` has a decision for each name of `needs`.
    """
    current = {row.name: row for row in rows if not row.retired}
    by_id = {row.id: row for row in rows}
    users = _users(rows)
    old_first = _old_first(needs, decisions, current)
    graph: Graph[Step] = Graph()
    steps = {name: Do(name) for name in needs}
    for name, needed in needs.items():
        graph.add(steps[name])
        for other in needed:
            graph.connect(steps[name], steps[other])
    for row in rows:
        _connect_cleanup(graph, row, users[row.id], needs=needs, by_id=by_id, old_first=old_first)
    hinges: dict[str, tuple[str, ...]] = {}
    if old_first:
        _break_cycles(graph)
        hinges = _hold_back(graph, needs, current, old_first)
    return Schedule(graph, decisions, old_first, hinges)


def _users(rows: Sequence[Resource]) -> dict[str, list[str]]:
    """For each row the ids of the rows that use it."""
    users: dict[str, list[str]] = {row.id: [] for row in rows}
    for row in rows:
        for needed in row.needs:
            if needed in users:
                users[needed].append(row.id)
    return users


def _connect_cleanup(
    graph: Graph[Step],
    row: Resource,
    users: Sequence[str],
    *,
    needs: Mapping[str, Sequence[str]],
    by_id: Mapping[str, Resource],
    old_first: Mapping[str, None],
) -> None:
    clean = Clean(row.id)
    graph.add(clean)
    gives_way = row.name in old_first and not row.retired
    if row.name in needs:
        if gives_way:
            graph.connect(Do(row.name), clean)
        else:
            graph.connect(clean, Do(row.name))
    for user_id in users:
        user = by_id[user_id]
        # A user that changes in place can't leave an exclusive thing before its successor is
        # there; it is moved over afterwards.
        if gives_way and user.name in needs and user.name not in old_first and not user.retired:
            continue
        graph.connect(clean, Clean(user_id))


def _old_first(
    needs: Mapping[str, Sequence[str]],
    decisions: Mapping[str, Decision],
    current: Mapping[str, Resource],
) -> dict[str, None]:
    """Names replaced old first: the exclusive ones, and the replaced ones that use such a one."""
    found: dict[str, None] = {
        name: None
        for name, decision in decisions.items()
        if decision.verb is Verb.REPLACE and decision.order is Order.OLD_FIRST
    }
    users: dict[str, list[str]] = {}
    for user, needed in needs.items() if found else ():
        for name in needed:
            users.setdefault(name, []).append(user)
    queue = list(found)
    for name in queue:
        for user in users.get(name, ()):
            if user in found:
                continue
            if decisions[user].verb is Verb.REPLACE and user in current:
                found[user] = None
                queue.append(user)
    return found


def _break_cycles(graph: Graph[Step]) -> None:
    """Lets clean-ups on a cycle go without waiting for one another.

    Only an old thing that must go before its successor comes can close a cycle: through users of
    it that move only after the successor is there. The thing is then taken away under them.
    """
    while path := graph.cycle():
        pairs = list(itertools.pairwise(path))
        node, needs = next(
            (pair for pair in pairs if isinstance(pair[0], Clean) and isinstance(pair[1], Clean)),
            None,
        ) or next(pair for pair in pairs if isinstance(pair[0], Clean))
        graph.disconnect(node, needs)


def _hold_back(
    graph: Graph[Step],
    needs: Mapping[str, Sequence[str]],
    current: Mapping[str, Resource],
    old_first: Mapping[str, None],
) -> dict[str, tuple[str, ...]]:
    """Lets an old thing that must go first wait for all that its successor is made of: a value
    that is unknown now may turn out to be the old one, or may never come. Where such a wait would
    close a cycle, the thing goes as planned. Returns the hinges of all others."""
    hinges: dict[str, tuple[str, ...]] = {}
    waits: dict[Step, list[Step]] = {}
    names: dict[Step, str] = {}
    for name in old_first:
        through, awaited = _made_of(name, needs, old_first)
        hinges[name] = through
        clean = Clean(current[name].id)
        names[clean] = name
        waits[clean] = [Do(other) for other in awaited]
        for other in waits[clean]:
            graph.connect(clean, other)
    while path := graph.cycle():
        for step, needed in itertools.pairwise(path):
            if needed in waits.get(step, ()):
                for other in waits.pop(step):
                    graph.disconnect(step, other)
                del hinges[names[step]]
    return hinges


def _made_of(
    name: str, needs: Mapping[str, Sequence[str]], old_first: Mapping[str, None]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The name and what it needs that goes old first too, directly or through such ones; and all
    others that those need."""
    through = {name: None}
    others: dict[str, None] = {}
    queue = [name]
    for present in queue:
        for needed in needs[present]:
            if needed not in old_first:
                others[needed] = None
            elif needed not in through:
                through[needed] = None
                queue.append(needed)
    return tuple(through), tuple(others)

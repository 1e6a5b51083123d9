"""What makes plans for a run: a part of the ports, so that tests can put a wrong one in its place.

It passes on to `planning`, and remembers the last plans of new stacks.
"""

from __future__ import annotations

from collections.abc import Sequence

from calor.model.resource import Resource
from calor.planning.composition import Composition
from calor.planning.plan import Planned, plan_delete, plan_towards
from calor.planning.recent import Recent

REMEMBERED = 1_000
"""Resources in the plans that are remembered."""


class Planner:
    """Plans towards a definition, or towards nothing. Pure, so that new stacks that share what was
    understood begin with one plan."""

    def __init__(self) -> None:
        self._first: Recent[tuple[Composition, Planned]] = Recent(REMEMBERED)

    def towards(self, composition: Composition, rows: Sequence[Resource]) -> Planned:
        if rows or not composition.of_anybody:
            return plan_towards(composition, rows)
        # The composition is kept with its plan, so that no other one gets its identity.
        _, planned = self._first.get(
            id(composition),
            lambda: (composition, plan_towards(composition, ())),
            size=1 + len(composition.parts),
        )
        return planned

    def delete(self, rows: Sequence[Resource]) -> Planned:
        return plan_delete(rows)

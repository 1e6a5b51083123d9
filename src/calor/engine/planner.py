"""What makes plans for a run: a part of the ports, so that tests can put a wrong one in its place.

It only passes on to `planning`.
"""

from __future__ import annotations

from collections.abc import Sequence

from calor.model.resource import Resource
from calor.planning.composition import Composition
from calor.planning.plan import Planned, plan_delete, plan_towards


class Planner:
    """Plans towards a definition, or towards nothing. Pure."""

    def towards(self, composition: Composition, rows: Sequence[Resource]) -> Planned:
        return plan_towards(composition, rows)

    def delete(self, rows: Sequence[Resource]) -> Planned:
        return plan_delete(rows)

"""What a plan tells people of things that are to be created: the properties that were written.

Pure. The engine needs none of it: a thing that is created has nothing to compare with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from calor.base.source import MappingNode
from calor.model.plan import Change, Plan, PropertyChange, Verb
from calor.planning.composition import Part


def with_properties(plan: Plan, parts: Mapping[str, Part]) -> Plan:
    """The plan, with a change for each property of a create that somebody wrote."""
    return Plan(
        tuple(
            _described(change, parts[change.name])
            if change.decision.verb is Verb.CREATE and change.name in parts
            else change
            for change in plan.changes
        )
    )


def _described(change: Change, part: Part) -> Change:
    changes = tuple(
        PropertyChange(name, None, part.properties[name])
        for name in _written(part)
        if part.properties.get(name) is not None
    )
    return replace(change, decision=replace(change.decision, changes=changes))


def _written(part: Part) -> list[str]:
    """The names in the template, in its order; all where a function makes the whole map."""
    written = part.definition.properties
    if written is None:
        return []
    if isinstance(written.node, MappingNode):
        names = [key.text for key, _ in written.node.entries]
        if any(name in part.properties for name in names):
            return names
    return list(part.properties)

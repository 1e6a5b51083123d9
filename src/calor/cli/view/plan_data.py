"""A plan as data for other programs: the JSON that `-f json` prints. Pure."""

from __future__ import annotations

from typing import Any

from calor.base.values import Unknown, Value, rewrite
from calor.cli.view.values import UNKNOWN
from calor.client import ChangeInfo, PlanInfo


def as_data(plan: PlanInfo) -> dict[str, Any]:
    return {
        "stack_name": plan.stack_name,
        "counts": dict(plan.counts),
        "changes": [_change(change) for change in plan.changes],
    }


def _change(change: ChangeInfo) -> dict[str, Any]:
    return {
        "name": change.name,
        "type": change.type,
        "verb": change.verb,
        "order": change.order or None,
        "reason": change.reason or None,
        "properties": [
            {
                "property": one.property,
                "before": _plain(one.before),
                "after": _plain(one.after),
                "forces": one.forces,
            }
            for one in change.properties
        ],
        "waits_for": list(change.waits_for),
        "hooks": list(change.hooks),
    }


def _plain(value: Value) -> Value:
    return rewrite(value, lambda item: UNKNOWN if isinstance(item, Unknown) else item)

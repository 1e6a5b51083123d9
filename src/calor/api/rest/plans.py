"""Plans as JSON, and Heat's two kinds of preview made from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calor.api.rest.links import link, resource_url, stack_url
from calor.api.rest.shapes import NO_DESCRIPTION
from calor.base.clock import iso
from calor.base.values import MASK, Sensitive, Unknown, Value, rewrite
from calor.model.plan import Change, Plan, Verb
from calor.model.resource import Resource
from calor.model.stack import Owner, Stack
from calor.model.states import Action, Status
from calor.service.check import Preview
from calor.service.read import shown_parameters
from calor.service.views import StackView

_PREVIEWED = {
    Verb.KEEP: "unchanged",
    Verb.CHECK: "unchanged",
    Verb.REFUSE: "unchanged",
    Verb.UPDATE: "updated",
    Verb.REPLACE: "replaced",
    Verb.CREATE: "added",
    Verb.DELETE: "deleted",
}


def plan_json(plan: Plan, stack_name: str, generation: int | None = None) -> dict[str, Any]:
    """A plan; see `client.nouns.PlanInfo` for its meaning."""
    return {
        "stack_name": stack_name,
        "generation": generation,
        "counts": dict(plan.count()),
        "changes": [change_json(change) for change in plan.changes],
    }


def change_json(change: Change) -> dict[str, Any]:
    decision = change.decision
    return {
        "name": change.name,
        "type": change.type,
        "verb": str(decision.verb),
        "order": str(decision.order) if decision.order is not None else None,
        "reason": decision.reason,
        "waits_for": list(change.waits_for),
        "hooks": list(change.hooks),
        "properties": [
            {
                "property": item.name,
                "before": planned_value(item.before),
                "after": planned_value(item.after),
                "forces": item.forces,
            }
            for item in decision.changes
        ],
    }


def planned_value(value: Value) -> Value:
    """A value of a plan: secrets masked, unknown ones as `{"$unknown": source}`."""

    def leaf(item: Value) -> Value:
        if isinstance(item, Sensitive):
            return MASK
        return {"$unknown": item.source} if isinstance(item, Unknown) else item

    return rewrite(value, leaf)


def resource_changes(base: str, preview: Preview) -> dict[str, list[dict[str, Any]]]:
    """Heat's preview of an update: every resource under what becomes of it."""
    assert preview.stack is not None
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in _PREVIEWED.values()}
    rows = {row.id: row for row in preview.rows}
    required_by = _required_by(preview)
    for change in preview.plan.changes:
        row = rows.get(change.row_id)
        entry = _changed_resource(base, preview.stack, change, row)
        entry["required_by"] = required_by.get(change.name, [])
        found[_PREVIEWED[change.decision.verb]].append(entry)
    return found


def _required_by(preview: Preview) -> dict[str, list[str]]:
    """By name, the names that need it."""
    parts = preview.checked.composition.parts
    found: dict[str, list[str]] = {name: [] for name in parts}
    for name, part in parts.items():
        for need in part.needs:
            found[need].append(name)
    return found


def _changed_resource(
    base: str, stack: Stack, change: Change, row: Resource | None
) -> dict[str, Any]:
    name = row.name if row is not None else change.name
    return {
        "resource_name": name,
        "resource_type": change.type,
        "resource_identity": {
            "tenant": stack.owner.project_id,
            "stack_name": stack.name,
            "stack_id": stack.id,
            "path": f"/resources/{name}",
        },
        "stack_name": stack.name,
        "stack_identity": {
            "tenant": stack.owner.project_id,
            "stack_name": stack.name,
            "stack_id": stack.id,
            "path": "",
        },
        "links": [link(resource_url(base, stack, name)), link(stack_url(base, stack), "stack")],
        "physical_resource_id": (row.physical_id or "") if row is not None else "",
        "resource_status": row.state if row is not None else "INIT_COMPLETE",
        "resource_status_reason": row.told_reason if row is not None else "",
        "creation_time": iso(row.created_at) if row is not None else None,
        "updated_time": iso(row.updated_at) if row is not None else None,
        "required_by": [],
        "description": "",
        "metadata": dict(row.metadata) if row is not None else {},
        "attributes": {},
        "properties": {item.name: planned_value(item.after) for item in change.decision.changes},
    }


def stack_preview(
    base: str, preview: Preview, owner: Owner, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Heat's preview of a create: the stack as it would be, and its resources."""
    composition = preview.checked.composition
    stack = Stack(
        id="None",
        name=preview.stack_name,
        owner=owner,
        generation=0,
        action=Action.CREATE,
        status=Status.COMPLETE,
        reason="",
        definition=preview.checked.definition,
        description=preview.checked.description,
    )
    view = StackView(stack, shown_parameters(composition, stack), ())
    required_by = _required_by(preview)
    resources = [
        {
            **_changed_resource(base, stack, change, None),
            "required_by": required_by.get(change.name, []),
            "properties": planned_value(dict(composition.parts[change.name].properties)),
        }
        for change in preview.plan.changes
        if change.name in composition.parts
    ]
    return {
        "id": stack.id,
        "links": [link(stack_url(base, stack))],
        "stack_name": stack.name,
        "stack_owner": owner.username or None,
        "stack_status": stack.state,
        "stack_status_reason": "",
        "description": stack.description or NO_DESCRIPTION,
        "template_description": stack.description or NO_DESCRIPTION,
        "parameters": dict(view.parameters),
        "outputs": [],
        "capabilities": [],
        "notification_topics": [],
        "creation_time": None,
        "updated_time": None,
        "deletion_time": None,
        "parent": None,
        "stack_user_project_id": None,
        "disable_rollback": options.get("disable_rollback", True),
        "timeout_mins": options.get("timeout_mins"),
        "tags": options.get("tags"),
        "resources": resources,
    }

"""Stacks, resources, events and outputs in the shapes of Heat's API.

Pure: from what the service answered to JSON. What may be seen was decided before.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from calor.api.rest.links import Link, link, stack_url
from calor.base.clock import iso
from calor.model.stack import Output, Stack
from calor.service.views import EventView, ResourceView, StackView

NO_DESCRIPTION = "No description"


def stack_item(base: str, stack: Stack, *, with_project: bool = False) -> dict[str, Any]:
    """A stack in a list."""
    item: dict[str, Any] = {
        "id": stack.id,
        "links": [link(stack_url(base, stack))],
        "stack_name": stack.name,
        "description": stack.description or NO_DESCRIPTION,
        "stack_status": stack.state,
        "stack_status_reason": stack.reason,
        "creation_time": iso(stack.created_at),
        "updated_time": _time(stack.updated_at),
        "deletion_time": _time(stack.deleted_at),
        "stack_owner": stack.owner.username or None,
        "parent": stack.parentage.parent_id if stack.parentage else None,
        "stack_user_project_id": None,
        "tags": list(stack.tags) or None,
    }
    if with_project:
        item["project"] = stack.owner.project_id
    return item


def stack_detail(base: str, view: StackView, *, outputs: bool = True) -> dict[str, Any]:
    """A stack on its own."""
    stack = view.stack
    detail = {
        **stack_item(base, stack),
        "template_description": stack.description or NO_DESCRIPTION,
        "parameters": dict(view.parameters),
        "capabilities": [],
        "notification_topics": [],
        "disable_rollback": stack.disable_rollback,
        "timeout_mins": max(1, round(stack.timeout / 60)),
    }
    if outputs:
        detail["outputs"] = [output_detail(item) for item in view.outputs]
    return detail


def output_detail(output: Output) -> dict[str, Any]:
    """An output with its value."""
    detail: dict[str, Any] = {
        "output_key": output.name,
        "description": output.description or NO_DESCRIPTION + " given",
        "output_value": output.value,
    }
    if output.error:
        detail["output_error"] = output.error
    return detail


def output_item(output: Output) -> dict[str, Any]:
    """An output in the list, which has no values."""
    item = output_detail(output)
    del item["output_value"]
    return item


def resource_item(base: str, view: ResourceView) -> dict[str, Any]:
    """A resource in a list."""
    stack, row = view.stack, view.resource
    home = stack_url(base, stack)
    links: list[Link] = [
        link(f"{home}/resources/{quote(row.name, safe='')}"),
        link(home, "stack"),
    ]
    if view.nested is not None:
        links.append(link(stack_url(base, view.nested), "nested"))
    item: dict[str, Any] = {
        "resource_name": row.name,
        "logical_resource_id": row.name,
        "physical_resource_id": row.physical_id or "",
        "links": links,
        "required_by": list(view.required_by),
        "resource_type": row.declared_type,
        "resource_status": row.state,
        "resource_status_reason": row.told_reason,
        "creation_time": iso(row.created_at),
        "updated_time": iso(row.updated_at or row.created_at),
    }
    if view.parent:
        item["parent_resource"] = view.parent
    if view.hook:
        item["hook"] = view.hook
    return item


def resource_long(base: str, view: ResourceView) -> dict[str, Any]:
    """A resource in a list with details."""
    return {
        **resource_item(base, view),
        "description": view.description,
        "stack_name": view.stack.name,
        "metadata": dict(view.resource.metadata),
    }


def resource_detail(base: str, view: ResourceView) -> dict[str, Any]:
    """A resource on its own."""
    return {
        **resource_item(base, view),
        "description": view.description,
        "attributes": dict(view.attributes),
    }


def event_item(base: str, view: EventView, *, with_root: bool = False) -> dict[str, Any]:
    """An event in a list."""
    stack, event = view.stack, view.event
    home = stack_url(base, stack)
    resource = f"{home}/resources/{quote(event.name, safe='')}"
    links = [
        link(f"{resource}/events/{event.id}"),
        link(resource, "resource"),
        link(home, "stack"),
    ]
    if with_root:
        links.append(link(stack_url(base, view.root), "root_stack"))
    return {
        "id": event.id,
        "links": links,
        "event_time": iso(event.at),
        "resource_name": event.name,
        "logical_resource_id": event.name,
        "physical_resource_id": event.physical_id or None,
        "resource_status": f"{event.action}_{event.status}",
        "resource_status_reason": event.reason,
    }


def event_detail(base: str, view: EventView) -> dict[str, Any]:
    """An event on its own."""
    return {
        **event_item(base, view),
        "resource_type": view.event.resource_type,
        "resource_properties": dict(view.event.properties),
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else iso(seconds)

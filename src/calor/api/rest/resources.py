"""Handlers about the resources of a stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from calor.api.rest.answers import answer, long_answer
from calor.api.rest.call import Call
from calor.api.rest.shapes import resource_detail, resource_item, resource_long
from calor.base.errors import InvalidInput
from calor.model.resource import Resource
from calor.service.errors import NotSupported
from calor.service.views import ResourceView

OPTIONS = ("nested_depth", "with_detail")
FILTERS = ("type", "status", "name", "action", "id", "physical_resource_id")


async def index(call: Call) -> Response:
    """The list of resources, those of nested stacks too when asked."""
    unknown = [key for key in call.request.query_params if key not in OPTIONS + FILTERS]
    if unknown:
        raise InvalidInput(
            f"Resources can't be filtered by {unknown[0]!r}; the keys are {', '.join(FILTERS)}."
        )
    depth = call.number("nested_depth") or 0
    limit = call.service.settings.max_nested_stack_depth
    views = await call.service.read.resources(
        await call.stack(), depth=depth if limit < 0 else min(depth, limit)
    )
    views = _matching(views, call.filters(*FILTERS))
    shape = resource_long if call.flag("with_detail") else resource_item
    return await long_answer(call, "resources", lambda view: shape(call.base, view), views)


def _matching(
    views: Sequence[ResourceView], filters: Mapping[str, tuple[str, ...]]
) -> list[ResourceView]:
    return [
        view
        for view in views
        if all(_value(view.resource, key) in values for key, values in filters.items())
    ]


def _value(row: Resource, key: str) -> str:
    values = {
        "type": row.declared_type,
        "status": str(row.status),
        "name": row.name,
        "action": str(row.action),
        "id": row.id,
        "physical_resource_id": row.physical_id or "",
    }
    return values[key]


async def show(call: Call) -> Response:
    """A resource with its attributes; those that `with_attr` names are read now."""
    view = await call.service.read.resource(
        await call.stack(),
        call.path("resource_name"),
        caller=call.caller,
        with_attributes=call.texts("with_attr"),
    )
    return answer({"resource": resource_detail(call.base, view)})


async def metadata(call: Call) -> Response:
    """A resource's metadata, as its template says."""
    view = await call.service.read.resource(await call.stack(), call.path("resource_name"))
    return answer({"metadata": dict(view.resource.metadata)})


async def signal(call: Call) -> Response:
    """Clears a hook at which the resource waits: `{"unset_hook": "pre-create"}`. Other signals are
    not available."""
    body = await call.body(optional=True)
    stack, name = await call.stack(), call.path("resource_name")
    if "unset_hook" not in body:
        await call.service.read.resource(stack, name)
        raise NotSupported(
            "Signals to resources are not available, but those that clear a hook.",
            "send 'unset_hook' with the hook's name",
        )
    await call.service.hooks.clear(stack, name, body["unset_hook"])
    return answer(None)


async def mark_unhealthy(call: Call) -> Response:
    """Not available: resources are not marked as unhealthy by hand."""
    await call.service.read.resource(await call.stack(), call.path("resource_name"))
    raise NotSupported(
        "Marking a resource as unhealthy is not available.",
        "ask for a check of the stack: what it finds broken, the next update replaces",
    )

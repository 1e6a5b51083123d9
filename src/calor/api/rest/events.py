"""Handlers about the events of a stack."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from calor.api.rest.answers import answer, long_answer
from calor.api.rest.call import Call
from calor.api.rest.shapes import event_detail, event_item
from calor.model.stack import Stack
from calor.service.events import EventQuery
from calor.service.views import EventView

FILTERS = ("resource_status", "resource_action", "resource_name", "resource_type")


async def index(call: Call) -> Response:
    """Events of a stack, or of one of its resources."""
    depth = call.number("nested_depth") or 0
    query = EventQuery(
        filters=call.filters(*FILTERS),
        resource_name=call.request.path_params.get("resource_name"),
        after=call.number("after") or 0,
        marker=call.text("marker") or None,
        limit=call.number("limit"),
        sort_keys=tuple(key for text in call.texts("sort_keys") for key in text.split(",") if key),
        newest_first=call.is_newest_first(),
        depth=depth,
        deleted=call.flag("show_deleted"),
    )
    stack = await call.stack()
    if query.resource_name is not None:
        await call.service.events.known(stack, query.resource_name)
    found = await call.service.events.wait(stack, query, call.wait())

    def shape(view: EventView) -> dict[str, object]:
        return event_item(call.base, view, with_root=depth > 0)

    return await long_answer(call, "events", shape, found)


async def show(call: Call) -> Response:
    """One event, with the properties that the resource had."""
    view = await call.service.events.show(
        await call.stack(), call.path("event_id"), call.path("resource_name")
    )
    return answer({"event": event_detail(call.base, view)})


async def follow(call: Call) -> Response:
    """Events as they happen, as server-sent events; each has its number as its id."""
    stack = await call.stack()
    last = call.request.headers.get("last-event-id", "")
    after = int(last) if last.isdecimal() else call.number("after") or 0
    return StreamingResponse(
        _stream(call, stack, after),
        media_type="text/event-stream",
        headers={"cache-control": "no-store"},
    )


async def _stream(call: Call, stack: Stack, after: int) -> AsyncIterator[str]:
    async for view in call.service.events.follow(stack, after):
        if view is None:
            yield ": nothing new\n\n"
        else:
            body = json.dumps(event_item(call.base, view), ensure_ascii=False)
            yield f"id: {view.event.number}\nevent: event\ndata: {body}\n\n"

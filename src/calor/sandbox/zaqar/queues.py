"""Zaqar's queues themselves: made, listed, described, counted, emptied, removed."""

from __future__ import annotations

from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, reply
from calor.sandbox.router import Route
from calor.sandbox.world import World
from calor.sandbox.zaqar.state import (
    DEFAULT_TTL,
    POST_SIZE,
    TTLS,
    Queue,
    Queues,
    client_of,
    flag,
    known_queue,
    made_queue,
    page_size,
    queue_of,
    seconds,
)

_DEFAULTS: dict[str, Any] = {
    "_max_messages_post_size": POST_SIZE,
    "_default_message_ttl": DEFAULT_TTL,
    "_default_message_delay": 0,
    "_dead_letter_queue": None,
    "_dead_letter_queue_messages_ttl": None,
    "_max_claim_count": None,
    "_enable_encrypt_messages": False,
}


def _metadata(queue: Queue) -> dict[str, Any]:
    return {**_DEFAULTS, **queue.metadata}


def _list(world: World, call: Call) -> Response:
    client_of(call)
    limit, marker, detailed = page_size(call), call.option("marker"), flag(call, "detailed")
    mine = sorted(
        (
            queue
            for (project, _), queue in world.part(Queues).queues.items()
            if project == call.actor.project_id
        ),
        key=lambda queue: queue.name,
    )
    page = [queue for queue in mine if queue.name > marker][:limit]
    shown = [
        {
            "href": f"/v2/queues/{queue.name}",
            "name": queue.name,
            **({"metadata": _metadata(queue)} if detailed else {}),
        }
        for queue in page
    ]
    next_page = f"/v2/queues?limit={limit}&marker={page[-1].name if page else ''}"
    links = [{"rel": "next", "href": next_page}] if page else []
    counted = {"count": len(mine)} if flag(call, "with_count") else {}
    return reply(200, {"queues": shown, "links": links, **counted})


def _put(world: World, call: Call) -> Response:
    metadata = call.json() if call.raw else {}
    if "_default_message_ttl" in metadata:
        seconds(metadata, "_default_message_ttl", TTLS, DEFAULT_TTL)
    known = queue_of(world, call) is not None
    made_queue(world, call).metadata = metadata
    return reply(204 if known else 201, headers={"location": call.path})


def _show(world: World, call: Call) -> Response:
    return reply(200, _metadata(known_queue(world, call)))


def _delete(world: World, call: Call) -> Response:
    queue = queue_of(world, call)
    if queue is not None:
        del world.part(Queues).queues[queue.project_id, queue.name]
    return reply(204)


def _stats(world: World, call: Call) -> Response:
    queue = queue_of(world, call)
    messages = list(queue.messages.values()) if queue is not None else []
    claimed = sum(bool(message.claim) for message in messages)
    counts: dict[str, Any] = {
        "claimed": claimed,
        "free": len(messages) - claimed,
        "total": len(messages),
    }
    return reply(200, {"messages": counts})


def _purge(world: World, call: Call) -> Response:
    known_queue(world, call).messages.clear()
    return reply(204)


_QUEUE = "/v2/queues/{queue}"
ROUTES = (
    Route("GET", "/v2/queues", _list),
    Route("PUT", _QUEUE, _put),
    Route("GET", _QUEUE, _show),
    Route("DELETE", _QUEUE, _delete),
    Route("GET", _QUEUE + "/stats", _stats),
    Route("POST", _QUEUE + "/purge", _purge),
)

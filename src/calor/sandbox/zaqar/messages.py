"""Messages in Zaqar's queues: posted, listed, read, deleted, popped."""

from __future__ import annotations

from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.router import Route
from calor.sandbox.world import World
from calor.sandbox.zaqar.state import (
    BODY,
    DEFAULT_TTL,
    LARGEST_PAGE,
    POST_SIZE,
    TTLS,
    Message,
    bad,
    client_of,
    flag,
    known,
    known_queue,
    made_queue,
    page_size,
    queue_of,
    seconds,
    shown,
)


def _post(world: World, call: Call) -> Response:
    client = client_of(call)
    if len(call.raw) > POST_SIZE:
        raise bad(f"Message collection size is too large. Max size {POST_SIZE}")
    queue = made_queue(world, call)
    lifetime = queue.metadata.get("_default_message_ttl") or DEFAULT_TTL
    messages = [_new(call, item, lifetime, client) for item in _sent(call)]
    for message in messages:
        queue.posted += 1
        message.id = f"{queue.posted:024x}"
        queue.messages[message.id] = message
    hrefs = [f"{call.path}/{message.id}" for message in messages]
    location = f"{call.path}?ids={','.join(message.id for message in messages)}"
    return reply(201, {"resources": hrefs}, {"location": location})


def _sent(call: Call) -> list[Any]:
    sent = call.json().get("messages")
    if sent is None:
        raise bad("No messages were found in the request body.")
    if not isinstance(sent, list) or any(not isinstance(item, dict) for item in sent):
        raise Refusal(400, "Document type not supported.", BODY)
    if not sent:
        raise bad("No messages to enqueu.")
    return sent


def _new(call: Call, sent: dict[str, Any], lifetime: int, client: str) -> Message:
    if "body" not in sent:
        raise Refusal(400, 'Missing "body" field.', BODY)
    return Message("", sent["body"], seconds(sent, "ttl", TTLS, lifetime), call.now, client)


def _list(world: World, call: Call) -> Response:
    ids = _ids(call)
    if ids:
        return _several(world, call, ids)
    client, limit, marker = client_of(call), page_size(call), call.option("marker")
    queue = queue_of(world, call)
    page = [
        message
        for message in (queue.messages.values() if queue is not None else ())
        if message.id > marker
        and (flag(call, "echo") or message.client != client)
        and (flag(call, "include_claimed") or not message.claim)
    ][:limit]
    links = []
    if page:
        kept = [
            f"{name}={call.option(name)}"
            for name in ("echo", "include_claimed", "limit")
            if call.option(name)
        ]
        query = "&".join([*kept, f"marker={page[-1].id}"])
        links.append({"rel": "next", "href": f"{call.path}?{query}"})
    return reply(200, {"messages": [shown(call, item) for item in page], "links": links})


def _several(world: World, call: Call, ids: list[str]) -> Response:
    if len(ids) > LARGEST_PAGE:
        raise bad(f"The limit must be at least 1 and no greater than {LARGEST_PAGE}.")
    queue = queue_of(world, call)
    found = [queue.messages[id] for id in ids if id in queue.messages] if queue is not None else []
    if not found:
        raise Refusal(404, f"No messages with IDs: {ids} found in the queue.", "Not found")
    return reply(200, {"messages": [shown(call, message) for message in found]})


def _ids(call: Call) -> list[str]:
    return [id for text in call.options("ids") for id in text.split(",") if id]


def _remove(world: World, call: Call) -> Response:
    ids, pop = _ids(call), call.option("pop")
    if bool(ids) == bool(pop):
        raise bad('The request should have either "ids" or "pop" parameter, not both.')
    queue = queue_of(world, call)
    if ids:
        for id in ids:
            if queue is not None:
                queue.messages.pop(id, None)
        return reply(204)
    if not pop.isdigit() or not 1 <= int(pop) <= LARGEST_PAGE:
        raise bad(f"Pop value must be at least 1 and no greater than {LARGEST_PAGE}.")
    messages = list(queue.messages.values()) if queue is not None else []
    popped = [message for message in messages if not message.claim][: int(pop)]
    for message in popped:
        assert queue is not None
        del queue.messages[message.id]
    return reply(200, {"messages": [shown(call, message) for message in popped]})


def _found(world: World, call: Call) -> Message:
    queue = known_queue(world, call)
    return known(call, queue, "Message", queue.messages)


def _show(world: World, call: Call) -> Response:
    return reply(200, shown(call, _found(world, call)))


def _delete(world: World, call: Call) -> Response:
    """Only who holds the claim may delete a claimed message."""
    queue, claim = queue_of(world, call), call.option("claim_id")
    message = queue.messages.get(call.params["id"]) if queue is not None else None
    if queue is None or message is None:
        return reply(204)
    if claim and claim not in queue.claims:
        raise Refusal(400, "The specified claim does not exist or has expired.", "Unable to delete")
    if message.claim != claim:
        raise Refusal(403, "The message is claimed by another claim.", "Unable to delete")
    del queue.messages[message.id]
    return reply(204)


_MESSAGES = "/v2/queues/{queue}/messages"
ROUTES = (
    Route("POST", _MESSAGES, _post),
    Route("GET", _MESSAGES, _list),
    Route("DELETE", _MESSAGES, _remove),
    Route("GET", _MESSAGES + "/{id}", _show),
    Route("DELETE", _MESSAGES + "/{id}", _delete),
)

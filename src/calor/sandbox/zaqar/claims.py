"""Claims on Zaqar's messages: who claims some has them alone until the claim ends."""

from __future__ import annotations

from calor.base.wire import Response
from calor.sandbox.call import Call, reply
from calor.sandbox.router import Route
from calor.sandbox.world import World
from calor.sandbox.zaqar.state import (
    CLAIM_TTLS,
    DEFAULT_CLAIM,
    Claim,
    Queue,
    known,
    known_queue,
    page_size,
    queue_of,
    seconds,
    shown,
)


def _make(world: World, call: Call) -> Response:
    """Messages live at least as long as their claim and its grace."""
    limit, sent = page_size(call), call.json() if call.raw else {}
    ttl = seconds(sent, "ttl", CLAIM_TTLS, DEFAULT_CLAIM["ttl"])
    grace = seconds(sent, "grace", CLAIM_TTLS, DEFAULT_CLAIM["grace"])
    queue = queue_of(world, call)
    free = [item for item in queue.messages.values() if not item.claim] if queue else []
    if queue is None or not free:
        return reply(204)
    claim = Claim(world.hex_id()[:24], ttl, call.now)
    queue.claims[claim.id] = claim
    for message in free[:limit]:
        message.claim = claim.id
        _prolong(call, queue, claim, grace)
    body = {"messages": [shown(call, message) for message in free[:limit]]}
    return reply(201, body, {"location": f"{call.path}/{claim.id}"})


def _prolong(call: Call, queue: Queue, claim: Claim, grace: int) -> None:
    for message in queue.claimed_by(claim.id):
        message.ttl = max(message.ttl, message.age(call.now) + claim.ttl + grace)


def _found(world: World, call: Call) -> tuple[Queue, Claim]:
    queue = known_queue(world, call)
    return queue, known(call, queue, "Claim", queue.claims)


def _show(world: World, call: Call) -> Response:
    queue, claim = _found(world, call)
    body = {
        "age": int(call.now - claim.made_at),
        "ttl": claim.ttl,
        "href": call.path,
        "messages": [shown(call, message) for message in queue.claimed_by(claim.id)],
    }
    return reply(200, body)


def _renew(world: World, call: Call) -> Response:
    queue, claim = _found(world, call)
    sent = call.json()
    claim.ttl = seconds(sent, "ttl", CLAIM_TTLS, DEFAULT_CLAIM["ttl"])
    claim.made_at = call.now
    _prolong(call, queue, claim, seconds(sent, "grace", CLAIM_TTLS, DEFAULT_CLAIM["grace"]))
    return reply(204)


def _end(world: World, call: Call) -> Response:
    queue = queue_of(world, call)
    if queue is not None:
        queue.end_claim(call.params["id"])
    return reply(204)


_CLAIMS = "/v2/queues/{queue}/claims"
ROUTES = (
    Route("POST", _CLAIMS, _make),
    Route("GET", _CLAIMS + "/{id}", _show),
    Route("PATCH", _CLAIMS + "/{id}", _renew),
    Route("DELETE", _CLAIMS + "/{id}", _end),
)

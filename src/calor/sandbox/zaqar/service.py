"""Zaqar as the sandbox serves it: its routes, and how it says no."""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.router import Route
from calor.sandbox.service import Service, Thing
from calor.sandbox.world import World
from calor.sandbox.zaqar import claims, messages, queues
from calor.sandbox.zaqar.state import Queues

_TITLES = {
    401: "Unauthorized",
    403: "Not authorized",
    404: "Not found",
    503: "Service temporarily unavailable",
}


def fault(refusal: Refusal) -> Response:
    title = refusal.kind or _TITLES.get(refusal.status, "Error")
    body = {"title": title, "description": refusal.message}
    return reply(refusal.status, body, refusal.headers)


def _versions(world: World, call: Call) -> Response:
    version = {
        "id": "2",
        "status": "CURRENT",
        "updated": "2014-9-24T04:06:47Z",
        "media-types": [
            {
                "base": "application/json",
                "type": "application/vnd.openstack.messaging-v2+json",
            }
        ],
        "links": [{"rel": "self", "href": f"{world.base_url}/messaging/v2/"}],
    }
    return reply(300, {"versions": [version]})


def _ping(world: World, call: Call) -> Response:
    return reply(204)


def _things(world: World) -> Iterator[Thing]:
    for queue in world.part(Queues).queues.values():
        yield Thing(
            "zaqar", "queue", f"{queue.project_id}/{queue.name}", queue.name, queue.project_id
        )


ZAQAR = Service(
    name="zaqar",
    type="messaging",
    prefix="/messaging",
    endpoint="/messaging",
    routes=(
        Route("GET", "", _versions, open=True),
        Route("GET", "/", _versions, open=True),
        Route("GET", "/v2/ping", _ping, open=True),
        *queues.ROUTES,
        *messages.ROUTES,
        *claims.ROUTES,
    ),
    fault=fault,
    things=_things,
)

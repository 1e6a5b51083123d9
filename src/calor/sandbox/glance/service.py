"""Glance as the sandbox serves it: its routes and first images."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from calor.base.wire import Response
from calor.sandbox.call import Refusal, reply
from calor.sandbox.glance import images, members
from calor.sandbox.glance.images import Images, activate, new_image
from calor.sandbox.keystone.service import project_id
from calor.sandbox.service import Service, Thing
from calor.sandbox.world import World

FIRST = {"debian-12": 350_000_000, "cirros": 16_338_944, "tiny": 1_048_576}


def fault(refusal: Refusal) -> Response:
    title = HTTPStatus(refusal.status).phrase
    body = {
        "message": f"{refusal.message}<br /><br />\n\n\n",
        "code": f"{refusal.status} {title}",
        "title": title,
    }
    headers = dict(refusal.headers)
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Keystone"
    return reply(refusal.status, body, headers)


def _seed(world: World, now: float) -> None:
    owner = project_id(world, "admin")
    for name, size in FIRST.items():
        row = new_image(
            world,
            now,
            name=name,
            disk_format="qcow2",
            container_format="bare",
            visibility="public",
            owner=owner,
        )
        activate(world, row, name.encode(), size)


def _things(world: World) -> Iterator[Thing]:
    for row in world.part(Images).images:
        yield Thing("glance", "image", row["id"], row["name"] or "", row["owner"] or "")


GLANCE = Service(
    name="glance",
    type="image",
    prefix="/image",
    endpoint="/image",
    routes=(*images.ROUTES, *members.ROUTES),
    fault=fault,
    things=_things,
    seed=_seed,
)

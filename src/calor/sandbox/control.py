"""What people and tests ask the sandbox itself, under `/sandbox`: faults, settings, calls,
leftovers.

It is no service of a cloud and needs no token.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.faults import Fault
from calor.sandbox.router import Route
from calor.sandbox.service import Service, Thing
from calor.sandbox.world import World


class Registry:
    """The services whose things are counted; part of a world."""

    def __init__(self) -> None:
        self.services: tuple[Service, ...] = ()


def mark_initial(world: World) -> None:
    """What exists now is initial contents."""
    world.initial = {(thing.kind, thing.id): True for thing in _things(world)}


def leftovers(world: World) -> list[Thing]:
    """What exists beyond the initial contents, in the order of services, kinds and creation."""
    return [thing for thing in _things(world) if (thing.kind, thing.id) not in world.initial]


def _things(world: World) -> Iterator[Thing]:
    for service in world.part(Registry).services:
        yield from service.things(world)


def _parsed(call: Call) -> Any:
    try:
        return json.loads(call.raw)
    except ValueError:
        raise Refusal(400, "The body is no JSON.") from None


def _guarded(work: Callable[[], None]) -> None:
    try:
        work()
    except (ValueError, TypeError, AttributeError) as error:
        raise Refusal(400, str(error)) from None


def _show_faults(world: World, call: Call) -> Response:
    """The fault plan, with how often each fault was met."""
    return reply(200, {"faults": world.faults.as_json()})


def _put_faults(world: World, call: Call) -> Response:
    """PUT replaces the plan, POST adds to it."""
    body = _parsed(call)
    sent = body.get("faults", [body]) if isinstance(body, dict) else body

    def work() -> None:
        faults = [Fault.parse(item) for item in sent]
        if call.method == "PUT":
            world.faults.clear()
        for fault in faults:
            world.faults.add(fault)

    _guarded(work)
    return _show_faults(world, call)


def _clear_faults(world: World, call: Call) -> Response:
    """All well again."""
    world.faults.clear()
    return reply(204)


def _show_settings(world: World, call: Call) -> Response:
    """Delays, quotas and limits."""
    return reply(200, {"settings": world.settings.as_json()})


def _put_settings(world: World, call: Call) -> Response:
    """Changes the settings that are given, and keeps the others."""
    body = _parsed(call)

    def work() -> None:
        world.settings = world.settings.changed(body.get("settings", body))

    _guarded(work)
    return _show_settings(world, call)


def _show_calls(world: World, call: Call) -> Response:
    """How often each address was called."""
    counted = [
        {"method": method, "service": service, "path": path, "count": count}
        for (method, service, path), count in world.calls.items()
        if service != CONTROL.name
    ]
    return reply(200, {"calls": counted, "total": sum(item["count"] for item in counted)})


def _forget_calls(world: World, call: Call) -> Response:
    """Counts from 0 again."""
    world.calls.clear()
    return reply(204)


def _show_leftovers(world: World, call: Call) -> Response:
    """What exists beyond the beginning."""
    found = leftovers(world)
    return reply(200, {"leftovers": [asdict(thing) for thing in found]})


def _put_baseline(world: World, call: Call) -> Response:
    """What exists now is the beginning."""
    mark_initial(world)
    return reply(204)


def _fault(refusal: Refusal) -> Response:
    return reply(refusal.status, {"error": {"code": refusal.status, "message": refusal.message}})


def _nothing(world: World) -> Iterable[Thing]:
    return ()


CONTROL = Service(
    name="sandbox",
    type="sandbox",
    prefix="/sandbox",
    endpoint="",
    routes=(
        Route("GET", "/faults", _show_faults, open=True),
        Route("PUT", "/faults", _put_faults, open=True),
        Route("POST", "/faults", _put_faults, open=True),
        Route("DELETE", "/faults", _clear_faults, open=True),
        Route("GET", "/settings", _show_settings, open=True),
        Route("PUT", "/settings", _put_settings, open=True),
        Route("GET", "/calls", _show_calls, open=True),
        Route("DELETE", "/calls", _forget_calls, open=True),
        Route("GET", "/leftovers", _show_leftovers, open=True),
        Route("PUT", "/baseline", _put_baseline, open=True),
    ),
    fault=_fault,
    things=_nothing,
)

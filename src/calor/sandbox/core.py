"""The sandbox: a request and the time go in, a response comes out.

It starts nothing, waits for nothing and opens no socket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from calor.base.ids import Ids
from calor.base.wire import Request, Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.control import Registry, leftovers, mark_initial
from calor.sandbox.faults import Fault, FaultPlan
from calor.sandbox.keystone.catalog import register
from calor.sandbox.keystone.state import Identity
from calor.sandbox.router import Route, Router
from calor.sandbox.service import Service, Thing
from calor.sandbox.services import SERVICES
from calor.sandbox.settings import SandboxSettings
from calor.sandbox.world import World

SEEDED_AT = 1_700_000_000.0
"""When the initial contents were made, as far as anybody can see."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request. When the answer is `lost`, the caller never gets `response`.
    `delay` seconds pass after the effect and before the answer."""

    response: Response
    lost: bool = False
    delay: float = 0.0


LOST = Response(0)


class Sandbox:
    """A simulated cloud. `faults` is its fault plan."""

    def __init__(
        self,
        *,
        ids: Ids,
        base_url: str = "http://sandbox.invalid",
        settings: SandboxSettings | None = None,
    ) -> None:
        self._world = World(ids, base_url.rstrip("/"), settings or SandboxSettings())
        self._world.part(Registry).services = SERVICES
        self._served = {service.prefix: (service, Router(service.routes)) for service in SERVICES}
        for service in SERVICES:
            if service.seed is not None:
                service.seed(self._world, SEEDED_AT)
            if service.endpoint:
                register(self._world, service.name, service.type, "%(base_url)s" + service.endpoint)
        self._world.agenda.run(SEEDED_AT + 3600)
        self.mark_initial()

    @property
    def base_url(self) -> str:
        return self._world.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._world.base_url = url.rstrip("/")

    @property
    def settings(self) -> SandboxSettings:
        return self._world.settings

    @settings.setter
    def settings(self, settings: SandboxSettings) -> None:
        self._world.settings = settings

    @property
    def faults(self) -> FaultPlan:
        return self._world.faults

    def latency(self, request: Request) -> float:
        """Seconds that the request takes on the wire; who carries it waits for them."""
        return self._world.settings.latency

    def next_change(self) -> float | None:
        """When something changes by itself next, or None."""
        return self._world.agenda.next_change()

    def leftovers(self, now: float | None = None) -> list[Thing]:
        """What exists beyond the initial contents, with what is due by `now` done before."""
        if now is not None:
            self._world.agenda.run(now)
        return leftovers(self._world)

    def mark_initial(self) -> None:
        """From now on, what exists now counts as initial contents."""
        mark_initial(self._world)

    def calls(self) -> dict[tuple[str, str, str], int]:
        """How many calls there were, by method, service and the path's pattern."""
        return dict(self._world.calls)

    def forget_calls(self) -> None:
        self._world.calls.clear()

    def handle(self, request: Request, now: float) -> Response:
        """The response to a request at `now`, seconds since 1970."""
        return self.exchange(request, now).response

    def exchange(self, request: Request, now: float) -> Outcome:
        """Like `handle`, and tells whether and when the caller gets the response."""
        path, _, query = request.url.removeprefix(self._world.base_url).partition("?")
        return self.serve(
            request.method, path, query, headers=request.headers, body=request.body, now=now
        )

    def serve(
        self,
        method: str,
        path: str,
        query: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        now: float,
    ) -> Outcome:
        """`exchange` for who has the request in parts; `path` begins after the base URL."""
        world = self._world
        world.agenda.run(now)
        cut = path.find("/", 1)
        prefix, rest = (path, "") if cut < 0 else (path[:cut], path[cut:])
        served = self._served.get(prefix)
        if served is None:
            return Outcome(reply(404, {"message": f"No service lives at {path}."}))
        service, router = served
        lowered = {name.lower(): value for name, value in headers.items()}
        call = Call(method, rest, query, lowered, body, now)
        fault = None
        if prefix != "/sandbox":
            fault = world.faults.pick(method, (service.name, service.type), path, body)
        return self._under(fault, service, router, call)

    def _under(self, fault: Fault | None, service: Service, router: Router, call: Call) -> Outcome:
        if fault is None:
            return Outcome(self._answer(service, router, call))
        if fault.lost == "before":
            self._count(service, call.method, "(lost)")
            return Outcome(LOST, lost=True, delay=fault.delay)
        if fault.status and not fault.lost:
            self._count(service, call.method, "(fault)")
            return Outcome(_instead(fault, service), delay=fault.delay)
        call.doom = fault.server_error or fault.volume_error or None
        response = self._answer(service, router, call)
        return Outcome(response, lost=fault.lost == "after", delay=fault.delay)

    def _answer(self, service: Service, router: Router, call: Call) -> Response:
        try:
            return self._handled(service, router, call)
        except Refusal as refusal:
            return service.fault(refusal)

    def _handled(self, service: Service, router: Router, call: Call) -> Response:
        found = router.find(call.method, call.path)
        if found is None:
            self._count(service, call.method, "(unknown)")
            self._know(call)
            raise Refusal(404, "The resource could not be found.", "HTTPNotFound")
        if isinstance(found, list):
            self._count(service, call.method, "(unknown)")
            raise Refusal(
                405,
                "The method is not allowed for this URL.",
                "HTTPMethodNotAllowed",
                {"Allow": ", ".join(sorted(found))},
            )
        route, call.params = found
        if "%" in call.path:
            call.params = {name: unquote(value) for name, value in call.params.items()}
        self._count(service, call.method, route.pattern)
        return self._routed(service, route, call)

    def _routed(self, service: Service, route: Route, call: Call) -> Response:
        headers: dict[str, str] = {}
        if service.negotiate is not None and not route.open:
            call.version = service.negotiate(call)
            if service.announce is not None:
                headers = service.announce(call.version)
        if not route.open:
            self._know(call)
        try:
            response = route.handler(self._world, call)
        except Refusal as refusal:
            response = service.fault(refusal)
        if not headers:
            return response
        return Response(response.status, {**response.headers, **headers}, response.body)

    def _know(self, call: Call) -> None:
        token = call.headers.get("x-auth-token", "")
        call.actor = self._world.part(Identity).actor(token, call.now)

    def _count(self, service: Service, method: str, pattern: str) -> None:
        key = (method, service.name, pattern)
        self._world.calls[key] = self._world.calls.get(key, 0) + 1


def _instead(fault: Fault, service: Service) -> Response:
    """The answer that the fault puts in the place of the service's."""
    if fault.answer is None:
        message = fault.message or "The sandbox's fault plan made this call fail."
        return service.fault(Refusal(fault.status, message, "", fault.headers))
    answer: Any = fault.answer
    if isinstance(answer, str):
        return Response(fault.status, dict(fault.headers), answer.encode())
    return reply(fault.status, answer, fault.headers)

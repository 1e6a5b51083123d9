"""A cloud session for tests: on a sandbox in process, or on answers that a test writes down; both
under virtual time. It knows no test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit

from keystoneauth1.identity import generic

from calor.base.clock import iso
from calor.base.executor import InlineExecutor
from calor.base.ids import SeededIds
from calor.base.settings import Settings
from calor.base.wire import Request, Response, Transport
from calor.cloud.cloud import OpenStackCloud, Project
from calor.cloud.login import PluginCredential, ServiceUser
from calor.cloud.pace import DEFERRED, Patience
from calor.cloud.session import Account, Guard, Session, Site, unguarded
from calor.model.cloud import Collection
from calor.sandbox.core import Sandbox
from calor.sandbox.settings import SandboxSettings
from calor.transport.function import FunctionTransport
from support.virtual import VirtualClock, VirtualLoop

T = TypeVar("T")

BASE = "http://sandbox.invalid"
AUTH_URL = f"{BASE}/identity/v3"
NETS = Collection("network", "/v2.0/networks", "network", "networks", bulk=True, id_filter="id")
PORTS = Collection("network", "/v2.0/ports", "port", "ports", bulk=True, id_filter="id")
SERVERS = Collection(
    "compute",
    "/servers",
    "server",
    "servers",
    microversion="2.99",
    detail="/detail",
    changed_since="changes-since",
)
VOLUMES = Collection("volumev3", "/volumes", "volume", "volumes", detail="/detail")


class Counted:
    """A transport that keeps what was sent, as 'METHOD path?query'."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.requests: list[Request] = []

    @property
    def log(self) -> list[str]:
        return [_line(request) for request in self.requests]

    def count(self, start: str = "") -> int:
        return sum(line.startswith(start) for line in self.log)

    async def send(self, request: Request, *, timeout: float) -> Response:
        self.requests.append(request)
        return await self._inner.send(request, timeout=timeout)

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        self.requests.append(request)
        return self._inner.send_blocking(request, timeout=timeout)

    async def close(self) -> None:
        await self._inner.close()


def _line(request: Request) -> str:
    parts = urlsplit(request.url)
    return f"{request.method} {parts.path}" + (f"?{parts.query}" if parts.query else "")


class Bench:
    """A site on a transport, and clouds on it by user and password."""

    def __init__(
        self, clock: VirtualClock, transport: Transport, *, settings: Settings | None = None
    ) -> None:
        self.clock = clock
        self.wire = Counted(transport)
        self.executor = InlineExecutor()
        self.site = Site(
            self.wire, clock, SeededIds(1), self.executor, settings or Settings(), "RegionOne"
        )

    def account(
        self, user: str = "demo", project: str = "demo", password: str = "sandbox"
    ) -> Account:
        def plugin() -> generic.Password:
            return generic.Password(
                AUTH_URL,
                username=user,
                password=password,
                project_name=project,
                user_domain_name="Default",
                project_domain_name="Default",
            )

        credential = PluginCredential(
            plugin, transport=self.wire, executor=self.executor, timeout=60
        )
        return Account(self.site, credential)

    def cloud(
        self,
        account: Account | None = None,
        *,
        guard: Guard = unguarded,
        patience: Patience = DEFERRED,
        project: Project | None = None,
        project_id: str = "",
    ) -> OpenStackCloud:
        if project is None:
            project = Project(Session(self.site, account or self.account(), patience=patience))
        return OpenStackCloud(project, project_id=project_id, user_id="", guard=guard)

    @property
    def service_user(self) -> ServiceUser:
        return ServiceUser(
            AUTH_URL,
            "sandbox",
            username="calor",
            user_domain_name="Default",
            project_name="service",
            project_domain_name="Default",
        )


def on_sandbox(
    story: Callable[[Bench, Sandbox], Coroutine[Any, Any, T]],
    *,
    sandbox: SandboxSettings | None = None,
    settings: Settings | None = None,
) -> T:
    """Runs a story on a fresh sandbox."""
    loop = VirtualLoop()
    try:
        clock = VirtualClock(loop)
        cloud = Sandbox(ids=SeededIds(2), settings=sandbox)
        transport = FunctionTransport(cloud.exchange, clock, cloud.latency)
        return loop.run_until_complete(story(Bench(clock, transport, settings=settings), cloud))
    finally:
        loop.close()


class Scripted:
    """A transport whose answers a test writes: `answer(request, now)` returns or raises them.

    Keystone's part is there already: each log-in gives a new token, `token-1` and so on.
    """

    def __init__(
        self,
        clock: VirtualClock,
        answer: Callable[[Request, float], Response],
        *,
        latency: float | Callable[[Request], float] = 0.0,
        lifetime: float = 3600.0,
    ) -> None:
        self._clock = clock
        self._answer = answer
        self._latency = latency if callable(latency) else lambda _, seconds=latency: seconds
        self._lifetime = lifetime
        self.logins = 0

    async def send(self, request: Request, *, timeout: float) -> Response:
        response = self._respond(request)
        await self._clock.sleep(self._latency(request))
        return response

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        return self._respond(request)

    async def close(self) -> None:
        pass

    def _respond(self, request: Request) -> Response:
        path = urlsplit(request.url).path
        if path == "/identity/v3":
            link = [{"rel": "self", "href": AUTH_URL}]
            return reply(200, {"version": {"id": "v3.14", "status": "stable", "links": link}})
        if path == "/identity/v3/auth/tokens" and request.method == "POST":
            self.logins += 1
            now = self._clock.now()
            body = token_body(issued=now, expires=now + self._lifetime)
            return reply(201, body, **{"X-Subject-Token": f"token-{self.logins}"})
        return self._answer(request, self._clock.now())


def on_script(
    story: Callable[[Bench, Scripted], Coroutine[Any, Any, T]],
    answer: Callable[[Request, float], Response],
    *,
    settings: Settings | None = None,
    **options: Any,
) -> T:
    """Runs a story on written answers."""
    loop = VirtualLoop()
    try:
        clock = VirtualClock(loop)
        script = Scripted(clock, answer, **options)
        return loop.run_until_complete(story(Bench(clock, script, settings=settings), script))
    finally:
        loop.close()


def token_body(*, issued: float, expires: float) -> dict[str, Any]:
    """What Keystone says of a token of user `u` in project `p`."""
    services = {
        "network": f"{BASE}/network",
        "compute": f"{BASE}/compute/v2.1",
        "block-storage": f"{BASE}/volume/v3/p",
        "image": f"{BASE}/image",
        "identity": AUTH_URL,
    }
    catalog = [
        {
            "type": kind,
            "name": kind,
            "id": kind,
            "endpoints": [
                {
                    "interface": "public",
                    "region": "RegionOne",
                    "region_id": "RegionOne",
                    "url": url,
                    "id": kind,
                }
            ],
        }
        for kind, url in services.items()
    ]
    return {
        "token": {
            "methods": ["password"],
            "user": {"id": "u", "name": "demo", "domain": {"id": "default", "name": "Default"}},
            "project": {"id": "p", "name": "demo", "domain": {"id": "default", "name": "Default"}},
            "roles": [{"id": "r", "name": "member"}],
            "issued_at": iso(issued),
            "expires_at": iso(expires),
            "catalog": catalog,
        }
    }


def reply(status: int, body: Any = None, **headers: str) -> Response:
    content = b"" if body is None else json.dumps(body).encode()
    return Response(status, {"Content-Type": "application/json", **headers}, content)

"""One credential's way to the services: token, endpoint, tries, pace.

It knows calls and answers, no objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from calor.base import quick_json
from calor.base.clock import Clock
from calor.base.errors import CloudError, HttpFault, LoginFailed
from calor.base.executor import Executor
from calor.base.ids import Ids
from calor.base.records import record
from calor.base.settings import Settings
from calor.base.wire import Request, Transport
from calor.cloud import endpoints, faults
from calor.cloud.endpoints import Versions
from calor.cloud.flight import SingleFlight
from calor.cloud.login import Credential, Identity
from calor.cloud.pace import DEFERRED, SAFE_METHODS, Gate, Patience, worth_repeating
from calor.model.cloud import Answer

Query = Mapping[str, str | Sequence[str]]
Guard = Callable[[float], None]

EARLY = 30.0
"""Seconds before its end at which a token is renewed, at most a tenth of its life."""

LENT = 600.0
"""Seconds that a token of somebody else must still live: services go on using it after a call."""


@record()
class Call:
    """What `model.cloud.Cloud.call` takes."""

    method: str
    service: str
    path: str
    body: Any = None
    query: Query | None = None
    microversion: str = ""
    safe: bool = False
    headers: Mapping[str, str] | None = None


def unguarded(timeout: float) -> None:
    """The guard of calls that belong to no stack."""


@dataclass(slots=True)
class Site:
    """What all sessions of a process share. `region` and `interface` choose the endpoints."""

    transport: Transport
    clock: Clock
    ids: Ids
    executor: Executor
    settings: Settings
    region: str = ""
    interface: str = "public"
    versions: Versions = field(init=False)
    gates: dict[str, Gate] = field(default_factory=dict)
    names: dict[tuple[str, ...], tuple[float, Any]] = field(default_factory=dict)
    """What was looked up, by (project, user, kind, name), with the time of it."""

    def __post_init__(self) -> None:
        self.versions = Versions(self.clock)

    def gate(self, base: str) -> Gate:
        """The gate of the service at an endpoint, whoever's project is in its URL."""
        root = endpoints.version_root(base)
        gate = self.gates.get(root)
        if gate is None:
            gate = self.gates[root] = Gate(self.clock)
        return gate


class Account:
    """A credential and the identity that it gave last; every session with it shares both."""

    def __init__(
        self, site: Site, credential: Credential, *, identity: Identity | None = None
    ) -> None:
        self._site = site
        self._credential = credential
        self._identity = identity
        self._renewed_at = float("inf") if identity is None else _renewal(identity)
        self._flights = SingleFlight()

    async def identity(self, patience: Patience) -> Identity:
        """The identity whose token is still good, logging in when there is none."""
        current = self._good()
        if current is not None:
            return current
        return await self._flights.run(patience, lambda: self._log_in(patience))

    def expect(self, patience: Patience) -> None:
        """Begins to log in, if that is needed, for calls that will come."""
        if self._good() is None:
            self._flights.begin(patience, lambda: self._log_in(patience))

    @property
    def known(self) -> Identity | None:
        """The identity, if nobody need log in for it."""
        return self._good()

    def borrow(self, identity: Identity) -> None:
        """Somebody is logged in as whom this credential would log in: that will do, for as long
        as services take the token, unless that is soon over."""
        lasts = identity.expires_at - self._site.clock.now() >= LENT
        if lasts and self._good() is None:
            self._identity = identity
            self._renewed_at = _renewal(identity)

    def refused(self, token: str) -> None:
        """A service said 401 to this token. Raises `LoginFailed` when there is no newer one."""
        if self._identity is not None and self._identity.token == token:
            if not self._credential.renewable:
                raise LoginFailed("the token is not valid any more; get a new one")
            self._identity = None

    def _good(self) -> Identity | None:
        """The identity that we have, unless it should be renewed."""
        current = self._identity
        if current is None or (
            self._credential.renewable and self._site.clock.now() >= self._renewed_at
        ):
            return None
        return current

    async def _log_in(self, patience: Patience) -> Identity:
        done = 0
        while True:
            try:
                identity = self._identity = await self._credential.log_in()
                self._renewed_at = _renewal(identity)
                return identity
            except CloudError as error:
                done += 1
                if done >= patience.tries or not worth_repeating(error, safe=True):
                    raise
                pause = patience.wait(done, error, self._site.ids)
            await self._site.clock.sleep(pause)


class Session:
    """Sends calls for one account."""

    def __init__(self, site: Site, account: Account, *, patience: Patience = DEFERRED) -> None:
        self.site = site
        self.account = account
        self._patience = patience
        self._bases: dict[tuple[str, str], str] = {}

    async def identity(self) -> Identity:
        """Who we are for the cloud, logged in."""
        return await self.account.identity(self._patience)

    def expect(self, lent: Identity | None = None) -> None:
        """Calls will come: begins to log in, where no identity is `lent`."""
        if lent is not None:
            self.account.borrow(lent)
        self.account.expect(self._patience)

    # --- calls ---

    async def call(self, call: Call, guard: Guard = unguarded) -> Answer:
        """One call below a service's endpoint. See `model.cloud.Cloud.call`."""
        identity = await self.identity()
        base = self.base(identity, call.service)
        version = {}
        if call.microversion:
            chosen = await self.site.versions.negotiate(base, call.microversion, self._get)
            version = endpoints.version_headers(call.service, chosen) if chosen else {}
        url = endpoints.join(base, call.path)
        if call.query:
            url += ("&" if "?" in url else "?") + urlencode(call.query, doseq=True)
        request = Request(
            call.method,
            url,
            {**_content(call.body), **version, **(call.headers or {})},
            _payload(call.body),
        )
        safe = call.safe or call.method in SAFE_METHODS
        return await self._try(request, self.site.gate(base), safe=safe, guard=guard)

    async def gate(self, service: str) -> Gate:
        """The gate of a service."""
        return self.site.gate(self.base(await self.identity(), service))

    def base(self, identity: Identity, service: str) -> str:
        """The endpoint of a service. Raises `LoginFailed` when the catalog has none."""
        key = (service, identity.project_id)
        base = self._bases.get(key)
        if base is None:
            base = self._bases[key] = endpoints.base_url(
                identity, service, region=self.site.region, interface=self.site.interface
            )
        return base

    async def _get(self, url: str) -> Any:
        """What a version document says."""
        request = Request("GET", url, {"Accept": "application/json"})
        gate = self.site.gate(url)
        return (await self._try(request, gate, safe=True, guard=unguarded)).body

    async def _try(self, request: Request, gate: Gate, *, safe: bool, guard: Guard) -> Answer:
        """Sends a request until it is answered, as far as patience and safety go."""
        done = 0
        renewed = False
        while True:
            token = (await self.identity()).token
            try:
                return await self._once(request, token, gate, guard)
            except CloudError as error:
                if isinstance(error, HttpFault) and error.status == 401 and not renewed:
                    renewed = True
                    self.account.refused(token)
                    continue
                done += 1
                if done >= self._patience.tries or not worth_repeating(error, safe=safe):
                    raise
                pause = self._patience.wait(done, error, self.site.ids)
            await self.site.clock.sleep(pause)

    async def _once(self, request: Request, token: str, gate: Gate, guard: Guard) -> Answer:
        timeout = self.site.settings.call_timeout
        entered = await gate.enter()
        ended: BaseException | None = None
        try:
            guard(timeout)
            sent = Request(
                request.method,
                request.url,
                {**request.headers, "X-Auth-Token": token},
                request.body,
            )
            response = await self.site.transport.send(sent, timeout=timeout)
            if response.status >= 300 and not (response.status == 300 and request.method == "GET"):
                raise faults.fault(request, response, self.site.clock.now())
        except BaseException as error:
            ended = error
            raise
        finally:
            gate.leave(entered, ended)
        return Answer(response.status, faults.lowered(response.headers), faults.parsed(response))


def _renewal(identity: Identity) -> float:
    """When to log in again."""
    return identity.expires_at - min(EARLY, (identity.expires_at - identity.issued_at) / 10)


def _content(body: Any) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if body is not None and not isinstance(body, bytes):
        headers["Content-Type"] = "application/json"
    return headers


def _payload(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else quick_json.dumps(body).encode()

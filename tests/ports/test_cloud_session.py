"""Calls: tokens that end, faults that pass, the pace of a service, fences."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from calor.base.errors import HttpFault, LeaseLost, LoginFailed, LostAnswer, NotSent
from calor.base.wire import Request, Response
from calor.cloud.login import TokenCredential
from calor.cloud.pace import ON_LINE
from calor.cloud.session import Account
from calor.sandbox.core import Sandbox
from calor.sandbox.faults import Fault
from calor.sandbox.settings import SandboxSettings
from support.clouded import PORTS, SERVERS, Bench, Scripted, on_sandbox, on_script, reply

Answer = Callable[[Request, float], Response]


class Sequence:
    """Answers in turn; the last one stays. Exceptions are raised."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.answers = list(answers)
        self.times: list[float] = []
        self.requests: list[Request] = []

    def __call__(self, request: Request, now: float) -> Response:
        self.times.append(now)
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


OK = reply(200, {"port": {"id": "1"}})
BUSY = reply(503, {"message": "busy"}, **{"Retry-After": "7"})
TRANSIENT = [NotSent("x"), LostAnswer("x"), reply(500), reply(502), reply(503), reply(504)]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("fault", TRANSIENT, ids=str)
def test_safe_calls_outlive_transient_faults(method: str, fault: Response | Exception) -> None:
    answers = Sequence(fault, fault, OK)

    async def story(bench: Bench, script: Scripted) -> None:
        answer = await bench.cloud().call(method, "network", "/v2.0/ports/1")
        assert answer.body == {"port": {"id": "1"}}
        assert len(answers.times) == 3
        first, second, third = answers.times
        assert 0 < second - first < third - first

    on_script(story, answers)


@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        (NotSent("x"), 2),
        (reply(429), 2),
        (BUSY, 2),
        (reply(413, None, **{"Retry-After": "3"}), 2),
        (reply(413, None, **{"Retry-After": "0"}), 1),
        (LostAnswer("x"), 1),
        (reply(500), 1),
        (reply(503), 1),
        (reply(504), 1),
        (reply(409), 1),
    ],
    ids=str,
)
def test_a_post_is_repeated_only_when_it_surely_had_no_effect(
    fault: Response | Exception, tries: int
) -> None:
    answers = Sequence(fault, OK)

    async def story(bench: Bench, script: Scripted) -> None:
        cloud = bench.cloud()
        if tries == 2:
            await cloud.call("POST", "network", "/v2.0/ports", body={})
        else:
            with pytest.raises((HttpFault, LostAnswer)):
                await cloud.call("POST", "network", "/v2.0/ports", body={})
        assert len(answers.times) == tries

    on_script(story, answers)


def test_a_post_that_is_called_safe_is_repeated() -> None:
    answers = Sequence(LostAnswer("x"), OK)

    async def story(bench: Bench, script: Scripted) -> None:
        await bench.cloud().call("POST", "compute", "/servers/1/action", body={}, safe=True)

    on_script(story, answers)


def test_retry_after_is_obeyed() -> None:
    answers = Sequence(BUSY, OK)

    async def story(bench: Bench, script: Scripted) -> None:
        await bench.cloud().call("GET", "network", "/v2.0/ports")
        assert 7 <= answers.times[1] - answers.times[0] < 8

    on_script(story, answers)


def test_a_429_holds_back_the_whole_service() -> None:
    answers = Sequence(reply(429, None, **{"Retry-After": "10"}), OK)

    async def story(bench: Bench, script: Scripted) -> None:
        cloud = bench.cloud()
        first = asyncio.create_task(cloud.call("GET", "network", "/v2.0/a"))
        await bench.clock.sleep(1)
        await cloud.call("GET", "network", "/v2.0/b")
        await first
        assert answers.times[1] - answers.times[0] >= 10

    on_script(story, answers)


def test_who_waits_on_the_line_is_told_soon() -> None:
    answers = Sequence(NotSent("can't reach http://x: Connection refused"))

    async def story(bench: Bench, script: Scripted) -> None:
        with pytest.raises(NotSent, match="refused"):
            await bench.cloud(patience=ON_LINE).call("GET", "network", "/v2.0/a")
        assert bench.clock.monotonic() < 2

    on_script(story, answers)


def test_a_fault_carries_the_services_words() -> None:
    body = {"NeutronError": {"type": "X", "message": "No such port.", "detail": ""}}
    answers = Sequence(reply(404, body))

    async def story(bench: Bench, script: Scripted) -> None:
        with pytest.raises(HttpFault) as caught:
            await bench.cloud().call("GET", "network", "/v2.0/ports/9")
        assert (caught.value.status, caught.value.message) == (404, "No such port.")
        assert caught.value.method == "GET"

    on_script(story, answers)


def test_a_token_is_renewed_before_it_ends_by_our_clock() -> None:
    async def story(bench: Bench, script: Scripted) -> None:
        cloud = bench.cloud()
        for _ in range(5):
            await cloud.call("GET", "network", "/v2.0/ports")
            await bench.clock.sleep(1000)
        assert script.logins == 2

    on_script(story, Sequence(OK), lifetime=3600.0)


def test_a_refused_token_is_replaced_once_for_all() -> None:
    def answer(request: Request, now: float) -> Response:
        return OK if request.headers["X-Auth-Token"] == "token-2" else reply(401)

    async def story(bench: Bench, script: Scripted) -> None:
        cloud = bench.cloud()
        await asyncio.gather(
            *(cloud.call("POST", "network", "/v2.0/ports", body={"n": n}) for n in range(20))
        )
        assert script.logins == 2
        assert bench.wire.count("POST /network") == 40

    on_script(story, answer, latency=0.02)


def test_a_token_that_stays_refused_is_a_fault() -> None:
    async def story(bench: Bench, script: Scripted) -> None:
        with pytest.raises(HttpFault) as caught:
            await bench.cloud().call("GET", "network", "/v2.0/ports")
        assert caught.value.status == 401
        assert script.logins == 2

    on_script(story, Sequence(reply(401)))


def test_short_tokens_in_the_middle_of_work() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        for _ in range(6):
            await cloud.list(PORTS)
            await bench.clock.sleep(45)
        assert bench.wire.count("POST /identity/v3/auth/tokens") in (3, 4)

    on_sandbox(story, sandbox=SandboxSettings.instant(token_lifetime=100.0))


def test_a_token_of_somebody_else_is_used_as_it_is() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        identity = await bench.account().identity(ON_LINE)
        auth_url = "http://sandbox.invalid/identity/v3"
        credential = TokenCredential(identity.token, auth_url, transport=bench.wire, timeout=60)
        bench.wire.requests.clear()
        await bench.cloud(Account(bench.site, credential)).list(PORTS)
        assert bench.wire.log == ["GET /identity/v3/auth/tokens", "GET /network/v2.0/ports"]
        bad = TokenCredential("nonsense", auth_url, transport=bench.wire, timeout=60)
        with pytest.raises(LoginFailed, match="get a new one"):
            await bench.cloud(Account(bench.site, bad)).list(PORTS)

    on_sandbox(story)


def test_a_wrong_password_is_told() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        with pytest.raises(LoginFailed, match="check user, password"):
            await bench.cloud(bench.account(password="wrong")).list(PORTS)

    on_sandbox(story)


def test_a_keystone_that_stumbles_is_asked_again() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        sandbox.faults.add(Fault(service="identity", method="POST", status=503, count=2))
        sandbox.faults.add(Fault(service="identity", method="POST", lost="after"))
        await bench.cloud().list(PORTS)

    on_sandbox(story)


def test_a_service_that_is_not_there() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        cloud = bench.cloud()
        with pytest.raises(LoginFailed, match="no public endpoint for 'dns'"):
            await cloud.call("GET", "dns", "/v2/zones")
        assert not await cloud.supports("dns", "")
        assert await cloud.supports("network", "router")
        assert not await cloud.supports("network", "nonsense")

    on_sandbox(story)


def test_no_call_leaves_behind_the_fence() -> None:
    timeouts: list[float] = []

    def guard(timeout: float) -> None:
        timeouts.append(timeout)
        if len(timeouts) == 3:
            raise LeaseLost("too late")

    answers = Sequence(reply(500), reply(500), OK)

    async def story(bench: Bench, script: Scripted) -> None:
        with pytest.raises(LeaseLost):
            await bench.cloud(guard=guard).call("GET", "network", "/v2.0/ports")
        assert len(answers.times) == 2
        assert timeouts == [60.0] * 3

    on_script(story, answers)


def test_microversions_are_negotiated_once() -> None:
    versions: list[str] = []

    def answer(request: Request, now: float) -> Response:
        if request.url.endswith("/v2.1/"):
            return reply(200, {"version": {"min_version": "2.1", "version": "2.60"}})
        versions.append(request.headers.get("OpenStack-API-Version", ""))
        return reply(200, {"servers": []})

    async def story(bench: Bench, script: Scripted) -> None:
        cloud, other = bench.cloud(), bench.cloud()
        await asyncio.gather(cloud.list(SERVERS), cloud.list(SERVERS), other.list(SERVERS))
        await cloud.call("GET", "compute", "/servers", microversion="2.37")
        await cloud.call("GET", "compute", "/servers")
        assert versions == ["compute 2.60"] * 3 + ["compute 2.37", ""]
        assert bench.wire.count("GET /compute/v2.1/") - bench.wire.count("GET /compute/v2.1/s") == 1

    on_script(story, answer, latency=0.01)


def test_pressure_grows_while_a_service_bears_it() -> None:

    async def story(bench: Bench, script: Scripted) -> None:
        cloud = bench.cloud()
        started = bench.clock.monotonic()
        await asyncio.gather(
            *(cloud.call("GET", "network", f"/v2.0/ports/{n}") for n in range(1000))
        )
        assert bench.clock.monotonic() - started < 0.2

    on_script(story, Sequence(OK), latency=0.02)


def test_pressure_falls_when_a_service_asks_for_less() -> None:
    under_way: list[float] = []

    def answer(request: Request, now: float) -> Response:
        under_way[:] = [at for at in under_way if now - at < 1.0]
        if len(under_way) >= 20:
            return reply(503)
        under_way.append(now)
        return OK

    async def story(bench: Bench, script: Scripted) -> None:
        cloud = bench.cloud()
        await asyncio.gather(
            *(cloud.call("GET", "network", f"/v2.0/ports/{n}") for n in range(200))
        )
        gate = bench.site.gate("http://sandbox.invalid/network")
        assert gate.width < 40

    on_script(story, answer, latency=1.0)

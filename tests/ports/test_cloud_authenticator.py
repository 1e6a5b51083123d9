"""Tokens, delegations and sessions of callers and stacks, on a simulated Keystone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from keystoneauth1.identity import v3

from calor.base.errors import (
    CloudError,
    Conflict,
    Forbidden,
    LoginFailed,
    LostAnswer,
    Unauthenticated,
)
from calor.base.wire import Request
from calor.cloud.authenticator import KeystoneAuthenticator, LocalAuthenticator
from calor.cloud.catalog_entry import register, unregister
from calor.cloud.clouds import OpenStackClouds
from calor.cloud.delegation import GRACE, Delegation
from calor.cloud.login import PluginCredential
from calor.cloud.pace import ON_LINE
from calor.cloud.session import unguarded
from calor.model.ports import Caller, Trust
from calor.model.stack import Definition, Stack
from calor.model.states import Action, Status
from calor.sandbox.core import Sandbox
from calor.sandbox.faults import Fault
from calor.sandbox.settings import SandboxSettings
from support.clouded import AUTH_URL, NETS, Bench, on_sandbox
from support.virtual import VirtualClock


class Rows:
    """The Trusts port in a dict."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._made = 0
        self.rows: dict[str, Trust] = {}

    async def use(self, user_id: str, project_id: str, roles: tuple[str, ...]) -> Trust:
        for row in self.rows.values():
            if (row.user_id, row.project_id, row.roles) == (user_id, project_id, roles):
                self.rows[row.id] = replace(row, stacks=row.stacks + 1)
                return self.rows[row.id]
        self._made += 1
        row = Trust(
            f"row-{self._made}",
            user_id,
            project_id,
            roles,
            stacks=1,
            created_at=self._clock.now(),
        )
        self.rows[row.id] = row
        return row

    async def set_trust(self, id: str, trust_id: str) -> None:
        self.rows[id] = replace(self.rows[id], trust_id=trust_id)

    async def unuse(self, id: str) -> Trust | None:
        row = self.rows[id] = replace(self.rows[id], stacks=self.rows[id].stacks - 1)
        return row if row.stacks <= 0 else None

    async def get(self, id: str) -> Trust | None:
        return self.rows.get(id)

    async def forget(self, id: str) -> None:
        self.rows.pop(id, None)

    async def recount(self, before: float) -> None:
        pass

    async def all(self) -> list[Trust]:
        return list(self.rows.values())


class Office:
    """An authenticator with its rows, and what an administrator sees of the trusts."""

    def __init__(self, bench: Bench, *, installation: str = "here") -> None:
        self.bench = bench
        self.rows = Rows(bench.clock)
        self.delegation = Delegation(
            bench.site,
            service_user=bench.service_user,
            trusts=self.rows,
            installation=installation,
        )
        self.authenticator = KeystoneAuthenticator(
            bench.site, auth_url=AUTH_URL, delegation=self.delegation
        )
        self.clouds = OpenStackClouds(
            bench.site,
            auth_url=AUTH_URL,
            service_user=bench.service_user,
            trusts=self.rows,
        )

    async def caller(self, user: str = "demo") -> Caller:
        identity = await self.bench.account(user, user).identity(ON_LINE)
        return await self.authenticator.authenticate(identity.token)

    async def trusts(self) -> list[Any]:
        admin = self.bench.cloud(self.bench.account("admin", "admin"))
        answer = await admin.call("GET", "identity", "/v3/OS-TRUST/trusts")
        return list(answer.body["trusts"])


def stack(caller: Caller, trust: str = "") -> Stack:
    return Stack(
        id="s",
        name="s",
        owner=caller.owner,
        generation=1,
        action=Action.CREATE,
        status=Status.IN_PROGRESS,
        reason="",
        definition=Definition(""),
        trust=trust,
    )


def test_a_token_tells_who_asks_and_is_remembered_for_a_minute() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        assert caller.owner.username == "demo"
        assert caller.project_name == "demo"
        assert "member" in caller.roles
        assert not caller.is_admin
        assert (await office.caller("admin")).is_admin
        before = bench.wire.count()
        await office.authenticator.authenticate(caller.token)
        assert bench.wire.count() == before
        await bench.clock.sleep(61)
        await office.authenticator.authenticate(caller.token)
        assert bench.wire.count() == before + 1

    on_sandbox(story)


def test_bad_tokens_are_refused() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        for token in ("", "nonsense"):
            with pytest.raises(Unauthenticated):
                await office.authenticator.authenticate(token)
        caller = await office.caller()
        await bench.clock.sleep(200)
        with pytest.raises(Unauthenticated):
            await office.authenticator.authenticate(caller.token)

    on_sandbox(story, sandbox=SandboxSettings.instant(token_lifetime=100.0))


def test_a_token_without_a_project_is_forbidden() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        credential = PluginCredential(
            lambda: v3.Password(
                AUTH_URL,
                username="demo",
                password="sandbox",
                user_domain_name="Default",
                unscoped=True,
            ),
            transport=bench.wire,
            executor=bench.executor,
            timeout=60,
        )
        identity = await credential.log_in()
        with pytest.raises(Forbidden, match="no project"):
            await Office(bench).authenticator.authenticate(identity.token)

    on_sandbox(story)


def test_a_keystone_that_is_down_is_not_the_callers_fault() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        token = (await bench.account().identity(ON_LINE)).token
        sandbox.faults.add(Fault(service="identity", status=503, count=0))
        with pytest.raises(CloudError):
            await office.authenticator.authenticate(token)
        assert bench.clock.monotonic() < 5

    on_sandbox(story)


def test_a_delegation_is_shared_counted_and_ends_with_its_last_stack() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        first, second = await asyncio.gather(
            office.authenticator.delegate(caller), office.authenticator.delegate(caller)
        )
        assert first == second
        other = await office.authenticator.delegate(await office.caller("alt_demo"))
        assert other != first
        trusts = await office.trusts()
        assert len(trusts) == 2
        assert all(trust["impersonation"] for trust in trusts)
        await office.authenticator.drop(first)
        assert len(await office.trusts()) == 2
        await office.authenticator.drop(first)
        assert [trust["id"] for trust in await office.trusts()] == [
            office.rows.rows[other].trust_id
        ]
        assert list(office.rows.rows) == [other]
        again = await office.authenticator.delegate(caller)
        assert again != first
        assert len(await office.trusts()) == 2

    on_sandbox(story)


def test_a_stack_acts_as_its_owner_when_the_owners_token_is_long_gone() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        row = await office.authenticator.delegate(caller)
        await bench.clock.sleep(1000)
        cloud = office.clouds.for_stack(stack(caller, row), unguarded)
        assert (cloud.project_id, cloud.user_id) == (
            caller.owner.project_id,
            caller.owner.user_id,
        )
        net = await cloud.create(NETS, {"name": "late"})
        assert net["project_id"] == caller.owner.project_id
        await bench.clock.sleep(1000)
        await cloud.delete(NETS, net["id"])
        with pytest.raises(LoginFailed):
            await office.clouds.for_caller(caller).list(NETS)

    on_sandbox(story, sandbox=SandboxSettings.instant(token_lifetime=300.0))


def test_stacks_of_one_delegation_share_a_session() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        row = await office.authenticator.delegate(caller)
        clouds = [office.clouds.for_stack(stack(caller, row), unguarded) for _ in range(10)]
        bench.wire.requests.clear()
        await asyncio.gather(
            *(cloud.create(NETS, {"name": f"n{n}"}) for n, cloud in enumerate(clouds))
        )
        assert bench.wire.count("POST /network") == 1
        assert bench.wire.count("POST /identity") == 1

    on_sandbox(story)


def test_a_stack_whose_calls_will_come_logs_in_meanwhile() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        row = await office.authenticator.delegate(caller)
        bench.wire.requests.clear()
        office.clouds.expect(stack(caller, row))
        office.clouds.expect(stack(caller, row))
        await bench.clock.sleep(1)
        assert bench.wire.log == ["POST /identity/v3/auth/tokens"]
        await office.clouds.for_stack(stack(caller, row), unguarded).create(NETS, {"name": "n"})
        assert bench.wire.count("POST /identity") == 1

    on_sandbox(story)


@pytest.mark.parametrize(("lifetime", "logins"), [(3000.0, 0), (300.0, 1)])
def test_while_the_callers_token_lives_long_nobody_logs_in_with_the_delegation(
    lifetime: float, logins: int
) -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        row = await office.authenticator.delegate(caller)
        await office.clouds.for_caller(caller).list(NETS)  # as checking a template does
        bench.wire.requests.clear()
        office.clouds.expect(stack(caller, row), caller)
        cloud = office.clouds.for_stack(stack(caller, row), unguarded)
        net = await cloud.create(NETS, {"name": "early"})
        assert bench.wire.count("POST /identity") == logins
        await bench.clock.sleep(2 * lifetime)
        await cloud.delete(NETS, net["id"])
        assert bench.wire.count("POST /identity") == logins + 1

    on_sandbox(story, sandbox=SandboxSettings.instant(token_lifetime=lifetime))


def test_a_token_that_is_revoked_meanwhile_is_replaced_by_the_delegation() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        row = await office.authenticator.delegate(caller)
        await office.clouds.for_caller(caller).list(NETS)
        office.clouds.expect(stack(caller, row), caller)
        revoked = Request(
            "DELETE",
            f"{AUTH_URL}/auth/tokens",
            {"X-Auth-Token": caller.token, "X-Subject-Token": caller.token},
        )
        assert (await bench.wire.send(revoked, timeout=60)).status == 204
        await office.clouds.for_stack(stack(caller, row), unguarded).create(NETS, {"name": "n"})

    on_sandbox(story)


def test_nobody_elses_token_serves_a_stack() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        owner, other = await office.caller(), await office.caller("alt_demo")
        row = await office.authenticator.delegate(owner)
        await office.clouds.for_caller(other).list(NETS)
        office.clouds.expect(stack(owner, row), other)
        net = await office.clouds.for_stack(stack(owner, row), unguarded).create(NETS, {})
        assert net["project_id"] == owner.owner.project_id

    on_sandbox(story)


def test_a_log_in_that_fails_is_told_to_who_calls() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        office.clouds.expect(stack(caller, "nothing"))
        await bench.clock.sleep(1)
        with pytest.raises(LoginFailed):
            await office.clouds.for_stack(stack(caller, "nothing"), unguarded).list(NETS)

    on_sandbox(story)


def test_tokens_that_cant_delegate_name_the_cure() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        row = await office.authenticator.delegate(caller)
        trust_id = office.rows.rows[row].trust_id
        credential = PluginCredential(
            lambda: bench.service_user.plugin(trust_id),
            transport=bench.wire,
            executor=bench.executor,
            timeout=60,
        )
        borrowed = await office.authenticator.authenticate((await credential.log_in()).token)
        with pytest.raises(Forbidden, match="from a trust can't delegate") as caught:
            await office.authenticator.delegate(borrowed)
        assert "log in with user and password" in caught.value.hint
        assert office.rows.rows[row].stacks == 1
        lonely = KeystoneAuthenticator(bench.site, auth_url=AUTH_URL, delegation=None)
        with pytest.raises(Forbidden, match="no service user"):
            await lonely.delegate(await lonely.authenticate(caller.token))

    on_sandbox(story)


def test_a_refused_or_lost_delegation_leaves_no_row() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        path = "/OS-TRUST/trusts"
        sandbox.faults.add(Fault(method="POST", path=path, status=403, message="no"))
        with pytest.raises(Forbidden, match="does not let this token delegate"):
            await office.authenticator.delegate(caller)
        assert office.rows.rows == {}
        sandbox.faults.add(Fault(method="POST", path=path, lost="after"))
        with pytest.raises(LostAnswer):
            await office.authenticator.delegate(caller)
        assert office.rows.rows == {}
        assert len(await office.trusts()) == 1
        assert await office.authenticator.sweep() == []
        await bench.clock.sleep(GRACE)
        assert len(await office.authenticator.sweep()) == 1
        assert await office.trusts() == []

    on_sandbox(story)


def test_the_sweep_spares_what_is_used_and_what_is_not_ours() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        ours, theirs = Office(bench), Office(bench, installation="there")
        caller = await ours.caller()
        kept = await ours.authenticator.delegate(caller)
        await theirs.authenticator.delegate(await theirs.caller("alt_demo"))
        unused = await ours.authenticator.delegate(await ours.caller("alt_demo"))
        await ours.rows.unuse(unused)
        assert len(await ours.trusts()) == 3
        for _ in range(3):
            await ours.authenticator.sweep()
            await bench.clock.sleep(GRACE)
        assert list(ours.rows.rows) == [kept]
        assert len(await ours.trusts()) == 2

    on_sandbox(story)


def test_local_mode_acts_with_its_own_credentials() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        account = bench.account()
        authenticator = LocalAuthenticator(account)
        clouds = OpenStackClouds(bench.site, local=account)
        caller = await authenticator.authenticate("")
        assert caller.owner.username == "demo"
        assert caller.token == ""
        assert await authenticator.delegate(caller) == ""
        await clouds.for_caller(caller).list(NETS)
        await clouds.for_stack(stack(caller), unguarded).list(NETS)
        assert bench.wire.count("POST /identity") == 1

    on_sandbox(story)


def test_local_mode_without_a_cloud() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        caller = await LocalAuthenticator(None).authenticate("")
        assert caller.owner.project_id == "local"
        with pytest.raises(LoginFailed, match="no cloud is chosen"):
            await OpenStackClouds(bench.site).for_caller(caller).list(NETS)

    on_sandbox(story)


def test_the_catalogs_entry_is_made_once_and_taken_out() -> None:
    url = "http://calor.invalid/v1/%(project_id)s"

    async def story(bench: Bench, sandbox: Sandbox) -> None:
        admin = bench.cloud(bench.account("admin", "admin"))
        entry = await register(admin, url=url, region="RegionOne")
        assert await register(admin, url=url, region="RegionOne") == entry
        assert await bench.cloud().supports("orchestration", "")
        with pytest.raises(Conflict, match="another orchestration"):
            await register(admin, url="http://other.invalid/v1", region="RegionOne")
        with pytest.raises(Forbidden, match="may not change its catalog"):
            await register(bench.cloud(), url=url, region="RegionOne")
        await unregister(admin, entry)
        await unregister(admin, entry)
        assert not await bench.cloud().supports("orchestration", "")
        assert sandbox.leftovers() == []

    on_sandbox(story)

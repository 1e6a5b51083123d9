"""Tokens and delegations of callers, on a simulated Keystone."""

from __future__ import annotations

import asyncio

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
from calor.base.settings import Settings
from calor.cloud.authenticator import KeystoneAuthenticator, LocalAuthenticator
from calor.cloud.catalog_entry import register, unregister
from calor.cloud.clouds import OpenStackClouds
from calor.cloud.delegation import GRACE
from calor.cloud.login import PluginCredential
from calor.cloud.pace import ON_LINE
from calor.cloud.session import unguarded
from calor.sandbox.core import Sandbox
from calor.sandbox.faults import Fault
from calor.sandbox.settings import SandboxSettings
from ports.office import Office, stack
from support.clouded import AUTH_URL, NETS, Bench, on_sandbox

KEPT = Settings().trust_kept


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
        await bench.clock.sleep(KEPT + 1)
        assert len(await office.trusts()) == 2
        await office.authenticator.drop(first)
        await bench.clock.sleep(KEPT + 1)
        assert [trust["id"] for trust in await office.trusts()] == [
            office.rows.rows[other].trust_id
        ]
        assert list(office.rows.rows) == [other]
        again = await office.authenticator.delegate(caller)
        assert again != first
        assert len(await office.trusts()) == 2

    on_sandbox(story)


def test_a_delegation_that_the_last_stack_left_serves_the_one_that_follows_soon() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        row = await office.authenticator.delegate(caller)
        for _ in range(3):
            await office.authenticator.drop(row)
            await bench.clock.sleep(KEPT / 2)
            assert await office.authenticator.delegate(caller) == row
        await bench.clock.sleep(KEPT + 1)
        assert office.rows.rows[row].stacks == 1
        assert len(await office.trusts()) == 1

    on_sandbox(story)


def test_who_closes_gives_back_what_was_only_kept() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        mine = await office.authenticator.delegate(await office.caller())
        used = await office.authenticator.delegate(await office.caller("alt_demo"))
        await office.authenticator.drop(mine)
        assert len(await office.trusts()) == 2
        await office.authenticator.close()
        assert [trust["id"] for trust in await office.trusts()] == [office.rows.rows[used].trust_id]

    on_sandbox(story)


def test_a_keystone_that_does_not_answer_holds_no_closing_up() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        row = await office.authenticator.delegate(await office.caller())
        await office.authenticator.drop(row)
        sandbox.faults.add(Fault(service="keystone", delay=50.0, count=0))
        began = bench.clock.monotonic()
        await office.authenticator.close()
        assert bench.clock.monotonic() - began < 6

    on_sandbox(story)


def test_who_delegates_hears_when_only_keystone_is_waited_for() -> None:
    async def story(bench: Bench, sandbox: Sandbox) -> None:
        office = Office(bench)
        caller = await office.caller()
        sandbox.faults.add(Fault(method="POST", path="trusts", delay=1.0))
        heard: list[float] = []

        async def delegate() -> float:
            await office.authenticator.delegate(
                caller, asked=lambda: heard.append(bench.clock.monotonic())
            )
            return bench.clock.monotonic()

        began = bench.clock.monotonic()
        ended = await asyncio.gather(delegate(), delegate())
        assert len(heard) == 2
        assert all(moment < began + 1 <= end for moment in heard for end in ended)

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

"""How stacks act in the cloud: by their delegation, or their caller's token."""

from __future__ import annotations

import asyncio

import pytest

from calor.base.errors import LoginFailed
from calor.base.wire import Request
from calor.cloud.session import unguarded
from calor.sandbox.core import Sandbox
from calor.sandbox.settings import SandboxSettings
from ports.office import Office, stack
from support.clouded import AUTH_URL, NETS, Bench, on_sandbox


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

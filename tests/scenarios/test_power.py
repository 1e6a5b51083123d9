"""On whose behalf the engine acts: tokens, trusts."""

from __future__ import annotations

from calor.base.settings import Settings
from scenarios.stage import Stage, scenario

KEPT = Settings().trust_kept

NET = "resources: {net: {type: OS::Neutron::Net}}"


@scenario(delays={"volume_create": 300.0}, only_sandbox="its tokens live for hours")
async def test_tokens_expire_in_the_middle(stage: Stage) -> None:
    sandbox = stage.world.sandbox
    sandbox.settings = sandbox.settings.changed({"token_lifetime": 100.0})
    stack = await stage.create(
        """
        resources:
          volume: {type: OS::Cinder::Volume, properties: {size: 1}}
          net: {type: OS::Neutron::Net, depends_on: volume}
        """
    )
    assert (stack.state, stack.reason) == (
        "CREATE_COMPLETE",
        "Stack CREATE completed successfully",
    )


@scenario(delays={"volume_create": 50.0})
async def test_a_token_that_is_revoked_is_renewed(stage: Stage) -> None:
    stage.fail(method="POST", path="networks", status=401, count=1)
    stack = await stage.create(NET)
    assert stack.state == "CREATE_COMPLETE"


@scenario()
async def test_the_last_stack_takes_the_trust_with_it(stage: Stage) -> None:
    await stage.create(NET, name="one")
    await stage.create(NET, name="two")
    assert stage.trusts() == 1
    await stage.delete("one")
    await stage.wait(5)
    assert stage.trusts() == 1
    await stage.delete("two")
    assert stage.trusts() == 1
    await stage.world.clock.sleep(KEPT + 10)
    assert stage.trusts() == 0


@scenario()
async def test_a_stack_that_follows_soon_goes_on_with_the_trust(stage: Stage) -> None:
    await stage.create(NET, name="one")
    trust = stage.things("trust")
    assert len(trust) == 1
    await stage.delete("one")
    await stage.create(NET, name="two")
    await stage.world.clock.sleep(KEPT + 5)
    assert stage.things("trust") == trust
    await stage.delete("two")


@scenario()
async def test_a_moment_that_an_older_trust_has_is_left_to_it(stage: Stage) -> None:
    stage.fail(method="POST", path="OS-TRUST/trusts", status=409, message="Duplicate entry")
    assert (await stage.create(NET)).state == "CREATE_COMPLETE"
    assert stage.trusts() == 1
    await stage.delete()

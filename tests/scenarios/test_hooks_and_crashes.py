"""A pause at a hook outlives its engine; what is cleared while none runs goes on with the next."""

from __future__ import annotations

import pytest

from calor.base.settings import Settings
from scenarios.hooks import GROUP, NET, clear, hooked, paused, reasons
from scenarios.stage import Stage, scenario
from support.troubles import Kill, PlannedKill


async def kill(stage: Stage) -> None:
    assert stage.world.calor is not None
    stage.world.kill(stage.world.calor)


@pytest.mark.parametrize("hook", ["pre-create", "post-create"])
def test_a_pause_outlives_its_engine(hook: str) -> None:
    @scenario()
    async def story(stage: Stage) -> None:
        await stage.begin(NET, environment=hooked("net", hooks=["pre-create", "post-create"]))
        await paused(stage, "net pre-create")
        if hook == "post-create":
            await clear(stage, "net", "pre-create")
            await paused(stage, "net post-create")
        await kill(stage)
        await paused(stage, f"net {hook}")
        await clear(stage, "net", hook)
        if hook == "pre-create":
            await paused(stage, "net post-create")
            await clear(stage, "net", "post-create")
        assert (await stage.end()).state == "CREATE_COMPLETE"
        assert len(await reasons(stage, "net")) == 4
        assert stage.things("network") == ["one"]

    story()


@pytest.mark.parametrize("hook", ["pre-delete", "post-delete"])
def test_a_paused_deletion_outlives_its_engine(hook: str) -> None:
    @scenario()
    async def story(stage: Stage) -> None:
        await stage.create(NET, environment=hooked("subnet", hooks=hook))
        await stage.begin_delete()
        await paused(stage, f"subnet {hook}")
        await kill(stage)
        await paused(stage, f"subnet {hook}")
        await clear(stage, "subnet", hook)
        assert (await stage.end()).state == "DELETE_COMPLETE"
        assert len(await reasons(stage, "subnet")) == 2

    story()


@pytest.mark.parametrize("nth", range(1, 9))
@pytest.mark.parametrize("when", [Kill.BEFORE_COMMIT, Kill.AFTER_COMMIT])
def test_each_hook_stops_once_whenever_the_engine_is_killed(when: Kill, nth: int) -> None:
    @scenario(only_sandbox="a kill may strike who clears, when others' calls take their own time")
    async def story(stage: Stage) -> None:
        hooks = ["pre-update", "post-update"]
        await stage.create(NET)
        await stage.begin_update(
            NET, environment=hooked("net", hooks=hooks), parameters={"name": "two"}
        )
        stage.world.troubles.armed = True
        stage.world.troubles.kills.append(PlannedKill(when, nth))
        for hook in hooks:
            await paused(stage, f"net {hook}")
            await clear(stage, "net", hook)
        assert (await stage.end()).state == "UPDATE_COMPLETE"
        assert len(await reasons(stage, "net")) == 4
        assert stage.things("network") == ["two"]
        stage.world.troubles.armed = False

    story()


@scenario(restart=False, settings=Settings(call_timeout=10.0, lease_duration=30.0))
async def test_what_was_cleared_while_no_engine_ran_goes_on(stage: Stage) -> None:
    await stage.begin(NET, environment=hooked("net", hooks="pre-create"))
    await paused(stage, "net pre-create")
    world = stage.world
    stack = await stage.stack()
    await kill(stage)
    assert await world.operations.clear(stack.id, "net", "pre-create")
    assert not await world.operations.clear(stack.id, "net", "pre-create")
    world.start_calor("another")
    assert (await stage.end()).state == "CREATE_COMPLETE"


@scenario()
async def test_what_another_process_cleared_goes_on_without_a_hint(stage: Stage) -> None:
    await stage.begin(GROUP, environment=hooked("group", "1", hooks="pre-create"))
    await paused(stage, "1 pre-create")
    child = await stage.child("group")
    assert await stage.world.operations.clear(child.id, "1", "pre-create")
    assert (await stage.end()).state == "CREATE_COMPLETE"

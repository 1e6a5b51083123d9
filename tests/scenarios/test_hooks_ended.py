"""What ends a pause at a hook, but clearing it: what is asked next, time, and failure."""

from __future__ import annotations

import pytest

from calor.base.errors import NotFound, UserError
from scenarios.hooks import GROUP, NET, clear, hooked, paused
from scenarios.stage import Stage, scenario


@scenario()
async def test_a_delete_takes_over_from_a_paused_create(stage: Stage) -> None:
    await stage.begin(NET, environment=hooked("net", hooks="pre-create"))
    await paused(stage, "net pre-create")
    assert (await stage.delete()).state == "DELETE_COMPLETE"
    assert stage.things() == []
    with pytest.raises(NotFound):
        await clear(stage, "net", "pre-create")


@scenario()
async def test_a_delete_takes_over_from_a_paused_member(stage: Stage) -> None:
    await stage.begin(GROUP, environment=hooked("group", "1", hooks="post-create"))
    await paused(stage, "1 post-create")
    assert (await stage.delete()).state == "DELETE_COMPLETE"


@scenario()
async def test_an_update_takes_over_from_a_paused_create(stage: Stage) -> None:
    await stage.begin(NET, environment=hooked("net", hooks=["pre-create", "pre-update"]))
    await paused(stage, "net pre-create")
    stack = await stage.update(NET, parameters={"name": "two"})
    assert stack.state == "UPDATE_COMPLETE"
    assert stage.things("network") == ["two"]
    assert (await stage.row("net")).state == "CREATE_COMPLETE"


@scenario()
async def test_the_next_update_waits_again(stage: Stage) -> None:
    await stage.create(NET)
    hooks = hooked("net", hooks="pre-update")
    for name in ("two", "three"):
        await stage.begin_update(NET, environment=hooks, parameters={"name": name})
        await paused(stage, "net pre-update")
    with pytest.raises(UserError, match="does not wait"):
        await clear(stage, "net", "post-update")
    await clear(stage, "net", "pre-update")
    assert (await stage.end()).state == "UPDATE_COMPLETE"
    assert stage.things("network") == ["three"]
    await stage.begin_update(NET, environment=hooks, parameters={"name": "four"})
    await paused(stage, "net pre-update")


@scenario()
async def test_a_pause_ends_with_the_stacks_time(stage: Stage) -> None:
    hooks = hooked("net", hooks="pre-create")
    await stage.begin(NET, environment=hooks, timeout=120.0)
    await paused(stage, "net pre-create")
    stack = await stage.end()
    assert stack.state == "CREATE_FAILED"
    assert stack.reason == "Create timed out while hooks held net (pre-create)"
    with pytest.raises(UserError, match="does not wait"):
        await clear(stage, "net", "pre-create")
    assert (await stage.update(NET)).state == "UPDATE_COMPLETE"


@scenario()
async def test_a_deletion_that_timed_out_has_harmed_nothing(stage: Stage) -> None:
    hooks = hooked("subnet", hooks="pre-delete")
    await stage.create(NET, environment=hooks, timeout=120.0)
    there = (await stage.row("subnet")).physical_id
    await stage.begin_delete()
    assert (await stage.end()).state == "DELETE_FAILED"
    assert (await stage.row("subnet")).state == "CREATE_COMPLETE"
    assert (await stage.row("subnet")).physical_id == there
    await stage.begin_delete()
    await paused(stage, "subnet pre-delete")
    await clear(stage, "subnet", "pre-delete")
    assert (await stage.end()).state == "DELETE_COMPLETE"


@scenario()
async def test_a_failure_elsewhere_rolls_back_what_waits(stage: Stage) -> None:
    template = NET + "      bad: {type: OS::Heat::TestResource, properties: {fail: true}}\n"
    hooks = hooked("*net", hooks=["pre-create", "post-delete"])
    stack = await stage.create(template, environment=hooks, disable_rollback=False)
    assert stack.state == "ROLLBACK_COMPLETE"
    assert stage.things() == []


@scenario()
async def test_a_rollback_does_not_wait(stage: Stage) -> None:
    await stage.create(NET, environment=hooked("net", hooks=["pre-update", "post-update"]))
    await stage.begin_update(NET, parameters={"name": "two"})
    stack = await stage.stack()
    await stage.world.ask(lambda calor: calor.service.accept.cancel_update(stack))
    assert (await stage.end()).state == "ROLLBACK_COMPLETE"
    assert stage.things("network") == ["one"]

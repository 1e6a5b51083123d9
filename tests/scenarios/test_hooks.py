"""Resources wait at the hooks of their environment until somebody lets them go on."""

from __future__ import annotations

from typing import Any

import pytest

from calor.base.errors import NotFound, UserError
from calor.base.settings import Settings
from calor.model.stack import Stack
from calor.model.states import Action, Status
from scenarios.stage import Stage, scenario
from support.troubles import Kill, PlannedKill

NET = """
    parameters: {name: {type: string, default: one}, cidr: {type: string, default: 10.1.2.0/24}}
    resources:
      net: {type: OS::Neutron::Net, properties: {name: {get_param: name}}}
      subnet:
        type: OS::Neutron::Subnet
        properties: {network: {get_resource: net}, cidr: {get_param: cidr}}
      other: {type: OS::Neutron::Router}
"""
GROUP = """
    parameters: {word: {type: string, default: one}}
    resources:
      group:
        type: OS::Heat::ResourceGroup
        properties:
          count: 2
          resource_def: {type: OS::Heat::TestResource, properties: {value: {get_param: word}}}
"""


def hooked(*path: str, **hooks: Any) -> dict[str, Any]:
    """An environment with hooks for the resource at a path."""
    tree: dict[str, Any] = {"hooks": hooks["hooks"]}
    for name in reversed(path):
        tree = {name: tree}
    return {"resource_registry": {"resources": tree}}


async def paused(stage: Stage, *wanted: str, name: str = "app") -> None:
    """Waits until just these resources, as `NAME HOOK`, are paused, and all else rests."""
    for _ in range(40):  # an engine that takes over may have to wait for calls of the dead one
        await stage.wait(5)
        stack = await stage.stack(name)
        assert stack.status is Status.IN_PROGRESS, stack.reason
        if await waiting(stage, stack) == sorted(wanted):
            return
    assert await waiting(stage, stack) == sorted(wanted)


async def waiting(stage: Stage, stack: Stack) -> list[str]:
    found = await stage.world.ask(lambda calor: calor.service.read.resources(stack, depth=5))
    return sorted(f"{view.resource.name} {view.hook}" for view in found if view.hook)


async def clear(stage: Stage, resource: str, hook: str, stack: Stack | None = None) -> None:
    there = stack or await stage.stack()
    await stage.world.ask(lambda calor: calor.service.hooks.clear(there, resource, hook))


async def reasons(stage: Stage, resource: str) -> list[str]:
    """What the resource's events say, as `STATE reason`, but for mere changes of its state."""
    return [
        f"{event.action}_{event.status} {event.reason}"
        for event in await stage.events()
        if event.name == resource and event.reason not in ("", "state changed")
    ]


@scenario()
async def test_a_creation_waits_before_it_begins(stage: Stage) -> None:
    await stage.begin(NET, environment=hooked("net", hooks="pre-create"))
    await paused(stage, "net pre-create")
    assert await stage.states() == {"net": "INIT_COMPLETE", "other": "CREATE_COMPLETE"}
    assert stage.things("network") == []
    await clear(stage, "net", "pre-create")
    stack = await stage.end()
    assert stack.state == "CREATE_COMPLETE"
    assert set((await stage.states()).values()) == {"CREATE_COMPLETE"}
    assert await reasons(stage, "net") == [
        "INIT_COMPLETE CREATE paused until Hook pre-create is cleared",
        "INIT_COMPLETE Hook pre-create is cleared",
    ]
    assert stage.things("network") == ["one"]


@scenario()
async def test_a_creation_waits_when_it_is_done(stage: Stage) -> None:
    await stage.begin(NET, environment=hooked("n*", hooks=["post-create", "pre-update"]))
    await paused(stage, "net post-create")
    assert stage.things("network") == ["one"]
    assert "subnet" not in await stage.states()
    await clear(stage, "net", "post-create")
    assert (await stage.end()).state == "CREATE_COMPLETE"
    assert await reasons(stage, "net") == [
        "CREATE_COMPLETE CREATE paused until Hook post-create is cleared",
        "CREATE_COMPLETE Hook post-create is cleared",
    ]


@scenario()
async def test_an_update_waits_before_and_after(stage: Stage) -> None:
    await stage.create(NET)
    hooks = hooked("net", hooks=["pre-update", "post-update"])
    await stage.begin_update(NET, environment=hooks, parameters={"name": "two"})
    await paused(stage, "net pre-update")
    assert (await stage.row("net")).state == "CREATE_COMPLETE"
    assert stage.things("network") == ["one"]
    await clear(stage, "net", "pre-update")
    await paused(stage, "net post-update")
    assert stage.things("network") == ["two"]
    await clear(stage, "net", "post-update")
    assert (await stage.end()).state == "UPDATE_COMPLETE"
    assert await reasons(stage, "net") == [
        "CREATE_COMPLETE UPDATE paused until Hook pre-update is cleared",
        "CREATE_COMPLETE Hook pre-update is cleared",
        "UPDATE_COMPLETE UPDATE paused until Hook post-update is cleared",
        "UPDATE_COMPLETE Hook post-update is cleared",
    ]


@scenario()
async def test_an_update_waits_before_what_stays_too(stage: Stage) -> None:
    await stage.create(NET)
    hooks = hooked("net", hooks=["pre-update", "post-update"])
    await stage.begin_update(NET, environment=hooks)
    await paused(stage, "net pre-update")
    await clear(stage, "net", "pre-update")
    assert (await stage.end()).state == "UPDATE_COMPLETE"
    assert (await stage.row("net")).state == "CREATE_COMPLETE"


@scenario()
async def test_a_replacement_waits_once_whichever_goes_first(stage: Stage) -> None:
    """The subnet's old one has to go first: its addresses are the new one's too."""
    await stage.create(NET)
    old = (await stage.row("subnet")).physical_id
    hooks = hooked("subnet", hooks=["pre-update", "post-update", "pre-create", "pre-delete"])
    await stage.begin_update(NET, environment=hooks, parameters={"cidr": "10.1.0.0/16"})
    await paused(stage, "subnet pre-update")
    assert (await stage.row("subnet")).physical_id == old
    assert len(stage.things("subnet")) == 1
    await clear(stage, "subnet", "pre-update")
    assert (await stage.end()).state == "UPDATE_COMPLETE"
    assert (await stage.row("subnet")).physical_id != old
    assert len(stage.things("subnet")) == 1


@scenario()
async def test_what_an_update_creates_does_not_wait(stage: Stage) -> None:
    await stage.create("resources: {other: {type: OS::Neutron::Router}}")
    hooks = hooked("*", hooks=["pre-create", "post-create", "post-update"])
    assert (await stage.update(NET, environment=hooks)).state == "UPDATE_COMPLETE"


@scenario()
async def test_a_deletion_waits_before_and_after(stage: Stage) -> None:
    await stage.begin(NET, environment=hooked("subnet", hooks=["pre-delete", "post-delete"]))
    assert (await stage.end()).state == "CREATE_COMPLETE"
    await stage.begin_delete()
    await paused(stage, "subnet pre-delete")
    assert sorted(await stage.states()) == ["net", "subnet"]
    assert len(stage.things("subnet")) == 1
    await clear(stage, "subnet", "pre-delete")
    await paused(stage, "subnet post-delete")
    assert stage.things("subnet") == []
    assert (await stage.states())["subnet"] == "DELETE_COMPLETE"
    assert stage.things("network") == ["one"]
    await clear(stage, "subnet", "post-delete")
    assert (await stage.end()).state == "DELETE_COMPLETE"
    assert stage.things() == []
    assert await stage.rows() == {}
    assert (await stage.told()).count("subnet DELETE_COMPLETE") == 3
    assert await reasons(stage, "subnet") == [
        "CREATE_COMPLETE DELETE paused until Hook pre-delete is cleared",
        "CREATE_COMPLETE Hook pre-delete is cleared",
        "DELETE_COMPLETE DELETE paused until Hook post-delete is cleared",
        "DELETE_COMPLETE Hook post-delete is cleared",
    ]


@scenario()
async def test_members_of_a_group_wait(stage: Stage) -> None:
    await stage.begin(GROUP, environment=hooked("gr*", "1", hooks="pre-create"))
    await paused(stage, "1 pre-create")
    child = await stage.child("group")
    assert child.state == "CREATE_IN_PROGRESS"
    assert {row.state for row in (await stage.members(child)).values()} == {
        "CREATE_COMPLETE",
        "INIT_COMPLETE",
    }
    await clear(stage, "1", "pre-create", child)
    assert (await stage.end()).state == "CREATE_COMPLETE"
    hooks = hooked("group", "*", hooks="pre-update")
    await stage.begin_update(GROUP, environment=hooks, parameters={"word": "two"})
    await paused(stage, "0 pre-update", "1 pre-update")
    for member in ("0", "1"):
        await clear(stage, member, "pre-update", await stage.child("group"))
    assert (await stage.end()).state == "UPDATE_COMPLETE"


@scenario()
async def test_a_nested_deletion_waits(stage: Stage) -> None:
    await stage.create(GROUP, environment=hooked("group", "0", hooks="pre-delete"))
    await stage.begin_delete()
    await paused(stage, "0 pre-delete")
    await clear(stage, "0", "pre-delete", await stage.child("group"))
    assert (await stage.end()).state == "DELETE_COMPLETE"


# --- what ends a pause but clearing it ----------------------------------------------------------


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


# --- crashes ------------------------------------------------------------------------------------


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


# --- what is told -------------------------------------------------------------------------------


@scenario()
async def test_a_plan_tells_where_it_will_wait(stage: Stage) -> None:
    hooks = hooked("*", hooks=["pre-create", "pre-update", "post-update"])
    await stage.begin(NET, environment=hooks)
    await stage.wait(10)
    stack = await stage.stack()
    _, plan = await stage.world.ask(lambda calor: calor.service.read.plan(stack))
    assert {change.name: change.hooks for change in plan.changes} == {
        "net": ("pre-create",),
        "subnet": ("pre-create",),
        "other": ("pre-create",),
    }
    await stage.delete()


@scenario()
async def test_clearing_what_does_not_wait_is_refused(stage: Stage) -> None:
    await stage.begin(NET, environment=hooked("net", hooks="pre-create"))
    await paused(stage, "net pre-create")
    for name, hook, message in [
        ("net", "pre-update", "does not wait"),
        ("other", "pre-create", "does not wait"),
        ("net", "pre-craete", "no hook"),
        ("net", None, "no hook"),
        ("nat", "pre-create", "no resource"),
    ]:
        with pytest.raises(UserError, match=message):
            await clear(stage, name, hook)  # type: ignore[arg-type]  # what a body may hold
    await clear(stage, "net", "pre-create")
    with pytest.raises(UserError, match="does not wait"):
        await clear(stage, "net", "pre-create")
    assert (await stage.stack()).action is Action.CREATE
    assert (await stage.end()).state == "CREATE_COMPLETE"

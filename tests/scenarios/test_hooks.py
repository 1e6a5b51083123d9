"""Resources wait at the hooks of their environment until somebody lets them go on, and that is
told.
"""

from __future__ import annotations

import pytest

from calor.base.errors import UserError
from calor.model.states import Action
from scenarios.hooks import GROUP, NET, clear, hooked, paused, reasons
from scenarios.stage import Stage, scenario


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
async def test_a_deletion_tells_before_it_begins_what_will_wait_and_what_stays(
    stage: Stage,
) -> None:
    template = NET.replace("other: {", "other: {deletion_policy: retain, ")
    hooks = hooked("*net", hooks=["pre-create", "pre-delete", "post-delete"])
    await stage.create("resources: {}")
    await stage.update(template, environment=hooks)
    stack = await stage.stack()
    plan = await stage.world.ask(lambda calor: calor.service.check.plan_delete(stack))
    told = {change.name: (change.hooks, change.decision.reason) for change in plan.changes}
    assert told == {
        "subnet": (("pre-delete", "post-delete"), ""),
        "net": (("pre-delete", "post-delete"), ""),
        "other": ((), "its deletion policy keeps it in the cloud"),
    }
    order = list(told)
    assert order.index("subnet") < order.index("net")
    await stage.begin_delete()
    for name in ("subnet", "net"):
        for hook in told[name][0]:
            await paused(stage, f"{name} {hook}")
            await clear(stage, name, hook)
    assert (await stage.end()).state == "DELETE_COMPLETE"
    assert len(stage.things("router")) == len(stage.things()) == 1


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

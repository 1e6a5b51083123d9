"""The newest operation wins, at once."""

from __future__ import annotations

from scenarios.stage import Stage, scenario

SLOW = """
    parameters: {name: {type: string, default: one}}
    resources:
      net: {type: OS::Neutron::Net, properties: {name: {get_param: name}}}
      slow: {type: OS::Cinder::Volume, properties: {size: 1}, depends_on: net}
      last: {type: OS::Neutron::Router, depends_on: slow}
"""


@scenario(delays={"volume_create": 30.0})
async def test_a_delete_takes_over_from_a_create(stage: Stage) -> None:
    await stage.begin(SLOW)
    await stage.wait(5)
    assert (await stage.stack()).state == "CREATE_IN_PROGRESS"
    await stage.begin_delete()
    assert (await stage.stack()).state == "DELETE_IN_PROGRESS"
    stack = await stage.end()
    assert stack.state == "DELETE_COMPLETE"
    assert stage.things() == []
    assert "last CREATE_IN_PROGRESS" not in await stage.told()


@scenario(delays={"volume_create": 30.0})
async def test_an_update_takes_over_from_a_create(stage: Stage) -> None:
    await stage.begin(SLOW)
    volume = await stage.made("slow")
    stack = await stage.update(SLOW, parameters={"name": "two"})
    assert stack.state == "UPDATE_COMPLETE"
    net = await stage.row("net")
    assert stage.show(f"/network/v2.0/networks/{net.physical_id}")["name"] == "two"
    assert (await stage.row("slow")).physical_id == volume
    assert len(stage.things("volume")) == 1


@scenario(delays={"volume_create": 30.0})
async def test_the_last_of_many_updates_wins(stage: Stage) -> None:
    await stage.begin(SLOW)
    for name in ("two", "three", "four"):
        await stage.wait(1)
        await stage.begin_update(SLOW, parameters={"name": name})
    stack = await stage.end()
    assert stack.state == "UPDATE_COMPLETE"
    assert stage.things("network") == ["four"]
    told = await stage.told()
    assert [word for word in told if word.startswith("app UPDATE_")] == [
        *["app UPDATE_IN_PROGRESS"] * 3,
        "app UPDATE_COMPLETE",
    ]


@scenario(delays={"volume_create": 30.0})
async def test_an_update_can_be_cancelled(stage: Stage) -> None:
    await stage.create("resources: {net: {type: OS::Neutron::Net, properties: {name: one}}}")
    await stage.begin_update(SLOW, parameters={"name": "two"})
    await stage.wait(5)
    stack = await stage.stack()
    await stage.world.ask(lambda calor: calor.service.accept.cancel_update(stack))
    stack = await stage.end()
    assert stack.state == "ROLLBACK_COMPLETE"
    assert stack.reason == "Stack ROLLBACK completed successfully"
    await stage.wait(40)
    assert stage.things() == ["one"]


@scenario()
async def test_a_stack_can_be_made_again_under_its_old_name(stage: Stage) -> None:
    first = await stage.create("resources: {net: {type: OS::Neutron::Net}}")
    await stage.delete()
    second = await stage.create("resources: {net: {type: OS::Neutron::Net}}")
    assert second.id != first.id
    assert second.state == "CREATE_COMPLETE"

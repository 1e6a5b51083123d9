"""How operations end that go wrong half-way: what is told then, and what is left."""

from __future__ import annotations

from scenarios.stage import Stage, scenario

HALF = """
    resources:
      text: {type: OS::Heat::Value, properties: {value: said}}
      bad: {type: OS::Heat::TestResource, properties: {fail: true}}
    outputs:
      good: {value: {get_attr: [text, value]}}
      missing: {value: {get_attr: [bad, output]}}
"""


@scenario()
async def test_a_failed_stack_has_the_outputs_that_can_be_had(stage: Stage) -> None:
    stack = await stage.create(HALF)
    assert stack.state == "CREATE_FAILED"
    outputs = {output.name: output for output in stack.outputs}
    assert outputs["good"].value == "said"
    assert outputs["missing"].value is None
    assert outputs["missing"].error


SLOW = """
    parameters: {volume: {type: boolean, default: true}}
    conditions: {wanted: {get_param: volume}}
    resources:
      net: {type: OS::Neutron::Net}
      volume: {type: OS::Cinder::Volume, condition: wanted, properties: {size: 1}}
"""


@scenario(delays={"volume_create": 90.0})
async def test_a_rollback_after_a_timeout_has_its_time_after_a_restart_too(stage: Stage) -> None:
    await stage.create(SLOW, parameters={"volume": False}, timeout=60.0)
    await stage.begin_update(SLOW, timeout=60.0, disable_rollback=False)
    while (await stage.stack()).action != "ROLLBACK":
        await stage.wait(1)
    assert stage.world.calor is not None
    stage.world.kill(stage.world.calor)
    stack = await stage.end()
    assert stack.state == "ROLLBACK_COMPLETE", stack.reason
    await stage.wait(1000)
    assert len(stage.things()) == 1


@scenario(delays={"volume_create": 100.0})
async def test_a_creation_that_is_cancelled_goes_back_to_nothing(stage: Stage) -> None:
    await stage.begin(SLOW)
    await stage.wait(5)
    stack = await stage.stack()
    await stage.world.ask(lambda calor: calor.service.accept.cancel_update(stack))
    stack = await stage.end()
    assert stack.state == "ROLLBACK_COMPLETE"
    assert stage.things() == []
    assert await stage.states() == {}


@scenario(delays={"volume_create": 1000.0})
async def test_nothing_is_in_progress_in_a_stack_that_failed(stage: Stage) -> None:
    await stage.begin(SLOW)
    await stage.wait(5)
    stack = await stage.update(
        """
        resources:
          net: {type: OS::Heat::TestResource, properties: {fail: true}}
          volume: {type: OS::Cinder::Volume, depends_on: net, properties: {size: 1}}
        """
    )
    assert stack.state == "UPDATE_FAILED"
    assert not [state for state in (await stage.states()).values() if "PROGRESS" in state]
    await stage.delete()
    assert stage.things() == []


@scenario()
async def test_a_check_that_is_cut_off_says_nothing(stage: Stage) -> None:
    """No resource is replaced later because nobody found out how it is."""
    template = "resources: {net: {type: OS::Neutron::Net}, two: {type: OS::Neutron::Net}}"
    await stage.create(template)
    stage.fail(method="GET", path="networks", delay=50.0, count=2)
    stack = await stage.stack()
    await stage.world.ask(lambda calor: calor.service.accept.check(stack))
    await stage.wait(1)
    assert (await stage.stack()).state == "CHECK_IN_PROGRESS"
    before = await stage.rows()
    stack = await stage.update(template)
    assert stack.state == "UPDATE_COMPLETE"
    rows = await stage.rows()
    assert {name: row.physical_id for name, row in rows.items()} == {
        name: row.physical_id for name, row in before.items()
    }
    assert not [row for row in rows.values() if row.status == "IN_PROGRESS"]


@scenario(restart=False)
async def test_times_of_events_follow_causes_on_a_host_whose_clock_is_slow(stage: Stage) -> None:
    await stage.create("resources: {net: {type: OS::Neutron::Net}}")
    with stage.world.database.write() as connection:
        connection.exec_driver_sql("UPDATE events SET at = at + 500")
    await stage.update("resources: {net: {type: OS::Neutron::Net, properties: {name: two}}}")
    times = [event.at for event in await stage.events()]
    assert times == sorted(times)

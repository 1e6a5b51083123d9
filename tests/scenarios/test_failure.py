"""What fails, what it takes with it, and how it is mended."""

from __future__ import annotations

from scenarios.stage import Stage, before, scenario

FAILING = """
    parameters:
      fail: {type: boolean, default: true}
    resources:
      net: {type: OS::Neutron::Net}
      bad:
        type: OS::Heat::TestResource
        properties: {fail: {get_param: fail}}
        depends_on: net
      after: {type: OS::Cinder::Volume, properties: {size: 1}, depends_on: bad}
"""


@scenario()
async def test_a_failed_create_is_rolled_back(stage: Stage) -> None:
    stack = await stage.create(FAILING, disable_rollback=False)
    assert stack.state == "ROLLBACK_COMPLETE"
    assert stage.things() == []
    told = await stage.told()
    assert before(told, "bad CREATE_FAILED", "app CREATE_FAILED")
    assert before(told, "app CREATE_FAILED", "app ROLLBACK_IN_PROGRESS")
    assert before(told, "net DELETE_COMPLETE", "app ROLLBACK_COMPLETE")
    assert "after CREATE_IN_PROGRESS" not in told


@scenario()
async def test_a_failed_create_stays_for_a_look_and_is_mended_by_an_update(stage: Stage) -> None:
    stack = await stage.create(FAILING)
    assert stack.state == "CREATE_FAILED"
    assert "bad" in stack.reason
    net = await stage.row("net")
    assert net.state == "CREATE_COMPLETE"
    stack = await stage.update(FAILING, parameters={"fail": False})
    assert stack.state == "UPDATE_COMPLETE"
    assert (await stage.row("net")).physical_id == net.physical_id
    assert sorted(await stage.states()) == ["after", "bad", "net"]


CHANGING = """
    parameters:
      name: {type: string, default: one}
      fail: {type: boolean, default: false}
    resources:
      net: {type: OS::Neutron::Net, properties: {name: {get_param: name}}}
      bad:
        type: OS::Heat::TestResource
        properties: {fail: {get_param: fail}, value: {get_param: name}}
        depends_on: net
    outputs:
      name: {value: {get_attr: [net, name]}}
"""


@scenario()
async def test_a_failed_update_is_rolled_back(stage: Stage) -> None:
    await stage.create(CHANGING, disable_rollback=False)
    net = await stage.row("net")
    stack = await stage.update(
        CHANGING, parameters={"name": "two", "fail": True}, disable_rollback=False
    )
    assert stack.state == "ROLLBACK_COMPLETE"
    assert (await stage.row("net")).physical_id == net.physical_id
    assert stage.show(f"/network/v2.0/networks/{net.physical_id}")["name"] == "one"
    assert await stage.output("name") == "one"
    assert stack.definition.parameters == {}


@scenario()
async def test_a_rolled_back_stack_takes_the_next_update(stage: Stage) -> None:
    await stage.create(CHANGING)
    await stage.update(CHANGING, parameters={"name": "two", "fail": True}, disable_rollback=False)
    stack = await stage.update(CHANGING, parameters={"name": "three"})
    assert stack.state == "UPDATE_COMPLETE"
    assert await stage.output("name") == "three"


@scenario(delays={"volume_create": 5.0})
async def test_a_failure_lets_the_rest_in_flight_finish(stage: Stage) -> None:
    stack = await stage.create(
        """
        resources:
          volume: {type: OS::Cinder::Volume, properties: {size: 1}}
          bad: {type: OS::Heat::TestResource, properties: {fail: true}}
          after: {type: OS::Neutron::Net, depends_on: bad}
        """
    )
    assert stack.state == "CREATE_FAILED"
    states = await stage.states()
    assert states["volume"] == "CREATE_COMPLETE"
    assert states["bad"] == "CREATE_FAILED"
    assert states.get("after", "INIT_COMPLETE") == "INIT_COMPLETE"
    assert stage.things("network") == []


@scenario(delays={"volume_create": 1000.0})
async def test_a_create_times_out(stage: Stage) -> None:
    stack = await stage.create(
        "resources: {volume: {type: OS::Cinder::Volume, properties: {size: 1}}}", timeout=60.0
    )
    assert stack.state == "CREATE_FAILED"
    assert "timed out" in stack.reason.lower()
    await stage.wait(1000)
    await stage.delete()
    assert stage.things() == []


@scenario(delays={"volume_create": 1000.0})
async def test_a_create_that_timed_out_is_rolled_back(stage: Stage) -> None:
    stack = await stage.create(
        """
        resources:
          net: {type: OS::Neutron::Net}
          slow: {type: OS::Heat::TestResource, properties: {action_wait_secs: {create: 900}}}
        """,
        timeout=60.0,
        disable_rollback=False,
    )
    assert stack.state == "ROLLBACK_COMPLETE"
    assert stage.things() == []


@scenario()
async def test_a_server_in_error_is_replaced_by_the_next_update(stage: Stage) -> None:
    template = """
        resources:
          server:
            type: OS::Nova::Server
            properties:
              image: tiny
              flavor: m1.nano
              networks: [{network: private}]
              user_data_format: RAW
    """
    stage.fail(method="POST", path="/servers$", server_error="No valid host was found.")
    stack = await stage.create(template)
    assert stack.state == "CREATE_FAILED"
    assert "No valid host was found." in stack.reason
    broken = await stage.row("server")
    stack = await stage.update(template)
    assert stack.state == "UPDATE_COMPLETE"
    assert (await stage.row("server")).physical_id != broken.physical_id
    assert len(stage.things("server")) == 1


@scenario()
async def test_a_failed_deletion_can_be_asked_for_again(stage: Stage) -> None:
    await stage.create("resources: {net: {type: OS::Neutron::Net}}")
    stage.fail(method="DELETE", path="networks", status=403, count=1)
    stack = await stage.delete()
    assert stack.state == "DELETE_FAILED"
    assert (await stage.states())["net"] == "DELETE_FAILED"
    stack = await stage.delete()
    assert stack.state == "DELETE_COMPLETE"
    assert stage.things() == []


@scenario()
async def test_transient_faults_are_not_seen(stage: Stage) -> None:
    stage.fail(method="POST", path="networks", status=503, headers={"Retry-After": "3"}, count=2)
    stage.fail(method="GET", path="volumes", status=500, count=1)
    stack = await stage.create(
        """
        resources:
          net: {type: OS::Neutron::Net}
          volume: {type: OS::Cinder::Volume, properties: {size: 1}}
        """
    )
    assert stack.state == "CREATE_COMPLETE"
    assert len(stage.things()) == 2


@scenario()
async def test_a_quota_is_told_in_the_clouds_words(stage: Stage) -> None:
    stage.fail(
        method="POST", path="networks", status=409, message="Quota exceeded for resources: network."
    )
    stack = await stage.create("resources: {net: {type: OS::Neutron::Net}}")
    assert stack.state == "CREATE_FAILED"
    assert "Quota exceeded for resources: network." in stack.reason

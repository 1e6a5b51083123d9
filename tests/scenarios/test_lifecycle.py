"""From nothing to a stack and back, with changes between."""

from __future__ import annotations

from scenarios.stage import Stage, before, scenario

NETWORK = """
    resources:
      port:
        type: OS::Neutron::Port
        properties:
          network: {get_resource: net}
          fixed_ips: [{subnet: {get_resource: subnet}}]
      subnet:
        type: OS::Neutron::Subnet
        properties: {network: {get_resource: net}, cidr: 10.1.2.0/24}
      net:
        type: OS::Neutron::Net
        properties: {name: NAME}
    outputs:
      net: {value: {get_resource: net}}
      address: {value: {get_attr: [port, fixed_ips, 0, ip_address]}}
"""


@scenario()
async def test_a_stack_is_created_and_deleted(stage: Stage) -> None:
    stack = await stage.create(NETWORK)
    assert stack.state == "CREATE_COMPLETE"
    assert stage.things("network") == ["NAME"]
    net = await stage.row("net")
    assert await stage.output("net") == net.physical_id
    assert (await stage.output("address")).startswith("10.1.2.")
    stack = await stage.delete()
    assert stack.state == "DELETE_COMPLETE"
    assert stage.things() == []


@scenario()
async def test_events_are_those_of_heat_in_the_order_of_needs(stage: Stage) -> None:
    await stage.create(NETWORK)
    assert await stage.told() == [
        "app CREATE_IN_PROGRESS",
        "net CREATE_IN_PROGRESS",
        "net CREATE_COMPLETE",
        "subnet CREATE_IN_PROGRESS",
        "subnet CREATE_COMPLETE",
        "port CREATE_IN_PROGRESS",
        "port CREATE_COMPLETE",
        "app CREATE_COMPLETE",
    ]
    await stage.delete()
    assert (await stage.told())[8:] == [
        "app DELETE_IN_PROGRESS",
        "port DELETE_IN_PROGRESS",
        "port DELETE_COMPLETE",
        "subnet DELETE_IN_PROGRESS",
        "subnet DELETE_COMPLETE",
        "net DELETE_IN_PROGRESS",
        "net DELETE_COMPLETE",
        "app DELETE_COMPLETE",
    ]


@scenario()
async def test_an_event_tells_the_type_the_id_and_the_properties(stage: Stage) -> None:
    await stage.create(NETWORK)
    net = await stage.row("net")
    begun, done = [item for item in await stage.events() if item.name == "net"]
    assert begun.resource_type == "OS::Neutron::Net"
    assert begun.physical_id == ""
    assert done.physical_id == net.physical_id
    assert done.properties["name"] == "NAME"
    assert begun.at <= done.at


@scenario()
async def test_a_property_changes_in_place(stage: Stage) -> None:
    await stage.create(NETWORK)
    old = await stage.row("net")
    stack = await stage.update(NETWORK.replace("NAME", "other"))
    new = await stage.row("net")
    assert stack.state == "UPDATE_COMPLETE"
    assert new.physical_id == old.physical_id
    assert new.state == "UPDATE_COMPLETE"
    assert (await stage.row("port")).state == "CREATE_COMPLETE"
    assert stage.show(f"/network/v2.0/networks/{new.physical_id}")["name"] == "other"


@scenario()
async def test_an_update_that_changes_nothing_calls_nobody(stage: Stage) -> None:
    await stage.create(NETWORK)
    told = len(await stage.told())
    stage.world.forget_calls()
    stack = await stage.update(NETWORK)
    assert stack.state == "UPDATE_COMPLETE"
    assert (await stage.told())[told:] == ["app UPDATE_IN_PROGRESS", "app UPDATE_COMPLETE"]
    changing = [key for key in stage.world.calls() if key[0] != "GET"]
    assert [key for key in changing if key[1] == "neutron"] == []


RULE = """
    resources:
      group: {type: OS::Neutron::SecurityGroup}
      rule:
        type: OS::Neutron::SecurityGroupRule
        properties:
          security_group: {get_resource: group}
          protocol: tcp
          port_range_min: 80
          port_range_max: 80
"""


@scenario()
async def test_a_replacement_comes_before_the_old_one_goes(stage: Stage) -> None:
    await stage.create(RULE)
    old = await stage.row("rule")
    told = len(await stage.told())
    stack = await stage.update(RULE.replace("80", "443"))
    new = await stage.row("rule")
    assert stack.state == "UPDATE_COMPLETE"
    assert new.physical_id != old.physical_id
    assert (await stage.told())[told:] == [
        "app UPDATE_IN_PROGRESS",
        "rule CREATE_IN_PROGRESS",
        "rule CREATE_COMPLETE",
        "rule DELETE_IN_PROGRESS",
        "rule DELETE_COMPLETE",
        "app UPDATE_COMPLETE",
    ]


KEY = """
    resources:
      key:
        type: OS::Nova::KeyPair
        properties:
          name: mine
          public_key: >-
            ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
"""


@scenario()
async def test_what_is_exclusive_goes_before_its_replacement_comes(stage: Stage) -> None:
    await stage.create(KEY)
    told = len(await stage.told())
    stack = await stage.update(
        KEY.replace(
            "IAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
            "ICAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/",
        )
    )
    assert stack.state == "UPDATE_COMPLETE"
    assert (await stage.told())[told:] == [
        "app UPDATE_IN_PROGRESS",
        "key DELETE_IN_PROGRESS",
        "key DELETE_COMPLETE",
        "key CREATE_IN_PROGRESS",
        "key CREATE_COMPLETE",
        "app UPDATE_COMPLETE",
    ]
    assert "ICAhIiMk" in stage.show("/compute/v2.1/os-keypairs/mine", mine=True)["public_key"]


@scenario()
async def test_what_left_the_template_is_deleted(stage: Stage) -> None:
    await stage.create(NETWORK)
    stack = await stage.update(
        """
        resources:
          net:
            type: OS::Neutron::Net
            properties: {name: NAME}
        """
    )
    assert stack.state == "UPDATE_COMPLETE"
    assert await stage.states() == {"net": "CREATE_COMPLETE"}
    assert stage.things() == ["NAME"]
    told = await stage.told()
    assert before(told, "port DELETE_COMPLETE", "subnet DELETE_IN_PROGRESS")


@scenario()
async def test_depends_on_orders_what_does_not_refer(stage: Stage) -> None:
    await stage.create(
        """
        resources:
          last: {type: OS::Heat::TestResource, depends_on: [middle]}
          middle: {type: OS::Neutron::Net, depends_on: first}
          first: {type: OS::Cinder::Volume, properties: {size: 1}}
        """
    )
    told = await stage.told()
    assert before(told, "first CREATE_COMPLETE", "middle CREATE_IN_PROGRESS")
    assert before(told, "middle CREATE_COMPLETE", "last CREATE_IN_PROGRESS")
    await stage.delete()
    told = await stage.told()
    assert before(told, "last DELETE_COMPLETE", "middle DELETE_IN_PROGRESS")
    assert before(told, "middle DELETE_COMPLETE", "first DELETE_IN_PROGRESS")


@scenario(delays={"server_build": 60.0, "volume_create": 60.0})
async def test_what_is_independent_runs_at_the_same_time(stage: Stage) -> None:
    stack = await stage.create(
        """
        resources:
          server:
            type: OS::Nova::Server
            properties:
              image: tiny
              flavor: m1.nano
              networks: [{network: private}]
              user_data_format: RAW
          one: {type: OS::Cinder::Volume, properties: {size: 1}}
          two: {type: OS::Cinder::Volume, properties: {size: 1}}
        """
    )
    assert stack.state == "CREATE_COMPLETE"
    told = await stage.told()
    for first in ("server", "one", "two"):
        for second in ("server", "one", "two"):
            assert before(told, f"{first} CREATE_IN_PROGRESS", f"{second} CREATE_COMPLETE")


SERVER = """
    parameters:
      volume: {type: number, default: 1}
    resources:
      volume: {type: OS::Cinder::Volume, properties: {size: {get_param: volume}}}
      server:
        type: OS::Nova::Server
        properties:
          image: tiny
          flavor: FLAVOR
          networks: [{network: private}]
          user_data_format: RAW
      attachment:
        type: OS::Cinder::VolumeAttachment
        properties:
          instance_uuid: {get_resource: server}
          volume_id: {get_resource: volume}
"""


@scenario()
async def test_a_server_with_a_volume_is_resized_and_deleted(stage: Stage) -> None:
    await stage.create(SERVER.replace("FLAVOR", "m1.nano"))
    old = await stage.row("server")
    stack = await stage.update(SERVER.replace("FLAVOR", "m1.tiny"))
    assert (stack.state, stack.reason) == (
        "UPDATE_COMPLETE",
        "Stack UPDATE completed successfully",
    )
    assert (await stage.row("server")).physical_id == old.physical_id
    await stage.delete()
    assert stage.things() == []


@scenario()
async def test_outputs_follow_an_update(stage: Stage) -> None:
    template = """
        parameters: {text: {type: string}}
        resources:
          value: {type: OS::Heat::Value, properties: {value: {get_param: text}}}
        outputs:
          said: {value: {get_attr: [value, value]}}
    """
    await stage.create(template, parameters={"text": "one"})
    assert await stage.output("said") == "one"
    await stage.update(template, parameters={"text": "two"})
    assert await stage.output("said") == "two"

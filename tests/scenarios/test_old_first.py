"""What has to go before its successor comes goes only when it is sure that it has to."""

from __future__ import annotations

from scenarios.stage import Stage, before, scenario

ONE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
TWO = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/"
KEY = """
    parameters:
      key: {type: string}
      name: {type: string}
      word: {type: string, default: one}
      fail: {type: boolean, default: false}
    resources:
      told:
        type: OS::Heat::TestResource
        properties:
          value: {list_join: ['~', [{get_param: key}, {get_param: word}]]}
          fail: {get_param: fail}
      key:
        type: OS::Nova::KeyPair
        properties:
          name: {get_param: name}
          public_key: {str_split: ['~', {get_attr: [told, output]}, 0]}
"""


def public_key(stage: Stage, name: str) -> str:
    return str(stage.show(f"/compute/v2.1/os-keypairs/{name}", mine=True)["public_key"])


@scenario()
async def test_it_stays_if_its_unknown_value_is_the_old_one(stage: Stage) -> None:
    await stage.create(KEY, parameters={"name": "old-key", "key": ONE})
    row = await stage.row("key")
    told = len(await stage.told())
    stack = await stage.update(KEY, parameters={"name": "old-key", "key": ONE, "word": "two"})
    assert stack.state == "UPDATE_COMPLETE"
    assert await stage.row("key") == row
    assert (await stage.told())[told:] == [
        "app UPDATE_IN_PROGRESS",
        "told UPDATE_IN_PROGRESS",
        "told UPDATE_COMPLETE",
        "app UPDATE_COMPLETE",
    ]


@scenario()
async def test_it_goes_if_its_unknown_value_is_another(stage: Stage) -> None:
    await stage.create(KEY, parameters={"name": "other-key", "key": ONE})
    told = len(await stage.told())
    stack = await stage.update(KEY, parameters={"name": "other-key", "key": TWO})
    assert stack.state == "UPDATE_COMPLETE"
    assert before((await stage.told())[told:], "told UPDATE_COMPLETE", "key DELETE_IN_PROGRESS")
    assert public_key(stage, "other-key").startswith(TWO)


@scenario()
async def test_it_stays_if_what_it_needs_fails(stage: Stage) -> None:
    await stage.create(KEY, parameters={"name": "failed-key", "key": ONE})
    row = await stage.row("key")
    stack = await stage.update(KEY, parameters={"name": "failed-key", "key": TWO, "fail": True})
    assert stack.state == "UPDATE_FAILED"
    assert await stage.row("key") == row
    assert public_key(stage, "failed-key").startswith(ONE)


PORT = """
    parameters:
      word: {type: string, default: one}
      net: {type: string, default: blue}
    resources:
      blue: {type: OS::Neutron::Net}
      green: {type: OS::Neutron::Net}
      blues:
        type: OS::Neutron::Subnet
        properties: {network: {get_resource: blue}, cidr: 10.7.0.0/24}
      greens:
        type: OS::Neutron::Subnet
        properties: {network: {get_resource: green}, cidr: 10.7.0.0/24}
      told:
        type: OS::Heat::TestResource
        properties:
          value:
            list_join:
            - '~'
            - - if: [blue, {get_resource: blue}, {get_resource: green}]
              - {get_param: word}
      port:
        type: OS::Neutron::Port
        depends_on: [blues, greens]
        properties:
          network: {str_split: ['~', {get_attr: [told, output]}, 0]}
          fixed_ips: [{ip_address: 10.7.0.9}]
      server:
        type: OS::Nova::Server
        properties:
          image: tiny
          flavor: m1.nano
          user_data_format: RAW
          user_data: {get_resource: port}
          networks: [{port: {get_resource: port}}]
    conditions:
      blue: {equals: [{get_param: net}, blue]}
"""


@scenario()
async def test_who_would_go_with_it_stays_with_it(stage: Stage) -> None:
    await stage.create(PORT)
    rows = await stage.rows()
    stack = await stage.update(PORT, parameters={"word": "two"})
    assert (stack.state, stack.reason) == ("UPDATE_COMPLETE", "Stack UPDATE completed successfully")
    after = await stage.rows()
    assert (after["port"], after["server"]) == (rows["port"], rows["server"])


@scenario()
async def test_who_goes_with_it_goes_first(stage: Stage) -> None:
    await stage.create(PORT)
    told = len(await stage.told())
    stack = await stage.update(PORT, parameters={"net": "green"})
    assert (stack.state, stack.reason) == ("UPDATE_COMPLETE", "Stack UPDATE completed successfully")
    found = (await stage.told())[told:]
    assert before(found, "told UPDATE_COMPLETE", "server DELETE_IN_PROGRESS")
    assert before(found, "server DELETE_COMPLETE", "port DELETE_IN_PROGRESS")
    assert before(found, "port DELETE_COMPLETE", "port CREATE_IN_PROGRESS")
    assert before(found, "port CREATE_COMPLETE", "server CREATE_IN_PROGRESS")
    assert len(stage.things("port")) == len(stage.things("server")) == 1


ADDRESS = """
    parameters:
      mac: {type: string}
    resources:
      net: {type: OS::Neutron::Net}
      subnet:
        type: OS::Neutron::Subnet
        properties: {network: {get_resource: net}, cidr: 10.7.0.0/24}
      told: {type: OS::Heat::TestResource, properties: {value: {get_param: mac}}}
      port:
        type: OS::Neutron::Port
        depends_on: subnet
        properties:
          network: {get_resource: net}
          mac_address: {get_attr: [told, output]}
          fixed_ips: [{ip_address: 10.7.0.9}]
"""


@scenario()
async def test_it_stays_if_its_value_breaks_a_rule(stage: Stage) -> None:
    await stage.create(ADDRESS, parameters={"mac": "fa:16:3e:00:00:01"})
    row = await stage.row("port")
    stack = await stage.update(ADDRESS, parameters={"mac": "none"})
    assert stack.state == "UPDATE_FAILED"
    assert (await stage.row("port")).physical_id == row.physical_id
    assert len(stage.things("port")) == 1

"""Stacks inside stacks."""

from __future__ import annotations

from textwrap import dedent

from calor.base.settings import Settings
from scenarios.stage import Stage, before, scenario

INNER = """
heat_template_version: 2021-04-16
parameters:
  name: {type: string}
  fail: {type: boolean, default: false}
resources:
  net: {type: OS::Neutron::Net, properties: {name: {get_param: name}}}
  test: {type: OS::Heat::TestResource, properties: {fail: {get_param: fail}}, depends_on: net}
outputs:
  id: {value: {get_resource: net}}
"""

OUTER = """
    parameters:
      name: {type: string, default: one}
      fail: {type: boolean, default: false}
    resources:
      inside:
        type: inner.yaml
        properties: {name: {get_param: name}, fail: {get_param: fail}}
      subnet:
        type: OS::Neutron::Subnet
        properties: {network: {get_attr: [inside, id]}, cidr: 10.4.0.0/24}
"""
FILES = {"inner.yaml": INNER}


@scenario()
async def test_a_template_is_a_type(stage: Stage) -> None:
    stack = await stage.create(OUTER, files=FILES)
    assert (stack.state, stack.reason) == (
        "CREATE_COMPLETE",
        "Stack CREATE completed successfully",
    )
    child = await stage.child("inside")
    assert child.state == "CREATE_COMPLETE"
    assert child.parentage is not None
    assert child.parentage.parent_id == stack.id
    outer = await stage.events()
    inner = await stage.events(id=child.id)
    begun = next(item for item in outer if item.name == "inside")
    assert begun.at <= inner[0].at
    assert [item.number for item in inner] == list(range(1, len(inner) + 1))
    await stage.delete()
    assert stage.things() == []
    assert (await stage.world.look(child.id)).state == "DELETE_COMPLETE"


@scenario()
async def test_an_update_goes_inside(stage: Stage) -> None:
    await stage.create(OUTER, files=FILES)
    child = await stage.child("inside")
    net = (await stage.members(child))["net"].physical_id
    stack = await stage.update(OUTER, files=FILES, parameters={"name": "two"})
    assert stack.state == "UPDATE_COMPLETE"
    again = await stage.child("inside")
    assert (again.id, again.state) == (child.id, "UPDATE_COMPLETE")
    assert (await stage.members(again))["net"].physical_id == net
    assert stage.things("network") == ["two"]


@scenario()
async def test_a_failure_inside_is_told_outside_and_mended(stage: Stage) -> None:
    stack = await stage.create(OUTER, files=FILES, parameters={"fail": True})
    assert stack.state == "CREATE_FAILED"
    assert "inside" in stack.reason
    assert (await stage.child("inside")).state == "CREATE_FAILED"
    stack = await stage.update(OUTER, files=FILES)
    assert stack.state == "UPDATE_COMPLETE"
    assert len(stage.things("network")) == 1


@scenario()
async def test_a_failure_inside_rolls_all_back(stage: Stage) -> None:
    stack = await stage.create(
        OUTER, files=FILES, parameters={"fail": True}, disable_rollback=False
    )
    assert stack.state == "ROLLBACK_COMPLETE"
    assert stage.things() == []


@scenario()
async def test_a_failed_update_inside_is_rolled_back(stage: Stage) -> None:
    await stage.create(OUTER, files=FILES)
    stack = await stage.update(
        OUTER, files=FILES, parameters={"name": "two", "fail": True}, disable_rollback=False
    )
    assert stack.state == "ROLLBACK_COMPLETE"
    assert stage.things("network") == ["one"]
    assert (await stage.child("inside")).status == "COMPLETE"


GROUP = """
    parameters: {count: {type: number, default: 2}}
    resources:
      group:
        type: OS::Heat::ResourceGroup
        properties:
          count: {get_param: count}
          resource_def:
            type: OS::Neutron::Net
            properties: {name: member-%index%}
    outputs:
      refs: {value: {get_attr: [group, refs]}}
"""


@scenario()
async def test_a_group_grows_and_shrinks(stage: Stage) -> None:
    await stage.create(GROUP)
    assert sorted(stage.things("network")) == ["member-0", "member-1"]
    first = (await stage.members(await stage.child("group")))["0"].physical_id
    await stage.update(GROUP, parameters={"count": 4})
    assert sorted(stage.things("network")) == [f"member-{number}" for number in range(4)]
    assert len(await stage.output("refs")) == 4
    await stage.update(GROUP, parameters={"count": 1})
    assert stage.things("network") == ["member-0"]
    assert (await stage.members(await stage.child("group")))["0"].physical_id == first
    await stage.update(GROUP, parameters={"count": 0})
    assert stage.things("network") == []
    await stage.delete()


@scenario()
async def test_a_stack_resource_has_a_template_of_its_own(stage: Stage) -> None:
    template = """
        resources:
          inside:
            type: OS::Heat::Stack
            properties:
              template: {get_file: inner.yaml}
              parameters: {name: NAME}
    """
    await stage.create(template, files=FILES)
    child = await stage.child("inside")
    assert child.state == "CREATE_COMPLETE"
    stack = await stage.update(template.replace("NAME", "other"), files=FILES)
    assert stack.state == "UPDATE_COMPLETE"
    assert stage.things("network") == ["other"]
    await stage.delete()
    assert stage.things() == []


@scenario(delays={"volume_create": 60.0})
async def test_a_delete_goes_inside_while_it_is_created(stage: Stage) -> None:
    await stage.begin(
        """
        resources:
          group:
            type: OS::Heat::ResourceGroup
            properties:
              count: 3
              resource_def: {type: OS::Cinder::Volume, properties: {size: 1}}
        """
    )
    await stage.wait(10)
    for _ in range(10):  # a busy cloud takes its time
        if len(stage.things("volume")) < 3:
            await stage.wait(1)
    assert len(stage.things("volume")) == 3
    await stage.begin_delete()
    stack = await stage.end()
    assert stack.state == "DELETE_COMPLETE"
    assert stage.things() == []


@scenario()
async def test_stacks_nest_in_stacks(stage: Stage) -> None:
    middle = """
heat_template_version: 2021-04-16
resources:
  group:
    type: OS::Heat::ResourceGroup
    properties:
      count: 2
      resource_def: {type: inner.yaml, properties: {name: deep}}
"""
    stack = await stage.create(
        "resources: {middle: {type: middle.yaml}}", files={**FILES, "middle.yaml": middle}
    )
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert stage.things("network") == ["deep", "deep"]
    told = await stage.told()
    assert before(told, "middle CREATE_IN_PROGRESS", "middle CREATE_COMPLETE")
    await stage.delete()
    assert stage.things() == []


REMOVING = """
    resources:
      group:
        type: OS::Heat::ResourceGroup
        properties:
          count: COUNT
          removal_policies: [{resource_list: LIST}]
          resource_def: {type: OS::Neutron::Net, properties: {name: member-%index%}}
    outputs:
      removed: {value: {get_attr: [group, removed_rsrc_list]}}
"""


def _removing(count: int, names: str) -> str:
    return REMOVING.replace("COUNT", str(count)).replace("LIST", names)


@scenario()
async def test_members_are_removed_by_name_and_by_id(stage: Stage) -> None:
    await stage.create(_removing(3, "[]"))
    await stage.update(_removing(2, "['1']"))
    assert sorted(stage.things("network")) == ["member-0", "member-2"]
    last = (await stage.members(await stage.child("group")))["2"].physical_id
    await stage.update(_removing(3, f"['{last}']"))
    assert sorted(stage.things("network")) == ["member-0", "member-3", "member-4"]
    assert await stage.output("removed") == ["1", "2"]


@scenario()
async def test_a_group_skips_names_from_the_beginning(stage: Stage) -> None:
    await stage.create(_removing(2, "[0]"))
    assert sorted(stage.things("network")) == ["member-1", "member-2"]


@scenario()
async def test_a_removal_that_was_cut_off_goes_on(stage: Stage) -> None:
    await stage.create(_removing(3, "[]"))
    first = (await stage.members(await stage.child("group")))["0"].physical_id
    stage.fail(method="POST", path="networks", delay=30.0, count=1)
    await stage.begin_update(_removing(3, f"['{first}']"))
    while "member-0" in stage.things("network"):
        await stage.wait(0.05)
    assert stage.world.calor is not None
    stage.world.kill(stage.world.calor)
    assert (await stage.end()).state == "UPDATE_COMPLETE"
    assert sorted(stage.things("network")) == ["member-1", "member-2", "member-3"]
    assert await stage.output("removed") == ["0"]


@scenario()
async def test_a_group_passes_secrets_and_what_others_tell(stage: Stage) -> None:
    await stage.create(
        """
        resources:
          secret: {type: OS::Heat::RandomString, properties: {length: 12}}
          group:
            type: OS::Heat::ResourceGroup
            properties:
              count: 2
              resource_def:
                type: OS::Heat::Value
                properties: {value: {get_attr: [secret, value]}}
        outputs:
          secret: {value: {get_attr: [secret, value]}}
          values: {value: {get_attr: [group, value]}}
          one: {value: {get_attr: [group, resource.1.value]}}
          map: {value: {get_attr: [group, attributes, value]}}
        """
    )
    secret = await stage.output("secret")
    assert await stage.output("values") == [secret, secret]
    assert await stage.output("one") == secret
    assert await stage.output("map") == {"0": secret, "1": secret}


@scenario(settings=Settings())
async def test_many_stacks_inside_end_one_after_another(stage: Stage) -> None:
    """Their parent looks at its children whenever one has ended. What such a look finds is older
    than the delete of a child that somebody begins to wait for meanwhile. So many calls at once
    keep a small cloud busy: they have all the time that a call may take."""
    members = 60
    group = GROUP.replace("OS::Neutron::Net", "inner.yaml")
    await stage.create(group, files=FILES, parameters={"count": members})
    assert len(stage.things("network")) == members
    stack = await stage.delete()
    assert (stack.state, stack.reason) == (
        "DELETE_COMPLETE",
        "Stack DELETE completed successfully",
    )
    assert stage.things() == []


@scenario()
async def test_an_output_whose_condition_is_false_is_null(stage: Stage) -> None:
    text = """
        conditions: {never: {equals: [1, 2]}, always: {equals: [1, 1]}}
        resources: {value: {type: OS::Heat::Value, properties: {value: here}}}
        outputs:
          never: {value: {get_attr: [value, value]}, condition: never, description: not now}
          always: {value: {get_attr: [value, value]}, condition: always}
    """
    inner = "heat_template_version: 2021-04-16\n" + dedent(text)
    outer = """
        resources: {inside: {type: inner.yaml}}
        outputs:
          never: {value: {get_attr: [inside, never]}}
          all: {value: {get_attr: [inside]}}
    """
    stack = await stage.create(text, name="one")
    told = [
        (output.name, output.value, output.description, output.error) for output in stack.outputs
    ]
    assert told == [("never", None, "not now", ""), ("always", "here", "", "")]
    await stage.create(outer, name="two", files={"inner.yaml": inner})
    assert await stage.output("never", "two") is None
    assert await stage.output("all", "two") == {"never": None, "always": "here"}

"""What reaches a stack inside beside its properties, and what becomes of one that failed."""

from __future__ import annotations

import json

import yaml

from calor.base.settings import Settings
from scenarios.stage import Stage, scenario

INNER = """
heat_template_version: 2021-04-16
parameters:
  name: {type: string, default: one}
  fail: {type: boolean, default: false}
resources:
  net: {type: OS::Neutron::Net, properties: {name: {get_param: name}}}
  test: {type: OS::Heat::TestResource, properties: {fail: {get_param: fail}}, depends_on: net}
outputs:
  id: {value: {get_resource: net}}
"""
OUTER = "resources: {inside: {type: inner.yaml}}"
GROUP = """
    resources:
      group:
        type: OS::Heat::ResourceGroup
        properties: {count: 2, resource_def: {type: inner.yaml}}
"""


@scenario()
async def test_another_text_of_the_file_goes_inside(stage: Stage) -> None:
    await stage.create(OUTER, files={"inner.yaml": INNER})
    child = await stage.child("inside")
    stack = await stage.update(OUTER, files={"inner.yaml": INNER.replace("one", "two")})
    assert stack.state == "UPDATE_COMPLETE"
    assert stage.things("network") == ["two"]
    assert (await stage.child("inside")).id == child.id


@scenario()
async def test_another_text_of_the_file_goes_into_a_group(stage: Stage) -> None:
    await stage.create(GROUP, files={"inner.yaml": INNER})
    await stage.update(GROUP, files={"inner.yaml": INNER.replace("one", "two")})
    assert stage.things("network") == ["two", "two"]


@scenario()
async def test_the_same_in_another_notation_touches_nothing_inside(stage: Stage) -> None:
    outer = """
        resources:
          inside: {type: inner.yaml}
          group:
            type: OS::Heat::ResourceGroup
            properties: {count: 2, resource_def: {type: inner.yaml}}
          own: {type: OS::Heat::Stack, properties: {template: {get_file: inner.yaml}}}
    """
    inner = INNER.replace("depends_on: net", "depends_on: [net]")
    as_json = json.dumps(yaml.safe_load(inner), default=str)
    await stage.create(outer, files={"inner.yaml": as_json})
    before = [await stage.child(name) for name in ("inside", "group", "own")]
    assert (await stage.update(outer, files={"inner.yaml": inner})).state == "UPDATE_COMPLETE"
    after = [await stage.child(name) for name in ("inside", "group", "own")]
    assert after == before


@scenario()
async def test_another_default_of_the_environment_goes_inside(stage: Stage) -> None:
    files = {"inner.yaml": INNER}
    await stage.create(GROUP, files=files, environment={"parameter_defaults": {"name": "two"}})
    assert stage.things("network") == ["two", "two"]
    await stage.update(GROUP, files=files, environment={"parameter_defaults": {"name": "three"}})
    assert stage.things("network") == ["three", "three"]


@scenario()
async def test_what_does_not_reach_inside_touches_nothing_there(stage: Stage) -> None:
    template = OUTER.replace("resources", "parameters: {x: {type: string}}\nresources")
    files = {"inner.yaml": INNER, "other.sh": "one"}
    await stage.create(template, files=files, environment={"parameters": {"x": "a"}})
    child = await stage.child("inside")
    stack = await stage.update(
        template, files={**files, "other.sh": "two"}, environment={"parameters": {"x": "b"}}
    )
    assert stack.state == "UPDATE_COMPLETE"
    assert (await stage.child("inside")).generation == child.generation


@scenario()
async def test_a_failure_inside_is_mended_inside(stage: Stage) -> None:
    """What did come into being inside a stack that failed stays."""
    outer = """
    parameters: {fail: {type: boolean, default: true}}
    resources:
      inside: {type: inner.yaml, properties: {fail: {get_param: fail}}}
    """
    stack = await stage.create(outer, files={"inner.yaml": INNER})
    assert stack.state == "CREATE_FAILED"
    child = await stage.child("inside")
    net = (await stage.members(child))["net"].physical_id
    stack = await stage.update(outer, files={"inner.yaml": INNER}, parameters={"fail": False})
    assert stack.state == "UPDATE_COMPLETE"
    again = await stage.child("inside")
    assert again.id == child.id
    assert (await stage.members(again))["net"].physical_id == net


@scenario(delays={"volume_create": 300.0})
async def test_an_update_during_a_create_takes_over_inside_too(stage: Stage) -> None:
    slow = """
heat_template_version: 2021-04-16
parameters: {size: {type: number, default: 1}}
resources:
  first: {type: OS::Cinder::Volume, properties: {size: {get_param: size}}}
  then: {type: OS::Neutron::Net, depends_on: first}
"""
    outer = "resources: {inside: {type: slow.yaml}}"
    began = stage.world.clock.now()
    await stage.begin(outer, files={"slow.yaml": slow})
    await stage.wait(20)
    quick = INNER.replace("one", "two")
    stack = await stage.update(outer, files={"slow.yaml": quick})
    assert stack.state == "UPDATE_COMPLETE"
    assert stage.things() == ["two"]
    assert stage.world.clock.now() - began < 400


@scenario()
async def test_a_file_that_nobody_sends_any_more_can_still_be_removed(stage: Stage) -> None:
    net = "resources: {net: {type: OS::Neutron::Net, properties: {name: mine}}}"
    await stage.create(net)
    failing = """
    resources:
      net: {type: OS::Neutron::Net, properties: {name: mine}}
      inside: {type: inner.yaml, properties: {fail: true}}
    """
    stack = await stage.update(failing, files={"inner.yaml": INNER})
    assert stack.state == "UPDATE_FAILED"
    stack = await stage.update(net)
    assert stack.state == "UPDATE_COMPLETE", stack.reason
    assert stage.things() == ["mine"]


@scenario()
async def test_a_file_under_another_name_replaces(stage: Stage) -> None:
    await stage.create(OUTER, files={"inner.yaml": INNER})
    stack = await stage.update(
        OUTER.replace("inner", "other"), files={"other.yaml": INNER.replace("one", "two")}
    )
    assert stack.state == "UPDATE_COMPLETE"
    assert stage.things("network") == ["two"]


@scenario(settings=Settings(max_resources_per_stack=10))
async def test_a_group_whose_size_shows_late_is_held_to_the_limit(stage: Stage) -> None:
    template = """
    parameters: {size: {type: number}}
    resources:
      size: {type: OS::Heat::Value, properties: {value: {get_param: size}}}
      group:
        type: OS::Heat::ResourceGroup
        properties:
          count: {get_attr: [size, value]}
          resource_def: {type: OS::Neutron::Net}
    """
    stack = await stage.create(template, parameters={"size": 8})
    assert stack.state == "CREATE_COMPLETE", stack.reason
    stack = await stage.update(template, parameters={"size": 9})
    assert stack.state == "UPDATE_FAILED"
    assert "max_resources_per_stack" in stack.reason
    assert len(stage.things("network")) == 8


DEEP = """
    resources:
      outer: {type: outer.yaml}
      other: {type: outer.yaml}
"""
DEEP_FILES = {
    "outer.yaml": """
heat_template_version: 2021-04-16
resources:
  group:
    type: OS::Heat::ResourceGroup
    properties: {count: 2, resource_def: {type: leaf.yaml}}
""",
    "leaf.yaml": """
heat_template_version: 2021-04-16
resources: {leaf: {type: My::Leaf}}
""",
}
LEAVES = {
    "resource_registry": {
        "My::Leaf": "OS::Heat::RandomString",
        "resources": {"outer": {"group": {"1": {"leaf": {"My::Leaf": "OS::Neutron::Net"}}}}},
    }
}


@scenario()
async def test_the_environment_maps_a_type_for_one_resource_deep_inside(stage: Stage) -> None:
    stack = await stage.create(DEEP, files=DEEP_FILES, environment=LEAVES)
    assert (stack.state, stack.reason) == (
        "CREATE_COMPLETE",
        "Stack CREATE completed successfully",
    )
    found = {}
    for outer in ("outer", "other"):
        group = (await stage.members(await stage.child(outer)))["group"]
        inside = await stage.world.reads.child_of(group.id)
        assert inside is not None
        for name, member in (await stage.members(inside)).items():
            leaf = await stage.world.reads.child_of(member.id)
            assert leaf is not None
            assert leaf.path == (outer, "group", name)
            found[leaf.path] = (await stage.members(leaf))["leaf"].type
    assert found == {
        ("outer", "group", "0"): "OS::Heat::RandomString",
        ("outer", "group", "1"): "OS::Neutron::Net",
        ("other", "group", "0"): "OS::Heat::RandomString",
        ("other", "group", "1"): "OS::Heat::RandomString",
    }
    assert len(stage.things("network")) == 1
    await stage.delete()
    assert stage.things() == []

"""What resources ask of one another by names that only show while the stack is made."""

from __future__ import annotations

from scenarios.stage import Stage, before, scenario


@scenario()
async def test_a_name_from_a_parameter_orders_as_a_written_one(stage: Stage) -> None:
    template = """
        parameters: {which: {type: string, default: net}}
        resources:
          a: {type: OS::Heat::Value, properties: {value: {get_resource: {get_param: which}}}}
          b: {type: OS::Heat::Value, properties: {value: {get_attr: [{get_param: which}, name]}}}
          net: {type: OS::Neutron::Net, properties: {name: mine}}
        outputs:
          id: {value: {get_attr: [a, value]}}
          name: {value: {get_attr: [b, value]}}
    """
    stack = await stage.create(template)
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert await stage.output("id") == (await stage.row("net")).physical_id
    assert await stage.output("name") == "mine"
    told = await stage.told()
    assert before(told, "net CREATE_COMPLETE", "a CREATE_IN_PROGRESS")
    assert before(told, "net CREATE_COMPLETE", "b CREATE_IN_PROGRESS")
    await stage.delete()
    assert before(await stage.told(), "b DELETE_COMPLETE", "net DELETE_IN_PROGRESS")


@scenario()
async def test_a_name_from_another_resource_may_lead_nowhere(stage: Stage) -> None:
    stack = await stage.create("""
        resources:
          which: {type: OS::Heat::Value, properties: {value: nowhere}}
          a:
            type: OS::Heat::Value
            properties: {value: {get_resource: {get_attr: [which, value]}}}
    """)
    assert stack.state == "CREATE_FAILED"
    assert "there is no resource 'nowhere'" in stack.reason


@scenario()
async def test_members_of_a_type_that_shows_late_may_lack_an_attribute(stage: Stage) -> None:
    template = """
        resources:
          type: {type: OS::Heat::Value, properties: {value: OS::Neutron::Net}}
          group:
            type: OS::Heat::ResourceGroup
            properties: {count: 2, resource_def: {type: {get_attr: [type, value]}}}
          a: {type: OS::Heat::Value, properties: {value: {get_attr: [group, ATTRIBUTE]}}}
        outputs: {a: {value: {get_attr: [a, value]}}}
    """
    stack = await stage.create(template.replace("ATTRIBUTE", "nothing"))
    assert stack.state == "CREATE_FAILED"
    assert "finds no attribute 'nothing' inside" in stack.reason
    stack = await stage.update(template.replace("ATTRIBUTE", "mtu"))
    assert stack.state == "UPDATE_COMPLETE"
    assert await stage.output("a") == [1450, 1450]


@scenario()
async def test_attributes_are_had_from_any_depth(stage: Stage) -> None:
    """As Heat 27 answers the same questions."""
    template = """
        resources:
          group:
            type: OS::Heat::ResourceGroup
            properties: {count: 2, resource_def: {type: inner.yaml, properties: {name: 'n%index%'}}}
          outer: {type: middle.yaml}
        outputs:
          a: {value: {get_attr: [group, resource.0, resource.v, value]}}
          b: {value: {get_attr: [group, resource.1, resource.v.value, n]}}
          d: {value: {get_attr: [outer, resource.group, resource.0, name]}}
          e: {value: {get_attr: [outer, resource.group.resource.1.resource.v.value, n]}}
          f: {value: {get_attr: [outer, resource.group, name]}}
          g: {value: {get_attr: [outer, resource.group, attributes, name]}}
    """
    inner = """
heat_template_version: 2021-04-16
parameters: {name: {type: string}}
resources: {v: {type: OS::Heat::Value, properties: {value: {n: {get_param: name}}}}}
outputs: {name: {value: {get_param: name}}}
"""
    middle = """
heat_template_version: 2021-04-16
resources:
  group:
    type: OS::Heat::ResourceGroup
    properties: {count: 2, resource_def: {type: inner.yaml, properties: {name: 'm%index%'}}}
"""
    stack = await stage.create(template, files={"inner.yaml": inner, "middle.yaml": middle})
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert {key: await stage.output(key) for key in "abdefg"} == {
        "a": {"n": "n0"},
        "b": "n1",
        "d": "m0",
        "e": "m1",
        "f": ["m0", "m1"],
        "g": {"0": "m0", "1": "m1"},
    }

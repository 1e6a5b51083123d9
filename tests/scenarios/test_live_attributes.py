"""Attributes that are read when a template asks for them, by itself and through stacks inside."""

from __future__ import annotations

from scenarios.stage import Stage, scenario

INNER = """
heat_template_version: 2021-04-16
resources:
  net: {type: OS::Neutron::Net, properties: {name: inner}}
  subnet: {type: OS::Neutron::Subnet, properties: {network: {get_resource: net}, cidr: 10.4.0.0/24}}
  port: {type: OS::Neutron::Port, properties: {network: {get_resource: net}}, depends_on: subnet}
  pair: {type: OS::Heat::ResourceGroup, properties: {count: 2, resource_def: {type: mine.yaml}}}
outputs:
  shown: {value: {get_attr: [net, show, name]}}
  pair: {value: {get_attr: [pair, resource.1, resource.net, show, name]}}
"""
MINE = """
heat_template_version: 2021-04-16
resources:
  net: {type: OS::Neutron::Net, properties: {name: mine}}
"""
OUTER = """
    parameters:
      which: {type: string, default: show}
    resources:
      group:
        type: OS::Heat::ResourceGroup
        properties:
          count: 2
          resource_def: {type: OS::Neutron::Net, properties: {name: n%index%}}
      inside: {type: inner.yaml}
      seen:
        type: OS::Heat::Value
        properties: {value: {get_attr: [group, resource.1.show, name]}}
    outputs:
      one: {value: {get_attr: [group, resource.0.show, name]}}
      same: {value: {get_attr: [group, resource.0, show, name]}}
      worked_out: {value: {get_attr: [group, resource.1, {get_param: which}, name]}}
      all: {value: {get_attr: [group, show, name]}}
      map: {value: {get_attr: [group, attributes, show, name]}}
      deep: {value: {get_attr: [inside, resource.pair, resource.0, resource.net, show, name]}}
      deep_all: {value: {get_attr: [inside, resource.pair, attributes, resource.net, show, name]}}
      network: {value: {get_attr: [inside, resource.port, network, name]}}
      told: {value: {get_attr: [inside, shown]}}
      told_pair: {value: {get_attr: [inside, pair]}}
      seen: {value: {get_attr: [seen, value]}}
"""
SHOWN = {
    "one": "n0",
    "same": "n0",
    "worked_out": "n1",
    "all": ["n0", "n1"],
    "map": {"0": "n0", "1": "n1"},
    "deep": "mine",
    "deep_all": {"0": "mine", "1": "mine"},
    "network": "inner",
    "told": "inner",
    "told_pair": "mine",
    "seen": "n1",
}


@scenario()
async def test_what_is_inside_is_read_live(stage: Stage) -> None:
    stack = await stage.create(OUTER, files={"inner.yaml": INNER, "mine.yaml": MINE})
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert {output.name: output.value for output in stack.outputs} == SHOWN

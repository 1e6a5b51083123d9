"""CloudFormation templates, deployed: with OpenStack's types, loops, and HOT inside and outside."""

from __future__ import annotations

import json

import pytest

from calor.model.plan import Verb
from calor.service.errors import StackValidationFailed
from calor.service.wanted import Wanted
from calor.template.convert.text import written
from calor.template.convert.to_hot import to_hot
from calor.template.load import load_template
from scenarios.stage import Stage, scenario

NETWORKS = """AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::LanguageExtensions
Parameters:
  Env: {Type: String, Default: test, AllowedValues: [test, prod]}
  Names: {Type: CommaDelimitedList, Default: 'red,blue'}
Mappings:
  Blocks:
    test: {block: 10.8.0.0/16}
    prod: {block: 10.9.0.0/16}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Net:
    Type: OS::Neutron::Net
    Properties:
      name: !Sub '${AWS::StackName}-${Env}'
      admin_state_up: !If [IsProd, true, !Ref AWS::NoValue]
  Subnet:
    Type: OS::Neutron::Subnet
    Properties:
      network: !Ref Net
      cidr: !Select [1, !Cidr [!FindInMap [Blocks, !Ref Env, block], 4, 8]]
  Fn::ForEach::Values:
    - Name
    - !Ref Names
    - Value${Name}:
        Type: OS::Heat::Value
        Properties: {value: !Sub '${Name} of ${Net}'}
  OnlyProd:
    Type: OS::Heat::Value
    Condition: IsProd
    Properties: {value: !GetAtt Subnet.cidr}
Outputs:
  Cidr: {Value: !GetAtt Subnet.cidr}
  Id: {Value: !Ref AWS::StackId}
  Red: {Value: !Join ['/', [!GetAtt Valuered.value, !Ref AWS::AccountId]]}
  Cidrs: {Value: !ToJsonString {net: !GetAtt Subnet.cidr}}
  Prod: {Value: !Ref OnlyProd, Condition: IsProd}
"""


@scenario()
async def test_a_life(stage: Stage) -> None:
    stack = await stage.create(NETWORKS)
    assert stack.state == "CREATE_COMPLETE", stack.reason
    net = (await stage.row("Net")).physical_id
    outputs = {item.name: item.value for item in stack.outputs}
    project = stack.owner.project_id
    assert outputs == {
        "Cidr": "10.8.1.0/24",
        "Id": f"arn:openstack:heat::{project}:stacks/app/{stack.id}",
        "Red": f"red of {net}/{project}",
        "Cidrs": '{"net":"10.8.1.0/24"}',
        "Prod": None,
    }
    assert stage.show(f"/network/v2.0/networks/{net}")["name"] == "app-test"
    assert sorted(await stage.rows()) == ["Net", "Subnet", "Valueblue", "Valuered"]

    stack = await stage.update(NETWORKS, parameters={"Env": "prod", "Names": "red,green"})
    assert stack.state == "UPDATE_COMPLETE", stack.reason
    assert (await stage.row("Net")).physical_id == net
    assert sorted(await stage.rows()) == ["Net", "OnlyProd", "Subnet", "Valuegreen", "Valuered"]
    await stage.delete()
    assert stage.things() == []


@scenario()
async def test_its_conversion_has_nothing_to_do(stage: Stage) -> None:
    """Where the original is deployed, the result of `calor convert` changes nothing."""
    text = NETWORKS.replace(
        "!Cidr [!FindInMap [Blocks, !Ref Env, block], 4, 8]", "[a, 10.8.1.0/24]"
    )
    loaded = load_template(text)
    assert loaded.template is not None
    result = to_hot(loaded)
    hot = written(result, loaded.template, result.diagnostics)
    await stage.create(text)
    before, outputs = await stage.rows(), (await stage.stack()).outputs
    caller, stack = await stage.world.caller(stage.user), await stage.stack()
    preview = await stage.world.ask(
        lambda calor: calor.service.check.plan_update(caller, stack, Wanted(template=hot))
    )
    assert {change.decision.verb for change in preview.plan.changes} == {Verb.KEEP}
    stack = await stage.update(hot)
    assert stack.state == "UPDATE_COMPLETE", stack.reason
    after = await stage.rows()
    assert {name: row.physical_id for name, row in after.items()} == {
        name: row.physical_id for name, row in before.items()
    }
    values = {item.name: item.value for item in stack.outputs}
    expected = {item.name: item.value for item in outputs}
    assert json.loads(str(values.pop("Cidrs"))) == json.loads(str(expected.pop("Cidrs")))
    assert values == expected


HOT_INSIDE = """AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Inside:
    Type: inner.yaml
    Properties: {name: !Sub '${AWS::StackName}-net'}
  Subnet:
    Type: OS::Neutron::Subnet
    Properties: {network: !GetAtt Inside.id, cidr: 10.4.0.0/24}
"""
HOT = """heat_template_version: 2021-04-16
parameters:
  name: {type: string}
resources:
  net: {type: OS::Neutron::Net, properties: {name: {get_param: name}}}
outputs:
  id: {value: {get_resource: net}}
"""
CFN_INSIDE = """heat_template_version: 2021-04-16
resources:
  inside:
    type: inner.yaml
    properties: {Name: some, Count: 3}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_attr: [inside, Id]}, cidr: 10.4.0.0/24}
outputs:
  ids: {value: {get_attr: [inside, Text]}}
"""
CFN = """{"AWSTemplateFormatVersion": "2010-09-09",
 "Parameters": {"Name": {"Type": "String"}, "Count": {"Type": "Number"}},
 "Resources": {"Net": {"Type": "OS::Neutron::Net", "Properties": {"name": {"Ref": "Name"}}}},
 "Outputs": {"Id": {"Value": {"Ref": "Net"}},
             "Text": {"Value": {"Fn::Sub": "${Name} ${Count}"}}}}
"""


@scenario()
async def test_hot_inside(stage: Stage) -> None:
    stack = await stage.create(HOT_INSIDE, files={"inner.yaml": HOT})
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert stage.things("network") == ["app-net"]
    await stage.delete()
    assert stage.things() == []


@scenario()
async def test_inside_hot(stage: Stage) -> None:
    stack = await stage.create(CFN_INSIDE, files={"inner.yaml": CFN})
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert stage.things("network") == ["some"]
    assert [item.value for item in stack.outputs] == ["some 3"]
    await stage.delete()
    assert stage.things() == []


REFUSED = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Key: {Type: 'AWS::EC2::KeyPair::KeyName', Default: none-such}
  Image: {Type: 'AWS::EC2::Image::Id', Default: tiny}
  Nets: {Type: 'List<AWS::EC2::VPC::Id>', Default: 'public,none'}
  Zone: {Type: 'AWS::EC2::AvailabilityZone::Name', Default: nova}
  Other: {Type: 'AWS::EC2::AvailabilityZone::Name', Default: moon}
  Env: {Type: String, Default: prod}
  Size: {Type: Number, Default: 1}
Rules:
  ProdIsLarge:
    RuleCondition: !Equals [!Ref Env, prod]
    Assertions:
      - Assert: {'Fn::Contains': [[2, 4], !Ref Size]}
        AssertDescription: production needs two or four
Resources:
  V: {Type: OS::Heat::Value, Properties: {value: !Sub '${Key} ${Image}'}}
"""


@scenario()
async def test_parameters_that_are_refused(stage: Stage) -> None:
    with pytest.raises(StackValidationFailed) as caught:
        await stage.begin(REFUSED)
    assert [(item.code, item.message) for item in caught.value.diagnostics] == [
        ("H650", "production needs two or four")
    ]
    with pytest.raises(StackValidationFailed) as caught:
        await stage.begin(REFUSED, parameters={"Size": 4})
    assert [item.code for item in caught.value.diagnostics] == ["C101", "C101", "C101"]
    assert [item.path[1] for item in caught.value.diagnostics] == ["Key", "Nets", "Other"]

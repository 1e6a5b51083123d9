"""`AWS::CloudFormation::Stack`, and `Outputs.NAME` of every kind of stack inside."""

from __future__ import annotations

import pytest

from calor.service.errors import StackValidationFailed
from scenarios.stage import Stage, scenario

INNER = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Name: {Type: String}
  Blocks: {Type: CommaDelimitedList, Default: '10.1.0.0/24'}
  Secret: {Type: String, NoEcho: true, Default: xyzzy}
Resources:
  Net: {Type: OS::Neutron::Net, Properties: {name: !Ref Name}}
Outputs:
  Id: {Value: !Ref Net}
  First: {Value: !Select [0, !Ref Blocks]}
  Secret: {Value: !Ref Secret}
"""
OUTER = """AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Name: {Type: String, Default: red}}
Resources:
  Inside:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: inner.yaml
      Parameters: {Name: !Ref Name, Blocks: [10.7.0.0/24, 10.8.0.0/24]}
      TimeoutInMinutes: 30
  Subnet:
    Type: OS::Neutron::Subnet
    Properties: {network: !GetAtt Inside.Outputs.Id, cidr: !GetAtt Inside.Outputs.First}
Outputs:
  Text: {Value: !Sub '${Inside.Outputs.First} and ${Subnet.cidr}'}
  Arn: {Value: !Ref Inside}
"""
FILES = {"inner.yaml": INNER}


@scenario()
async def test_a_life(stage: Stage) -> None:
    stack = await stage.create(OUTER, files=FILES)
    assert stack.state == "CREATE_COMPLETE", stack.reason
    outputs = {item.name: item.value for item in stack.outputs}
    child = await stage.child("Inside")
    assert outputs["Text"] == "10.7.0.0/24 and 10.7.0.0/24"
    assert outputs["Arn"].endswith(f":stacks/{child.name}/{child.id}")
    assert stage.things("network") == ["red"]

    net = (await stage.members(child))["Net"].physical_id
    stack = await stage.update(OUTER, files=FILES, parameters={"Name": "blue"})
    assert stack.state == "UPDATE_COMPLETE", stack.reason
    assert stage.things("network") == ["blue"]
    assert (await stage.members(await stage.child("Inside")))["Net"].physical_id == net

    # The template itself changes in place, too.
    more = {"inner.yaml": INNER.replace("Outputs:", "  More: {Type: OS::Neutron::Net}\nOutputs:")}
    stack = await stage.update(OUTER, files=more)
    assert stack.state == "UPDATE_COMPLETE", stack.reason
    assert len(stage.things("network")) == 2
    assert (await stage.child("Inside")).id == child.id

    assert (await stage.check()).state == "CHECK_COMPLETE"
    await stage.delete()
    assert stage.things() == []
    assert (await stage.world.look(child.id)).state == "DELETE_COMPLETE"


@scenario(delays={"volume_create": 6000.0})
async def test_its_time_is_up(stage: Stage) -> None:
    slow = INNER.replace(
        "Outputs:", "  V: {Type: OS::Cinder::Volume, Properties: {size: 1}}\nOutputs:"
    )
    text = OUTER.replace("TimeoutInMinutes: 30", "TimeoutInMinutes: 2")
    began = stage.world.clock.now()
    stack = await stage.create(text, files={"inner.yaml": slow})
    assert stack.state == "CREATE_FAILED"
    assert "timed out" in stack.reason
    assert 120 <= stage.world.clock.now() - began < 400


async def _refused(stage: Stage, text: str, **options: object) -> list[tuple[str, int, str]]:
    with pytest.raises(StackValidationFailed) as caught:
        await stage.begin(text, **options)
    return [
        (item.code, item.span.line if item.span else 0, item.message)
        for item in caught.value.diagnostics
    ]


@scenario()
async def test_what_is_wrong_is_told_before_anything_is_made(stage: Stage) -> None:
    assert await _refused(stage, OUTER) == [
        (
            "R112",
            5,
            "the template 'inner.yaml' did not come with the request: put it among the files under"
            " that name",
        )
    ]
    wrong = OUTER.replace("Outputs.First, ", "").replace("Inside.Outputs.Id", "Inside.Outputs.Ib")
    assert await _refused(stage, wrong, files=FILES) == [
        ("R120", 12, "the stack inside has no output 'Ib'")
    ]
    plain = OUTER.replace("Inside.Outputs.Id", "Inside.Id")
    assert await _refused(stage, plain, files=FILES) == [
        ("R120", 12, "AWS::CloudFormation::Stack has no attribute 'Id'")
    ]
    broken = {"inner.yaml": INNER.replace("OS::Neutron::Net", "OS::Neutron::Nett")}
    assert [item[0] for item in await _refused(stage, OUTER, files=broken)] == ["R101"]


HOT_INSIDE = """AWSTemplateFormatVersion: '2010-09-09'
Resources:
  File: {Type: inner.yaml, Properties: {Name: of-file}}
  Text:
    Type: OS::Heat::Stack
    Properties:
      template: 'outputs: {Word: {value: hello}}'
Outputs:
  File: {Value: !GetAtt File.Outputs.First}
  Text: {Value: !GetAtt Text.Outputs.Word}
"""


@scenario()
async def test_outputs_of_every_kind_of_stack_inside(stage: Stage) -> None:
    text = HOT_INSIDE.replace("'outputs:", "'{heat_template_version: 2021-04-16, outputs:").replace(
        "hello}}'", "hello}}}'"
    )
    stack = await stage.create(text, files=FILES)
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert [item.value for item in stack.outputs] == ["10.1.0.0/24", "hello"]


@scenario()
async def test_a_secret_output_is_secret_outside(stage: Stage) -> None:
    text = OUTER.replace(
        "Text: {Value: !Sub", "S: {Value: !GetAtt Inside.Outputs.Secret}\n  T: {Value: !Sub"
    )
    stack = await stage.create(text, files=FILES)
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert next(repr(item.value) for item in stack.outputs if item.name == "S") == "***"
    assert await stage.output("S") == "xyzzy"

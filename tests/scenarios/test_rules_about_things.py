"""Rules that ask the cloud about the things that parameters name."""

from __future__ import annotations

import pytest

from calor.service.errors import StackValidationFailed
from scenarios.stage import Stage, scenario

RULES = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Net: {Type: 'AWS::EC2::VPC::Id'}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
  Group: {Type: 'AWS::EC2::SecurityGroup::Id', Default: default}
Rules:
  SubnetsOfNet:
    Assertions:
      - Assert:
          Fn::EachMemberIn:
            - Fn::ValueOfAll: ['AWS::EC2::Subnet::Id', VpcId]
            - Fn::RefAll: AWS::EC2::VPC::Id
        AssertDescription: all subnets must be of the network
      - Assert: {'Fn::EachMemberEquals': [{'Fn::ValueOf': [Subnets, VpcId]}, !Ref Net]}
  GroupOfNet:
    Assertions:
      - Assert: !Equals [{'Fn::ValueOf': [Net, DefaultSecurityGroup]}, !Ref Group]
        AssertDescription: take the network's own group
Resources:
  V: {Type: OS::Heat::Value, Properties: {value: !Ref Net}}
"""


def _planted(stage: Stage) -> dict[str, str]:
    """Two networks of the user's with a subnet each, and a security group; ids by name. On a real
    cloud what earlier stories planted goes first: by these names there must be one of each."""
    for kind, names in (
        ("networks", ("red-net", "blue-net")),
        ("security-groups", ("other",)),
    ):
        for name in names:
            _, listed = stage.user.ask("GET", f"/network/v2.0/{kind}?name={name}")
            for item in listed[kind.replace("-", "_")]:
                stage.user.ask("DELETE", f"/network/v2.0/{kind}/{item['id']}")
    found = {}
    for number, name in enumerate(("red", "blue")):
        status, net = stage.user.ask(
            "POST", "/network/v2.0/networks", {"network": {"name": f"{name}-net"}}
        )
        assert status == 201
        found[f"{name}-net"] = net["network"]["id"]
        body = {
            "name": f"{name}-subnet",
            "network_id": net["network"]["id"],
            "ip_version": 4,
            "cidr": f"10.{number}.0.0/24",
        }
        status, subnet = stage.user.ask("POST", "/network/v2.0/subnets", {"subnet": body})
        assert status == 201
        found[f"{name}-subnet"] = subnet["subnet"]["id"]
    status, group = stage.user.ask(
        "POST", "/network/v2.0/security-groups", {"security_group": {"name": "other"}}
    )
    assert status == 201
    found["other"] = group["security_group"]["id"]
    for id in found.values():
        stage.world.watch.foreign[id] = "planted"
    return found


async def _refused(stage: Stage, template: str, **parameters: str) -> list[tuple[str, str]]:
    with pytest.raises(StackValidationFailed) as caught:
        await stage.begin(template, name="refused", parameters=parameters)
    return [(item.code, item.message) for item in caught.value.diagnostics]


@scenario(calm=False)
async def test_subnets_must_be_of_the_network(stage: Stage) -> None:
    ids = _planted(stage)
    stack = await stage.create(RULES, parameters={"Net": "red-net", "Subnets": "red-subnet"})
    assert stack.state == "CREATE_COMPLETE", stack.reason
    # By id or by name, a thing is the same.
    mixed = {"Net": ids["red-net"], "Subnets": f"red-subnet,{ids['red-subnet']}"}
    assert (await stage.update(RULES, parameters=mixed)).state == "UPDATE_COMPLETE"
    assert await _refused(stage, RULES, Net="red-net", Subnets="red-subnet,blue-subnet") == [
        ("H650", "all subnets must be of the network"),
        ("H650", "the parameters break the rule 'SubnetsOfNet'"),
    ]


@scenario(calm=False)
async def test_the_group_that_ports_get_by_themselves(stage: Stage) -> None:
    _planted(stage)
    assert await _refused(stage, RULES, Net="red-net", Subnets="red-subnet", Group="other") == [
        ("H650", "take the network's own group")
    ]


@scenario(calm=False)
async def test_a_thing_that_is_not_there_is_told_once(stage: Stage) -> None:
    _planted(stage)
    found = await _refused(stage, RULES, Net="red-net", Subnets="none")
    assert [code for code, _ in found] == ["C101"]


TAGS = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Net: {Type: 'AWS::EC2::VPC::Id'}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
  Group: {Type: 'AWS::EC2::SecurityGroup::Id', Default: other}
Rules:
  Tags:
    Assertions:
      - Assert: {'Fn::Contains': [[IT, OPS], {'Fn::ValueOf': [Net, Tags.Department]}]}
        AssertDescription: not a network of ours
      - Assert:
          Fn::EachMemberEquals: [{'Fn::ValueOfAll': ['AWS::EC2::Subnet::Id', Tags.Tier]}, web]
        AssertDescription: not all subnets are for web servers
      - Assert: !Equals [{'Fn::ValueOf': [Group, Tags.Use]}, '']
        AssertDescription: the group has a use already
Resources:
  V: {Type: OS::Heat::Value, Properties: {value: !Ref Net}}
"""

ZONES = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
  Zone: {Type: String}
Rules:
  Zones:
    Assertions:
      - Assert: {'Fn::EachMemberEquals': [{'Fn::ValueOf': [Subnets, AvailabilityZone]}, !Ref Zone]}
        AssertDescription: subnets of another zone
Resources:
  V: {Type: OS::Heat::Value, Properties: {value: !Ref Zone}}
"""


def _tag(stage: Stage, kind: str, id: str, *tags: str) -> None:
    path = f"/network/v2.0/{kind}/{id}/tags"
    status, _ = stage.user.ask("PUT", path, {"tags": list(tags)})
    assert status == 200


@scenario(calm=False)
async def test_tags(stage: Stage) -> None:
    ids = _planted(stage)
    _tag(stage, "networks", ids["red-net"], "mine", "Department=OPS")
    _tag(stage, "networks", ids["blue-net"], "Department", "DepartmentX=OPS")
    _tag(stage, "subnets", ids["red-subnet"], "Tier=web")
    both = {"Subnets": "red-subnet,blue-subnet"}
    assert await _refused(stage, TAGS, Net="blue-net", **both) == [
        ("H650", "not a network of ours"),
        ("H650", "not all subnets are for web servers"),
    ]
    _tag(stage, "subnets", ids["blue-subnet"], "Tier=web", "Tier=db")
    _tag(stage, "security-groups", ids["other"], "Use=a=b")
    assert await _refused(stage, TAGS, Net="red-net", **both) == [
        ("H650", "not all subnets are for web servers"),
        ("H650", "the group has a use already"),
    ]
    _tag(stage, "subnets", ids["blue-subnet"], "Tier=web")
    _tag(stage, "security-groups", ids["other"])
    stack = await stage.create(TAGS, parameters={"Net": "red-net", **both})
    assert stack.state == "CREATE_COMPLETE", stack.reason


@scenario(calm=False, only_sandbox="a network is in a zone only where an agent serves it")
async def test_zones(stage: Stage) -> None:
    ids = _planted(stage)
    _, listed = stage.user.ask("GET", f"/network/v2.0/networks?id={ids['red-net']}")
    zone = listed["networks"][0]["availability_zones"][0]
    both = "red-subnet,blue-subnet"
    assert await _refused(stage, ZONES, Subnets=both, Zone="nowhere") == [
        ("H650", "subnets of another zone")
    ]
    stack = await stage.create(ZONES, parameters={"Subnets": both, "Zone": zone})
    assert stack.state == "CREATE_COMPLETE", stack.reason

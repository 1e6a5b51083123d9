"""What stories of exports are told with: stacks that share values, and what is shared."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

from calor.service.errors import StackValidationFailed
from scenarios.stage import Stage

NETWORK = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Block: {Type: String, Default: 10.3.0.0/16}
  Name: {Type: String, Default: red}
Resources:
  Net: {Type: OS::Neutron::Net, Properties: {name: !Ref Name}}
Outputs:
  Id: {Value: !Ref Net, Export: {Name: !Sub '${AWS::StackName}-net'}}
  Block: {Value: !Ref Block, Export: {Name: net-block}}
"""
USER = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  From: {Type: String, Default: net}
Resources:
  Subnet:
    Type: OS::Neutron::Subnet
    Properties:
      network: !ImportValue {'Fn::Sub': '${From}-net'}
      cidr: !Select [1, !Cidr [!ImportValue net-block, 4, 8]]
Outputs:
  Cidr: {Value: !GetAtt Subnet.cidr}
"""
ALONE = """AWSTemplateFormatVersion: '2010-09-09'
Resources:
  V: {Type: OS::Heat::Value, Properties: {value: 1}}
"""
LATE = """AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Name: {Type: String, Default: red}}
Resources:
  Net: {Type: OS::Neutron::Net, Properties: {name: !Ref Name}}
Outputs:
  Name: {Value: !GetAtt Net.name, Export: {Name: name-of-net}}
"""
OF_NAME = ALONE.replace("value: 1", "value: !ImportValue name-of-net")


async def exports(stage: Stage) -> dict[str, object]:
    project = stage.user.project_id
    return {one.name: one.value for one in await stage.world.reads.exports(project) if one.ready}


async def importers(stage: Stage, name: str) -> list[str]:
    found = await stage.world.reads.imports(stage.user.project_id, [name])
    return [one.stack_name for one in found]


async def refused(asked: Awaitable[object]) -> list[tuple[str, int, str]]:
    """Code, line and message of each problem."""
    with pytest.raises(StackValidationFailed) as caught:
        await asked
    found = caught.value.diagnostics
    return [(item.code, item.span.line if item.span else 0, item.message) for item in found]

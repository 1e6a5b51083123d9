"""Completion in the language of CloudFormation."""

from __future__ import annotations

import pytest

from support.cursor import asked
from support.editor import Editor

CFN = """\
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Size: {Type: String}
Mappings:
  Images: {a: {b: c}}
Conditions:
  Large: !Equals [!Ref Size, large]
Resources:
  Net:
    Type: OS::Neutron::Net
"""
CFN_CASES: dict[str, tuple[str, list[str], list[str]]] = {
    "sections": ("|", ["Outputs", "Rules", "Metadata"], ["Resources", "outputs"]),
    "keys of a resource": (
        "  A:\n    Type: OS::Heat::Value\n    |\n",
        ["Properties", "DependsOn", "UpdateReplacePolicy"],
        ["Type", "depends_on"],
    ),
    "types": ("  A:\n    Type: |\n", ["OS::Nova::Server"], ["Ref"]),
    "properties": (
        "  A:\n    Type: OS::Neutron::Net\n    Properties:\n      |\n",
        ["name", "shared", "Fn::Sub"],
        ["Type"],
    ),
    "functions and their short forms": (
        "Outputs:\n  X:\n    Value: |\n",
        ["Ref", "Fn::GetAtt", "!Ref", "!GetAtt", "!Sub"],
        ["get_param", "Fn::Equals"],
    ),
    "short forms, half typed": ("Outputs:\n  X:\n    Value: !G|\n", ["!GetAtt"], ["Size"]),
    "names for Ref": (
        "Outputs:\n  X:\n    Value: {Ref: |\n",
        ["Size", "Net", "AWS::StackName"],
        ["Ref"],
    ),
    "names for !Ref": ("Outputs:\n  X:\n    Value: !Ref |\n", ["Size", "Net"], ["!Ref"]),
    "names for !Ref, half typed": ("Outputs:\n  X:\n    Value: !Ref N|\n", ["Net"], []),
    "resources for !GetAtt": ("Outputs:\n  X:\n    Value: !GetAtt N|\n", ["Net"], ["Size"]),
    "attributes, dotted": (
        "Outputs:\n  X:\n    Value: !GetAtt Net.|\n",
        ["subnets", "show"],
        ["Net"],
    ),
    "attributes in a list": (
        "Outputs:\n  X:\n    Value: !GetAtt [Net, |\n",
        ["subnets", "show"],
        ["Net"],
    ),
    "attributes in the long form": (
        "Outputs:\n  X:\n    Value:\n      Fn::GetAtt: Net.su|\n",
        ["subnets"],
        [],
    ),
    "placeholders": ('Outputs:\n  X:\n    Value: !Sub "a-${|"\n', ["Size", "Net"], ["Ref"]),
    "attributes in placeholders": (
        "Outputs:\n  X:\n    Value:\n      Fn::Sub: a-${Size}-${Net.|}\n",
        ["subnets"],
        ["Size"],
    ),
    "conditions": ("  A:\n    Condition: |\n", ["Large"], ["Size"]),
    "conditions of a choice": (
        "Outputs:\n  X:\n    Value: !If [|, 1, 2]\n",
        ["Large"],
        ["Size"],
    ),
    "mappings": ("Outputs:\n  X:\n    Value: !FindInMap [|]\n", ["Images"], ["Size"]),
    "DependsOn": ("  A:\n    DependsOn: [|]\n", ["Net"], ["A"]),
    "functions of rules": (
        "Rules:\n  R:\n    Assertions:\n      - Assert: {|",
        ["Fn::Contains", "Fn::EachMemberIn"],
        ["Fn::GetAtt"],
    ),
}


@pytest.mark.parametrize("case", CFN_CASES)
def test_completion_in_cloudformation(user: Editor, name: str, case: str) -> None:
    below, wanted, unwanted = CFN_CASES[case]
    offered = asked(user, name, CFN + below)
    assert [label for label in wanted if label not in offered] == []
    assert [label for label in unwanted if label in offered] == []

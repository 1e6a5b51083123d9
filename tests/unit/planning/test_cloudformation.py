"""CloudFormation templates put together: loops, rules, pseudo parameters, what has no effect."""

from __future__ import annotations

from typing import Any

import pytest

from calor.base.settings import Settings
from calor.base.values import Sensitive, Unknown
from calor.model.stack import Definition
from calor.planning.compose import Composer
from calor.planning.composition import Composition
from calor.planning.evaluate import Evaluator
from calor.planning.identity import Identity
from calor.planning.typing import Leniency
from calor.resources.registry import Registry

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::LanguageExtensions\n"
TYPES = Registry(plugins=False)
IDENTITY = Identity("id", "app", "project", "here")


def composed(text: str, *, lenient: bool = False, **parameters: Any) -> Composition:
    leniency = Leniency() if lenient else None
    composer = Composer(TYPES, Settings(), leniency=leniency)
    whole = text if text.startswith("heat") else HEAD + text
    return composer.compose(Definition(whole, parameters=parameters), IDENTITY)


def told(composition: Composition) -> list[str]:
    places = [(item.code, item.span) for item in composition.diagnostics]
    return [f"{code} {span.line}:{span.column}" if span else code for code, span in places]


LOOP = """
Parameters:
  Names: {Type: CommaDelimitedList, Default: 'a,b'}
Resources:
  Fn::ForEach::Values:
    - Name
    - !Ref Names
    - V${Name}:
        Type: OS::Heat::Value
        Properties: {value: !Ref Name}
Outputs:
  Fn::ForEach::Outs:
    - Name
    - !Ref Names
    - O${Name}: {Value: !GetAtt 'V${Name}.value'}
"""


def test_a_loop_goes_over_the_values_that_are_given() -> None:
    made = composed(LOOP, Names="x,y,x")
    assert told(made) == []
    assert {name: part.properties["value"] for name, part in made.parts.items()} == {
        "Vx": "x",
        "Vy": "y",
    }
    assert made.template is not None
    assert list(made.template.outputs) == ["Ox", "Oy"]
    assert list(composed(LOOP).parts) == ["Va", "Vb"]
    assert list(composed(LOOP, Names="").parts) == []


@pytest.mark.parametrize("value", [Unknown("x"), ["a", Unknown("x")], Sensitive(["a"])])
def test_a_loop_over_what_is_not_known_or_secret(value: Any) -> None:
    assert told(composed(LOOP, Names=value)) == ["H642 9:7", "H642 16:7"]


def test_a_loop_without_a_default_waits_for_its_value() -> None:
    text = LOOP.replace(", Default: 'a,b'", "")
    assert told(composed(text)) == ["H311 5:3"]
    assert list(composed(text, Names="a").parts) == ["Va"]


def test_a_mistake_in_a_loop_is_told_once() -> None:
    text = LOOP.replace("Type: OS::Heat::Value", "Type: OS::Heat::Value\n        DependsOn: none")
    assert told(composed(text, Names="x,y")) == ["H402 12:20"]


RULES = """
Parameters:
  Env: {Type: String, Default: prod}
  Size: {Type: Number, Default: 4}
  Names: {Type: CommaDelimitedList, Default: 'a,b'}
  Nets: {Type: 'List<AWS::EC2::VPC::Id>', Default: 'n,m'}
  Net: {Type: 'AWS::EC2::VPC::Id', Default: 'n'}
Rules:
  Large:
    RuleCondition: !Equals [!Ref Env, prod]
    Assertions:
      - Assert: {'Fn::Contains': [[2, 4], !Ref Size]}
        AssertDescription: two or four
      - Assert: {'Fn::EachMemberIn': [!Ref Names, [a, b, c]]}
  Same:
    Assertions:
      - Assert: !Or [!Not [!Equals [!Ref Env, same]], {'Fn::EachMemberEquals': [!Ref Names, a]}]
      - Assert: {'Fn::EachMemberIn': [!Ref Nets, [n, m, o]]}
      - Assert: {'Fn::Contains': [{'Fn::RefAll': 'List<AWS::EC2::VPC::Id>'}, !Ref Net]}
      - Assert: {'Fn::EachMemberIn': [{'Fn::ValueOfAll': ['AWS::EC2::VPC::Id', Tags.A]}, [x]]}
      - Assert: !Equals [{'Fn::ValueOf': [Net, DefaultNetworkAcl]}, x]
"""


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, []),
        ({"Size": 3}, ["H650 14:17"]),
        ({"Size": 3, "Names": "d"}, ["H650 14:17", "H650 16:17"]),
        ({"Size": 3, "Env": "test"}, []),
        ({"Env": "same"}, ["H650 19:17"]),
        ({"Env": "same", "Names": "a,a"}, []),
        ({"Nets": "x,n"}, ["H650 20:17"]),
        ({"Net": "z"}, ["H650 21:17"]),
        ({"Size": Unknown("x")}, []),
    ],
)
def test_rules(parameters: dict[str, Any], found: list[str]) -> None:
    made = composed(RULES, **parameters)
    assert told(made) == [*found, "R168 23:48"]
    for problem in made.diagnostics:
        if problem.span is not None and problem.span.line == 14:
            assert problem.message == "two or four"


@pytest.mark.parametrize(
    ("call", "place", "hint"),
    [
        ("'Fn::ValueOf': [Net, Tags]", "R169 10:57", "did you mean 'Tags.KEY'?"),
        ("'Fn::ValueOf': [Net, Tags.]", "R169 10:57", "did you mean 'Tags.KEY'?"),
        ("'Fn::ValueOf': [Net, VpcId]", "R169 10:57", "DefaultNetworkAcl, DefaultSecurityGroup"),
        ("'Fn::ValueOf': [Net, defaultSecurityGroup]", "R169 10:57", "'DefaultSecurityGroup'"),
        ("'Fn::ValueOf': [Env, VpcId]", "R169 10:52", "one of AWS::EC2::SecurityGroup::Id"),
        ("'Fn::ValueOfAll': ['AWS::EC2::Subnet::Id', VpcID]", "R169 10:79", "'VpcId'"),
        ("'Fn::ValueOfAll': ['AWS::EC2::Subnets::Id', x]", "R169 10:55", "'AWS::EC2::Subnet::Id'"),
    ],
)
def test_attributes_that_nothing_has(call: str, place: str, hint: str) -> None:
    made = composed(
        f"""
Parameters:
  Net: {{Type: 'AWS::EC2::VPC::Id', Default: n}}
  Env: {{Type: String, Default: e}}
Rules:
  Asks:
    Assertions:
      - Assert: !Not [!Equals [x, {{{call}}}]]
"""
    )
    assert told(made) == [place]
    (problem,) = made.diagnostics
    assert hint in problem.hint


def test_pseudo_parameters() -> None:
    made = composed(
        """
Outputs:
  All:
    Value:
      - !Ref AWS::AccountId
      - !Ref AWS::Partition
      - !Ref AWS::Region
      - !Ref AWS::StackId
      - !Ref AWS::StackName
      - !Ref AWS::URLSuffix
      - !Ref AWS::NotificationARNs
      - !Ref AWS::NoValue
"""
    )
    (output,) = Evaluator(made, {}).outputs()
    assert output.value == [
        "project",
        "openstack",
        "here",
        "arn:openstack:heat::project:stacks/app/id",
        "app",
        "amazonaws.com",
        [],
    ]


POLICIES = """
Resources:
  a:
    Type: OS::Heat::None
    CreationPolicy: {ResourceSignal: {Count: 1}}
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Delete
  b: {Type: OS::Heat::None, DeletionPolicy: Retain, UpdateReplacePolicy: Retain}
  c: {Type: OS::Heat::None, UpdateReplacePolicy: Delete}
  d: {Type: OS::Heat::None, DeletionPolicy: Retain}
"""


def test_what_policies_say() -> None:
    made = composed(POLICIES)
    assert told(made) == ["R160 7:21"]
    found = [Evaluator(made, {}).tentative(name, ()) for name in ("a", "b", "c", "d")]
    assert [(item.deletion_policy, item.replace_policy) for item in found] == [
        ("RetainExceptOnCreate", "Delete"),
        ("Retain", "Retain"),
        ("Delete", "Delete"),
        ("Retain", None),
    ]


def test_a_snapshot_that_can_not_be_taken_is_refused() -> None:
    text = """
Resources:
  a: {Type: OS::Heat::None, UpdateReplacePolicy: Snapshot}
"""
    assert told(composed(text)) == ["R105 5:50"]


def test_custom_resources_are_recognised() -> None:
    text = """
Resources:
  a: {Type: 'Custom::Thing'}
  b: {Type: 'AWS::CloudFormation::CustomResource'}
"""
    assert told(composed(text)) == ["R164 5:13", "R164 6:13"]


def test_parameters_that_name_things_are_left_for_the_cloud() -> None:
    made = composed(
        """
Parameters:
  Key: {Type: 'AWS::EC2::KeyPair::KeyName', Default: k}
  Nets: {Type: 'List<AWS::EC2::VPC::Id>', Default: 'a,b'}
  Zone: {Type: 'AWS::EC2::AvailabilityZone::Name', Default: z}
"""
    )
    assert [(item.kind, item.value) for item in made.lookups] == [
        ("nova.keypair", "k"),
        ("neutron.network", ["a", "b"]),
        ("nova.availability_zone", "z"),
    ]


def test_a_rule_is_judged_where_it_is_known_to_apply() -> None:
    text = """
Parameters: {Env: {Type: String}}
Rules:
  R:
    RuleCondition: !Equals [!Ref Env, prod]
    Assertions: [{Assert: {'Fn::Contains': [[a], b]}}]
"""
    assert told(composed(text, Env=Unknown("Env"))) == []
    assert told(composed(text, Env="test")) == []
    assert told(composed(text, Env="prod")) == ["H650 8:27"]


def test_a_policy_that_is_no_map_is_told_once() -> None:
    text = """
Resources:
  a: {Type: 'OS::Heat::None', UpdatePolicy: 1, CreationPolicy: x}
"""
    assert told(composed(text)) == ["H212 5:45", "H212 5:64"]


def test_a_key_of_a_mapping_that_is_not_there_is_told_once() -> None:
    text = """
Mappings: {M: {a: {b: c}}}
Resources:
  a: {Type: 'OS::Heat::Value', Properties: {value: !FindInMap [M, a, x]}}
  b: {Type: 'OS::Heat::Value', Properties: {value: !FindInMap [N, a, b]}}
"""
    assert told(composed(text, lenient=True)) == ["H606 6:70", "H605 7:64"]


def test_a_key_that_a_parameter_says_leads_to_the_parameter_and_the_mapping() -> None:
    text = """
Parameters: {Env: {Type: String, Default: z}}
Mappings: {M: {a: {b: c}}}
Resources:
  a: {Type: 'OS::Heat::Value', Properties: {value: !FindInMap [M, !Ref Env, b]}}
"""
    (problem,) = composed(text).diagnostics
    assert (problem.code, str(problem.span).split(":", 1)[1]) == ("H415", "7:67")
    assert [why for _, why in problem.related] == [
        "the mapping 'M'",
        "the default of the parameter 'Env'",
    ]


def test_policies_are_told_in_the_words_of_the_language() -> None:
    cfn = """
Resources:
  a:
    Type: OS::Heat::RandomString
    UpdatePolicy: {AutoScalingRollingUpdate: {}}
    DeletionPolicy: Snapshot
"""
    hot = """heat_template_version: 2021-04-16
resources:
  a: {type: OS::Heat::RandomString, update_policy: {rolling_update: {}}, deletion_policy: snapshot}
"""
    for text, update, keep in (
        (cfn, "UpdatePolicy", "use Delete or Retain"),
        (hot, "update_policy", "use delete or retain"),
    ):
        (first, second) = composed(text).diagnostics
        assert (first.code, first.hint) == ("R104", f"leave {update} out")
        assert first.message.startswith(update)
        assert (second.code, second.hint) == ("R105", keep)


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        ("{if: [small, {}, {rolling_update: {}}]}", []),
        ("{if: [small, {rolling_update: {}}, {}]}", ["R104 4:62"]),
        ("{get_param: nothing}", []),
        ("{map_merge: [{get_param: size}]}", ["H415 4:63"]),
    ],
)
def test_an_update_policy_may_be_a_function(policy: str, found: list[str]) -> None:
    text = f"""heat_template_version: 2021-04-16
parameters: {{size: {{type: number}}, nothing: {{type: json, default: {{}}}}}}
conditions: {{small: {{equals: [{{get_param: size}}, 1]}}}}
resources: {{a: {{type: OS::Heat::RandomString, update_policy: {policy}}}}}
"""
    assert told(composed(text, size=1)) == found


def test_a_value_out_of_a_mapping_is_told_with_where_it_was_written() -> None:
    text = """
Parameters: {Env: {Type: String, Default: a}}
Mappings: {M: {a: {mtu: many, ok: 1}}}
Resources:
  a: {Type: 'OS::Neutron::SecurityGroupRule', Properties: {security_group: x,
      port_range_min: !FindInMap [M, a, mtu], port_range_max: !FindInMap [M, !Ref Env, mtu]}}
"""
    found = composed(text).diagnostics
    assert [
        (item.code, [str(span).split(":", 1)[1] for span, _ in item.related]) for item in found
    ] == [
        ("R132", ["5:25"]),
        ("R132", ["5:12", "4:43"]),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Resources: {a: {Type: 'OS::Heat::None', Condition: nope}}", ["H403 3:52"]),
        ("Conditions: {a: !Condition b, b: !Condition a}", ["H412 3:28"]),
        (
            "Conditions: {a: !Condition b, b: !Condition a}\n"
            "Resources: {r: {Type: 'OS::Heat::None', Condition: a}}",
            ["H412 3:28"],
        ),
        ("Parameters: {a: {Type: String, MinLength: 5, MaxLength: 3, Default: b}}", ["H303 3:43"]),
        ("Parameters: {a: {Type: Number, MinValue: 5, MaxValue: 3, Default: 4}}", ["H303 3:42"]),
    ],
)
def test_one_mistake_is_told_once(text: str, expected: list[str]) -> None:
    assert told(composed(text, lenient=True)) == expected

"""`calor convert`: the result is HOT that says the same, and what is missing in it is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from calor.base.errors import InvalidInput
from calor.base.settings import Settings
from calor.base.values import Unknown, Value, reveal, rewrite
from calor.cli.errors import Failed
from calor.cli.root import cli
from calor.main.calor import Programs
from calor.model.stack import Definition
from calor.planning.compose import Composer
from calor.planning.composition import Composition
from calor.planning.identity import Identity
from calor.planning.typing import Leniency
from calor.resources.registry import Registry
from calor.template.evaluation import deletion_policy, evaluate, is_enabled

COMPOSER = Composer(Registry(plugins=False), Settings(), leniency=Leniency())
HEAD = """\
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::LanguageExtensions
Parameters:
  Env: {Type: String, Default: prod, AllowedValues: [dev, prod], ConstraintDescription: a or b}
  Size: {Type: Number, Default: 2, MinValue: 1, MaxValue: 9}
  Names: {Type: CommaDelimitedList, Default: "a,b,c"}
  Password: {Type: String, NoEcho: true, MinLength: 8, Default: longenough}
  Key: {Type: 'AWS::EC2::KeyPair::KeyName', Default: mine, Description: A key}
Mappings:
  Regions: {prod: {image: debian, list: [1, 2]}, dev: {image: fedora, list: []}}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Small: !Equals [!Ref Size, "1"]
  Big: !Not [!Condition Small]
  Both: !And [!Condition Prod, {Condition: Big}]
  Either: !Or [!Condition Small, !Condition Big]
  Image: !Equals [!FindInMap [Regions, !Ref Env, image], debian]
"""
VALUES = [
    "!Ref Env",
    "!Ref Size",
    "!Ref Names",
    "!Ref Password",
    "!Ref AWS::StackName",
    "!Ref AWS::StackId",
    "!Sub '${AWS::StackId} ${AWS::Partition} ${AWS::URLSuffix} ${AWS::AccountId}'",
    "[!Ref AWS::NotificationARNs, !Ref AWS::Partition, !Ref AWS::Region]",
    "!Ref Net",
    "!GetAtt Net.name",
    "{'Fn::GetAtt': [Net, mtu]}",
    "!Join [',', [a, !Ref Env, b]]",
    "!Join ['', !Ref Names]",
    "!Select [1, [a, b]]",
    "!Select ['2', !Ref Names]",
    "!Select [!Ref Size, !Ref Names]",
    "!Select [0, !Split ['/', !Ref Env]]",
    "!Select [1, !Split [',', 'a,b']]",
    "!Select [0, !GetAtt Net.subnets]",
    "!Split ['r', !Ref Env]",
    "!Sub 'plain'",
    "!Sub '${Env}-${Size}-${Env}'",
    "!Sub '${!Env} ${Env}'",
    "!Sub '${Net} ${Net.name} ${AWS::StackName}'",
    "!Sub ['${x}${Names} ${y}', {x: !Ref Size, y: !Join ['', [a]]}]",
    "!FindInMap [Regions, prod, image]",
    "!FindInMap [Regions, !Ref Env, list]",
    "!FindInMap [Regions, !Ref Env, image, {DefaultValue: x}]",
    "!FindInMap [Regions, !Ref Env, missing, {DefaultValue: [!Ref Size]}]",
    "!FindInMap [Regions, !Ref Size, image, {DefaultValue: !Ref Env}]",
    "!If [Prod, 1, 2]",
    "!If [Both, {a: !Ref Env}, [b]]",
    "[a, !If [Small, b, !Ref 'AWS::NoValue'], c]",
    "{a: !Ref 'AWS::NoValue', b: !If [Image, !Ref 'AWS::NoValue', x]}",
    "!Base64 text",
    "!Length [1, 2]",
    "!Length {Ref: Names}",
    "{'Fn::Replace': [{X: !Ref Env}, 'a X b']}",
    '"${not} {get_param: x}"',
    "{get_param: literal, more: 1}",
]


def converted(text: str, *options: str) -> Result:
    path = Path("app.yaml")
    path.write_text(text)
    return CliRunner().invoke(cli, ["convert", str(path), *options], obj=Programs())


def composed(text: str) -> Composition:
    found = COMPOSER.compose(Definition(template=text), Identity(None, "s", "p"), name="t")
    assert not found.diagnostics.errors, [item.message for item in found.diagnostics.errors]
    return found


def told(composition: Composition) -> dict[str, Any]:
    """All that a template says once it is evaluated; every unknown value is alike."""
    template, scope = composition.template, composition.scope
    assert template is not None and scope is not None

    def plain(value: Value) -> Value:
        alike = rewrite(reveal(value), lambda one: "?" if isinstance(one, Unknown) else one)
        return json.loads(json.dumps(alike))

    resources = {
        name: (
            resource.type,
            is_enabled(resource, scope),
            plain(evaluate(resource.properties, scope)) if resource.properties else None,
            plain(evaluate(resource.metadata, scope)) if resource.metadata else None,
            resource.depends_on,
            deletion_policy(resource, scope),
        )
        for name, resource in template.resources.items()
    }
    outputs = {name: plain(evaluate(one.value, scope)) for name, one in template.outputs.items()}
    return {"resources": resources, "outputs": outputs}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("value", VALUES)
def test_values_stay(value: str) -> None:
    text = (
        f"{HEAD}Resources:\n  Net: {{Type: 'OS::Neutron::Net', Properties: {{name: n}}}}\n"
        f"  V:\n    Type: OS::Heat::Value\n    Properties:\n      value: {value}\n"
        f"Outputs:\n  o: {{Value: {value}}}\n"
    )
    done = converted(text)
    assert done.exit_code == 0, done.stderr
    assert told(composed(done.stdout)) == told(composed(text))


def test_sections_and_keys_stay() -> None:
    text = (
        f"Description: What it is\n{HEAD}"
        "Metadata: {AWS::CloudFormation::Interface: {ParameterGroups: [{Label: {default: First}, "
        "Parameters: [Size, Env]}]}}\n"
        "Resources:\n  Net:\n    Type: OS::Neutron::Net\n    Condition: Prod\n"
        "    DeletionPolicy: Retain\n    Metadata: {who: !Ref Env}\n"
        "  Off: {Type: 'OS::Neutron::Net', Condition: Small, DependsOn: [Net]}\n"
        "  Server: {Type: 'AWS::EC2::Instance', Properties: {ImageId: !Ref Env, "
        "InstanceType: m1, KeyName: !Ref Key}}\n"
        "Outputs: {o: {Description: The id, Value: !Ref Net, Condition: Prod}}\n"
    )
    done = converted(text)
    assert done.exit_code == 0, done.stderr
    hot, cfn = composed(done.stdout), composed(text)
    assert told(hot) == told(cfn)
    assert hot.template is not None and cfn.template is not None
    assert hot.template.description == cfn.template.description
    assert hot.template.outputs["o"].description == "The id"
    assert [group.label for group in hot.template.parameter_groups] == ["First"]
    assert hot.template.parameter_groups[0].parameters == ("Size", "Env")
    for name, parameter in cfn.template.parameters.items():
        other = hot.template.parameters[name]
        assert (other.type, other.default, other.hidden, other.description) == (
            parameter.type,
            parameter.default,
            parameter.hidden,
            parameter.description,
        )
        assert [type(one) for one in other.constraints] == [
            type(one) for one in parameter.constraints
        ]


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("value: !GetAZs ''", "H701"),
        ("value: !Cidr [!Ref Env, 2, 8]", "H701"),
        ("value: !ImportValue x", "H701"),
        ("value: !FindInMap [!Ref Env, x, y]", "H701"),
    ],
)
def test_what_hot_cant_say_is_told(part: str, code: str) -> None:
    text = f"{HEAD}Resources: {{V: {{Type: 'OS::Heat::Value', Properties: {{{part}}}}}}}\n"
    done = converted(text)
    assert isinstance(done.exception, Failed)
    assert f"error {code}" in done.stderr
    assert "app.yaml:18:" in done.stderr
    assert "value: null" in done.stdout


def test_json_keeps_its_meaning_but_not_its_words() -> None:
    text = (
        f"{HEAD}Resources:\n  V:\n    Type: OS::Heat::Value\n    Properties:\n"
        "      value: !ToJsonString {b: 1, a: [!Ref Env]}\n"
    )
    done = converted(text)
    assert done.exit_code == 0
    assert "warning H702" in done.stderr
    values = [told(composed(one))["resources"]["V"][2]["value"] for one in (done.stdout, text)]
    assert json.loads(values[0]) == json.loads(values[1]) == {"a": ["prod"], "b": 1}


def test_rules_exports_and_policies_are_told() -> None:
    text = (
        f"{HEAD}Rules: {{R: {{Assertions: [{{Assert: !Equals [a, a]}}]}}}}\n"
        "Resources: {V: {Type: 'OS::Heat::Value', UpdateReplacePolicy: Retain}}\n"
        "Outputs: {o: {Value: 1, Export: {Name: x}}}\n"
    ).replace("!Equals [a, a]", "{'Fn::Equals': [a, a]}")
    done = converted(text)
    assert done.stderr.count("error H701") == 2
    assert done.stderr.count("warning H702") == 1


def test_loops_are_written_out_and_told() -> None:
    text = (
        f"{HEAD}Resources:\n  'Fn::ForEach::A':\n    - N\n"
        "    - [x, y]\n    - 'V${N}': {Type: 'OS::Heat::Value', Properties: {value: !Ref N}}\n"
    )
    done = converted(text)
    assert done.exit_code == 0
    assert "app.yaml:19:3: warning H702" in done.stderr
    assert told(composed(done.stdout)) == told(composed(text))
    over_default = converted(text.replace("[x, y]", "!Ref Names"))
    assert "app.yaml:6:3: error H701" in over_default.stderr
    assert "Vb:" in over_default.stdout
    over_nothing = converted(text.replace("[x, y]", "!Ref Names").replace(', Default: "a,b,c"', ""))
    assert "because it has no default" in over_nothing.stderr


COMMENTED = """\
# What it is
# in two lines

AWSTemplateFormatVersion: 2010-09-09  # the version
# before parameters
Parameters:  # beside parameters
  # before the size
  Size:
    Type: Number  # beside a type
    MinValue: 1  # at least one
    # after the size
Mappings:  # maps
  Images:
    dev:  # for developers
      name: debian
Resources:
  # before the value
  Value:  # beside the value
    Type: OS::Heat::Value
    Properties:
      value:
        # in a list
        - a  # beside an item
        - !Join ['', [a, !Ref Size]]  # beside a call
        # after the items
      # not here: {
  # after the value

# before outputs
Outputs:
  O:
    Value: !Sub |  # beside a block
      # no comment
      ${Size}
# the end
"""
CONVERTED = """\
# What it is
# in two lines
heat_template_version: '2021-04-16'  # the version

# before parameters
parameters:  # beside parameters
  # before the size
  Size:
    type: number  # beside a type
    constraints: [{ range: { min: 1 } }]  # at least one
    # after the size
  Images:  # maps
    type: json
    description: The mapping Images; not meant to be changed.
    # for developers
    default: { dev: { name: debian } }

resources:
  # before the value
  Value:  # beside the value
    type: OS::Heat::Value
    properties:
      value:
        # in a list
        - a  # beside an item
        # beside a call
        - list_join: ['', [a, { get_param: Size }]]
      # after the items
      # not here: {
  # after the value

# before outputs
outputs:
  O:
    value:  # beside a block
      str_replace:
        template: |
          # no comment
          ${Size}
        params: { '${Size}': { get_param: Size } }
# the end
"""


def test_comments_stay_at_what_they_stand_at() -> None:
    assert converted(COMMENTED).stdout == CONVERTED


def test_it_may_be_written_to_a_file() -> None:
    text = f"{HEAD}Resources: {{N: {{Type: 'OS::Heat::None'}}}}\n"
    assert converted(text, "-o", "hot.yaml").stdout == ""
    assert told(composed(Path("hot.yaml").read_text())) == told(composed(text))


def test_only_cloudformation_is_converted() -> None:
    done = converted("heat_template_version: 2021-04-16\n")
    assert isinstance(done.exception, InvalidInput)
    assert "HOT already" in done.exception.hint
    done = converted("AWSTemplateFormatVersion: 2010-09-09\nResources: {V: {}}\n")
    assert isinstance(done.exception, InvalidInput)
    assert done.exception.diagnostics

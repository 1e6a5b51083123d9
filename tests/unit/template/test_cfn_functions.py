"""What CloudFormation's functions make of their arguments; unknown and sensitive ones too."""

from typing import Any

import pytest

from calor.base.errors import InvalidInput
from calor.base.values import Sensitive, Unknown
from calor.template.evaluation import TemplateScope, evaluate
from calor.template.load import load_template

U = Unknown("somewhere")
PARAMETERS: dict[str, Any] = {
    "Text": "hello",
    "Number": 5,
    "List": ["a", "b", "c"],
    "Yes": "true",
    "Block": "10.0.0.0/16",
    "Env": "prod",
    "Map": {"k": [1, 2]},
    "Secret": Sensitive("s3cret"),
    "SecretList": Sensitive(["p", "q"]),
    "Unknown": U,
    "Mixed": ["a", U],
    "AWS::StackName": "app",
    "AWS::Region": "here",
    "AWS::NotificationARNs": [],
}
EXPORTS: dict[str, Any] = {"net": "net-1", "hidden": Sensitive("h"), "hello": "by name"}
HEAD = """AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::LanguageExtensions
Mappings:
  Sizes:
    prod: {cpu: 4, zones: [x, y], 'on': true}
    '5': {cpu: 1}
Conditions:
  'On': !Equals [1, 1]
  'Off': !Equals [1, 2]
  Maybe: !Equals [!Ref Unknown, 1]
  Hidden: !Equals [!Ref Secret, s3cret]
Resources:
  web: {Type: OS::Heat::Value}
  later: {Type: OS::Heat::Value}
"""


class Scope(TemplateScope):
    """A resource `web` exists, one called `later` does not yet."""

    def resource_id(self, name: str) -> Any:
        return Unknown(name) if name == "later" else f"id-of-{name}"

    def attribute(self, name: str, attribute: str | None, path: tuple[Any, ...]) -> Any:
        return Unknown(f"{name}.{attribute}") if name == "later" else f"{attribute} of {name}"

    def zones(self) -> Any:
        return ["nova", "zone-2"]


def run(expression: str) -> Any:
    """The value of an expression written in flow YAML."""
    types = "".join(
        f"  '{name}': {{Type: String}}\n" for name in PARAMETERS if not name.startswith("AWS::")
    )
    loaded = load_template(f"{HEAD}Parameters:\n{types}Outputs:\n  out:\n    Value: {expression}\n")
    if loaded.diagnostics.errors:
        raise InvalidInput("the template is wrong", loaded.diagnostics.errors)
    assert loaded.template is not None
    scope = Scope(loaded.template, PARAMETERS, exports=EXPORTS)
    return evaluate(loaded.template.outputs["out"].value, scope)


VALUES: list[tuple[str, Any]] = [
    # Ref
    ("!Ref Text", "hello"),
    ("{Ref: Text}", "hello"),
    ("!Ref web", "id-of-web"),
    ("!Ref later", Unknown("later")),
    ("!Ref Yes", "true"),
    ("!Ref AWS::StackName", "app"),
    ("!Ref AWS::NotificationARNs", []),
    ("!Ref AWS::URLSuffix", Unknown("AWS::URLSuffix")),
    ("!Ref Secret", Sensitive("s3cret")),
    ("{a: !Ref AWS::NoValue, b: 1}", {"b": 1}),
    ("[1, !Ref AWS::NoValue, 2]", [1, 2]),
    ("!Ref AWS::NoValue", None),
    # GetAtt
    ("!GetAtt web.name", "name of web"),
    ("!GetAtt web.a.b.c", "a.b.c of web"),
    ("!GetAtt [web, name]", "name of web"),
    ("{'Fn::GetAtt': [web, name]}", "name of web"),
    ("!GetAtt [web, !Ref Text]", "hello of web"),
    ("!GetAtt [web, !Ref Unknown]", U),
    ("!GetAtt [web, !Ref Secret]", Sensitive("s3cret of web")),
    ("!GetAtt later.name", Unknown("later.name")),
    ('!GetAtt "web.name"', "name of web"),
    # Sub
    ("!Sub plain", "plain"),
    ("!Sub ''", ""),
    ("!Sub 5", "5"),
    ("!Base64 yes", "yes"),
    ("!Sub '${Text} ${web} ${web.name} ${AWS::Region}'", "hello id-of-web name of web here"),
    ("!Sub '${!Text} $Text $ {Text} ${ Text }'", "${Text} $Text $ {Text} hello"),
    ("!Sub ['${a}-${Text}-${a}', {a: !Ref Number}]", "5-hello-5"),
    ("!Sub ['${Text}', {Text: mine}]", "mine"),
    ("!Sub ['${b}', {b: true}]", "true"),
    ("!Sub ['${l}', {l: !Ref List}]", "a,b,c"),
    ("!Sub '${AWS::NoValue}'", ""),
    ("!Sub '${Unknown}'", U),
    ("!Sub '${Secret}!'", Sensitive("s3cret!")),
    ("!Sub '${Secret}${Unknown}'", Sensitive(U)),
    ("!Sub '${later.name}'", Unknown("later.name")),
    ("!Sub ['${List}', {List: {'Fn::Join': ['-', !Ref List]}}]", "a-b-c"),
    # FindInMap
    ("!FindInMap [Sizes, prod, cpu]", 4),
    ("!FindInMap [Sizes, !Ref Env, zones]", ["x", "y"]),
    ("!FindInMap [Sizes, !Ref Number, cpu]", 1),
    ("!FindInMap [Sizes, !Ref Text, cpu, {DefaultValue: 9}]", 9),
    ("!FindInMap [Sizes, none, cpu, {DefaultValue: !Ref List}]", ["a", "b", "c"]),
    ("!FindInMap [Sizes, prod, cpu, {DefaultValue: 9}]", 4),
    ("{a: !FindInMap [Sizes, x, y, {DefaultValue: !Ref AWS::NoValue}]}", {}),
    ("!FindInMap [Sizes, !Ref Unknown, cpu]", U),
    ("!FindInMap [!Sub '${Unknown}', prod, cpu]", U),
    # Join, Select, Split, Base64, GetAZs, which HOT has as well
    ("!Join ['-', [a, !Ref Text]]", "a-hello"),
    ("!Join ['', !Ref Mixed]", U),
    ("!Select [1, !Ref List]", "b"),
    ("!Select ['2', !Split [',', 'x,y,z']]", "z"),
    ("!Select [0, !GetAZs '']", "nova"),
    ("!Base64 text", "text"),
    ("!Select [0, !Ref Mixed]", "a"),
    ("!Select [1, !Ref Mixed]", U),
    ("!Select [0, !Ref SecretList]", Sensitive("p")),
    # Cidr
    ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
    ("!Cidr [!Ref Block, '1', '4']", ["10.0.0.0/28"]),
    ("!Cidr [10.0.0.0/24, 4]", ["10.0.0.0/26", "10.0.0.64/26", "10.0.0.128/26", "10.0.0.192/26"]),
    ("!Cidr ['2001:db8::/56', 2, 64]", ["2001:db8::/64", "2001:db8:0:1::/64"]),
    ("!Select [255, !Cidr [10.0.0.0/8, 256, 16]]", "10.255.0.0/16"),
    ("!Cidr [!Ref Unknown, 2, 8]", U),
    # ImportValue
    ("!ImportValue net", "net-1"),
    ("!ImportValue hidden", Sensitive("h")),
    ("!ImportValue {'Fn::Sub': '${Text}'}", "by name"),
    ("!ImportValue {Ref: Unknown}", U),
    ("!ImportValue none", Unknown("export none")),
    # Length
    ("!Length [a, b]", 2),
    ("!Length []", 0),
    ("!Length {Ref: List}", 3),
    ("!Length {Ref: Mixed}", 2),
    ("!Length {Ref: Unknown}", U),
    ("!Length {Ref: SecretList}", Sensitive(2)),
    # ToJsonString
    ("!ToJsonString {b: 1, a: [true, null]}", '{"b":1,"a":[true,null]}'),
    ("!ToJsonString [é, !Ref Text]", '["é","hello"]'),
    ("!ToJsonString {a: !Ref Secret}", Sensitive('{"a":"s3cret"}')),
    ("!ToJsonString [!Ref Unknown]", U),
    ("!ToJsonString {a: !Ref AWS::NoValue}", "{}"),
    # If
    ("!If ['On', 1, 2]", 1),
    ("!If ['Off', 1, 2]", 2),
    ("!If [Maybe, 1, 2]", U),
    ("!If [Hidden, 1, 2]", Sensitive(1)),
    ("{a: !If ['Off', 1, !Ref AWS::NoValue], b: 2}", {"b": 2}),
    ("[!If ['Off', 1, !Ref AWS::NoValue]]", []),
    ("!If [!Not [!Condition 'On'], 1, 2]", 2),
    # Heat's own
    ("{'Fn::Replace': [{N: x}, N-N]}", "x-x"),
    ("{'Fn::MemberListToMap': [N, V, ['.member.0.N=a', '.member.0.V=1']]}", {"a": "1"}),
    ("{'Fn::ResourceFacade': Metadata}", Unknown("the parent's metadata")),
    # plain data
    ("{Ref: Text, other: 1}", {"Ref": "Text", "other": 1}),
    ("{Condition: {StringEquals: {a: b}}}", {"Condition": {"StringEquals": {"a": "b"}}}),
    ("{Condition: 'On'}", {"Condition": "On"}),
]


@pytest.mark.parametrize(("expression", "value"), VALUES, ids=[item[0] for item in VALUES])
def test_value(expression: str, value: Any) -> None:
    found = run(expression)
    assert found == value
    assert type(found) is type(value)


CONDITIONS: list[tuple[str, Any]] = [
    ("!Equals [!Ref Text, hello]", True),
    ("!Equals [!Ref Number, '5']", True),
    ("!Equals [!Ref Yes, true]", True),
    ("!Equals [1, 1.5]", False),
    ("!Equals [!Ref Unknown, 1]", U),
    ("!Equals [!Join [',', !Ref List], 'a,b,c']", True),
    ("!Equals [!Sub '${AWS::Region}', here]", True),
    ("!Equals [!Select [0, !Ref List], a]", True),
    ("!Equals [!FindInMap [Sizes, prod, 'on'], true]", True),
    ("!Equals [!Length {Ref: List}, 3]", True),
    ("!And [!Condition 'On', !Equals [a, a]]", True),
    ("!And ['On', 'Off']", False),
    ("!And [!Condition Maybe, !Condition 'Off']", False),
    ("!Or [!Condition 'Off', !Condition 'On']", True),
    ("!Or [!Condition 'Off', !Condition Maybe]", U),
    ("!Not [!Condition 'Off']", True),
    ("!Not [!Equals [!Ref Secret, x]]", Sensitive(True)),
    ("{Condition: 'On'}", True),
    ("{'Fn::Not': ['On']}", False),
]


@pytest.mark.parametrize(("expression", "value"), CONDITIONS)
def test_condition(expression: str, value: Any) -> None:
    types = "".join(f"  '{name}': {{Type: String}}\n" for name in PARAMETERS if "::" not in name)
    loaded = load_template(
        HEAD.replace("Conditions:\n", f"Conditions:\n  Asked: {expression}\n")
        + f"Parameters:\n{types}"
    )
    assert not [item.message for item in loaded.diagnostics]
    assert loaded.template is not None
    assert Scope(loaded.template, PARAMETERS).condition("Asked") == value


@pytest.mark.parametrize(
    "expression",
    [
        "!Sub ['${m}', {m: !Ref Map}]",
        "!FindInMap [Sizes, !Ref Text, cpu]",
        "!FindInMap [Sizes, !Ref List, cpu]",
        "!FindInMap [!Ref Text, a, b]",
        "!Cidr [!Ref Text, 2, 8]",
        "!Cidr [!Ref Block, 300]",
        "!Cidr [!Ref Block, !Ref List]",
        "!Cidr [!Ref Block, 2, 17]",
        "!Cidr [!Ref Block, 200, 12]",
        "!Cidr [!Ref Block, 0]",
        "!ImportValue {Ref: List}",
        "!Length {Ref: Text}",
        "!ToJsonString {Ref: Text}",
        "!GetAtt [web, !Ref List]",
    ],
)
def test_misuse(expression: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        run(expression)
    assert [item.code for item in caught.value.diagnostics] == ["H415"]


def test_messages_do_not_tell_secrets() -> None:
    for expression in ("!Cidr [!Ref Secret, 1]", "!FindInMap [Sizes, !Ref Secret, cpu]"):
        with pytest.raises(InvalidInput) as caught:
            run(expression)
        assert "s3cret" not in str(caught.value)


def test_a_place_inside_a_text() -> None:
    loaded = load_template("Outputs: {a: {Value: !Sub 'ab ${Nope}'}}\nResources: {}\n")
    (problem,) = loaded.diagnostics
    assert problem.span is not None
    assert problem.span.text == "Nope"


def test_a_tag_before_a_key_means_nothing() -> None:
    loaded = load_template("Outputs:\n  !Ref c: {Value: 1}\nResources: {}\n")
    (problem,) = loaded.diagnostics
    assert problem.span is not None
    assert (problem.code, problem.span.line, problem.span.column) == ("H112", 2, 3)

"""The names that a template shares: which it exports and imports, and what is wrong with them."""

from __future__ import annotations

from typing import Any

from calor.base.settings import Settings
from calor.base.values import Unknown
from calor.model.stack import Definition
from calor.planning.compose import Composer
from calor.planning.composition import Composition
from calor.planning.exports import Offered
from calor.planning.identity import Identity
from calor.planning.plan import plan_towards
from calor.resources.registry import Registry

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"
TYPES = Registry(plugins=False)
IDENTITY = Identity("id", "app", "project", "here")

TEXT = """Parameters: {Env: {Type: String, Default: test}}
Conditions: {Prod: !Equals [!Ref Env, prod]}
Resources:
  Used:
    Type: OS::Heat::Value
    Properties: {value: !If [Prod, !ImportValue big, !ImportValue small]}
  Unused: {Type: OS::Heat::Value, Condition: Prod, Properties: {value: !ImportValue other}}
Outputs:
  A: {Value: 1, Export: {Name: !Sub '${AWS::StackName}-a'}}
  B: {Value: 2, Condition: Prod, Export: {Name: b}}
  C: {Value: !ImportValue {Ref: Env}}
"""


def composed(text: str, offered: Offered | None = None, **parameters: Any) -> Composition:
    definition = Definition(HEAD + text, parameters=parameters)
    return Composer(TYPES, Settings()).compose(definition, IDENTITY, offered=offered)


def told(composition: Composition) -> list[str]:
    return [
        f"{item.code} {item.span.line}:{item.span.column}" if item.span else item.code
        for item in composition.diagnostics
    ]


def test_names_are_those_that_count() -> None:
    made = composed(TEXT)
    assert told(made) == []
    assert (made.exports, made.imports) == ({"app-a": "A"}, ("small", "test"))
    made = composed(TEXT, Env="prod")
    assert (made.exports, made.imports) == ({"app-a": "A", "b": "B"}, ("big", "other", "prod"))


def test_nothing_is_known_of_what_others_export_until_it_is_offered() -> None:
    assert composed(TEXT).parts["Used"].properties["value"] == Unknown("export small")
    made = composed(TEXT, Offered({"small": 1, "test": 2}))
    assert told(made) == []
    assert made.parts["Used"].properties["value"] == 1
    assert [change.name for change in plan_towards(made, ()).plan.changes] == ["Used"]


def test_what_is_missing_or_taken_is_told_at_its_place() -> None:
    offered = Offered({"small": 1}, taken={"app-a": "another"})
    assert told(composed(TEXT, offered)) == ["R166 10:32", "R163 12:14"]
    # A root imports nothing that its own tree will export only later.
    assert told(composed(TEXT, Offered({"small": 1}, coming=("test",)))) == ["R163 12:14"]


def test_names_that_can_not_be() -> None:
    text = """Parameters: {Names: {Type: CommaDelimitedList, Default: 'a,b'}}
Resources: {V: {Type: OS::Heat::Value, Properties: {value: 1}}}
Outputs:
  A: {Value: 1, Export: {Name: same}}
  B: {Value: 1, Export: {Name: same}}
  C: {Value: 1, Export: {Name: !Ref Names}}
  D: {Value: 1, Export: {Name: !Join ['', [!Ref Long, '']]}}
  E: {Value: 1, Export: {Name: 'blank '}}
"""
    long = text.replace(
        "Parameters: {", f"Parameters: {{Long: {{Type: String, Default: {'x' * 256}}}, "
    )
    assert told(composed(long)) == ["R165 6:32", "R165 7:32", "R165 8:32", "R165 9:32"]

"""Definitions put together: what is understood, what is refused and where, what is left to ask."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from calor.base.errors import LimitExceeded
from calor.base.settings import Settings
from calor.base.values import Sensitive, Unknown
from calor.engine.planner import Planner
from calor.model.stack import Definition
from calor.planning.compose import Composer
from calor.planning.composition import Composition
from calor.planning.identity import Identity
from calor.planning.recent import Recent
from calor.resources.registry import Registry

HEAD = "heat_template_version: 2021-04-16\n"
TYPES = Registry(plugins=False)
IDENTITY = Identity("id", "stack", "project")
COMPOSER = Composer(TYPES, Settings())


def composed(
    text: str,
    *,
    files: Mapping[str, str] | None = None,
    environment: str = "",
    deep: bool = True,
    **settings: int,
) -> Composition:
    definition = Definition(
        HEAD + text, environments=(environment,) if environment else (), files=files or {}
    )
    composer = Composer(TYPES, Settings(**settings))
    compose = composer.compose if deep else composer.compose_alone
    return compose(definition, IDENTITY)


def codes(composition: Composition) -> list[str]:
    return [problem.code for problem in composition.diagnostics.errors]


def test_parts_know_types_needs_and_what_is_known() -> None:
    made = composed(
        """
resources:
  net: {type: OS::Neutron::Net, properties: {name: one}}
  port: {type: OS::Neutron::Port, properties: {network: {get_resource: net}, name: two}}
"""
    )
    assert codes(made) == []
    net, port = made.parts["net"], made.parts["port"]
    assert (net.independent, net.needs, net.properties["name"]) == (True, (), "one")
    assert (port.independent, port.needs, port.refers) == (False, ("net",), {"network": ("net",)})
    assert port.properties["network"] == Unknown("net")


def test_all_problems_are_found_together() -> None:
    made = composed(
        """
resources:
  a: {type: OS::Neutron::Nett}
  b: {type: OS::Neutron::Net, properties: {nam: x}}
  c: {type: OS::Neutron::Port}
  d: {type: missing.yaml}
"""
    )
    assert sorted(codes(made)) == ["R101", "R102", "R130", "R131"]
    assert all(problem.span is not None for problem in made.diagnostics.errors)


def test_what_a_condition_turns_off_is_no_part_and_nobody_needs_it() -> None:
    made = composed(
        """
conditions: {never: false}
resources:
  gone: {type: OS::Neutron::Net, condition: never}
  left: {type: OS::Heat::TestResource, depends_on: gone}
"""
    )
    assert list(made.parts) == ["left"]
    assert made.parts["left"].needs == ()


def test_names_that_the_cloud_must_know_are_listed_inside_too() -> None:
    inner = HEAD + "resources: {port: {type: OS::Neutron::Port, properties: {network: inside}}}"
    made = composed(
        """
resources:
  port: {type: OS::Neutron::Port, properties: {network: outside}}
  more: {type: inner.yaml}
""",
        files={"inner.yaml": inner},
    )
    assert sorted(lookup.value for lookup in made.lookups) == ["inside", "outside"]
    assert {lookup.kind for lookup in made.lookups} == {"neutron.network"}


def test_stacks_inside_are_understood_as_far_as_known() -> None:
    text = """
resources:
  size: {type: OS::Heat::Value, properties: {value: 3}}
  known: {type: OS::Heat::ResourceGroup, properties: {count: 2, resource_def: {type: OS::Heat::None}}}
  late:
    type: OS::Heat::ResourceGroup
    properties: {count: {get_attr: [size, value]}, resource_def: {type: OS::Heat::None}}
"""  # noqa: E501  # a template
    made = composed(text)
    assert codes(made) == []
    assert list(made.children) == ["known"]
    assert list(made.children["known"].parts) == ["0", "1"]
    assert composed(text, deep=False).children == {}


def test_problems_inside_are_told_once_with_who_uses_it() -> None:
    made = composed(
        "resources: {inside: {type: inner.yaml}}",
        files={"inner.yaml": HEAD + "resources: {a: {type: OS::Nothing}}"},
    )
    assert codes(made) == ["R101"]
    assert made.diagnostics.errors[0].related


def test_a_template_that_leads_to_itself_ends() -> None:
    made = composed(
        "resources: {a: {type: a.yaml}}",
        files={"a.yaml": HEAD + "resources: {a: {type: a.yaml}}"},
    )
    assert codes(made) == ["R110"]


def test_the_registry_maps_types() -> None:
    made = composed(
        "resources: {a: {type: My::Net}}",
        environment="resource_registry: {'My::Net': 'OS::Neutron::Net'}",
    )
    assert made.parts["a"].type.name == "OS::Neutron::Net"
    assert made.parts["a"].declared_type == "My::Net"


def test_defaults_of_the_environment_reach_inside_but_its_parameters_do_not() -> None:
    inner = HEAD + (
        "parameters: {p: {type: string, default: own}}\n"
        "resources: {v: {type: OS::Heat::Value, properties: {value: {get_param: p}}}}"
    )
    outer = "parameters: {p: {type: string, default: x}}\nresources: {in: {type: inner.yaml}}"
    for section, value in (("parameter_defaults", "given"), ("parameters", "own")):
        environment = f"{section}: {{p: given}}"
        made = composed(outer, files={"inner.yaml": inner}, environment=environment)
        assert made.children["in"].parts["v"].properties["value"] == value


def test_the_limit_counts_what_is_inside() -> None:
    text = """
resources:
  group: {type: OS::Heat::ResourceGroup, properties: {count: 9, resource_def: {type: OS::Heat::None}}}
"""  # noqa: E501  # a template
    assert codes(composed(text, max_resources_per_stack=10)) == []
    with pytest.raises(LimitExceeded):
        composed(text, max_resources_per_stack=9)


def test_the_type_of_a_row_is_found_by_its_name() -> None:
    composer = Composer(TYPES, Settings())
    definition = Definition("", files={"inner.yaml": HEAD + "resources: {}", "bad.yaml": "["})
    assert composer.type_of("OS::Heat::Value", definition) is not None
    inner = composer.type_of("inner.yaml", definition)
    assert inner is not None
    assert inner.converges
    assert composer.type_of("bad.yaml", definition) is None
    assert composer.type_of("gone.yaml", definition) is None


def test_only_recent_texts_are_kept() -> None:
    made: list[str] = []
    recent: Recent[str] = Recent(16)

    def ask(key: str, size: int = 4) -> str:
        def make() -> str:
            made.append(key)
            return key.upper()

        return recent.get(key, make, size=size)

    assert [ask(key) for key in "abcda"] == ["A", "B", "C", "D", "A"]
    assert made == ["a", "b", "c", "d"]
    ask("e")
    assert [ask(key) for key in "ab"] == ["A", "B"]
    assert made == ["a", "b", "c", "d", "e", "b"]
    ask("large", 100)
    ask("large", 100)
    assert made.count("large") == 1


def test_what_was_checked_serves_who_carries_it_out() -> None:
    composer = Composer(TYPES, Settings())
    text = HEAD + "resources: {inner: {type: inner.yaml}, word: {type: OS::Heat::RandomString}}"
    files = {"inner.yaml": HEAD + "resources: {a: {type: OS::Heat::RandomString}}"}
    checked = composer.compose(Definition(text, files=files), IDENTITY)
    alone = composer.compose_alone(Definition(text, files=dict(files)), IDENTITY)
    assert alone.parts is checked.parts
    assert (list(checked.children), alone.children) == (["inner"], {})


@pytest.mark.parametrize(
    "other",
    [
        (Definition(HEAD, parameters={"a": True}), IDENTITY),
        (Definition(HEAD, parameters={"a": Sensitive(1)}), IDENTITY),
        (Definition(HEAD, environments=("{}",), parameters={"a": 1}), IDENTITY),
        (Definition(HEAD, files={"a": ""}, parameters={"a": 1}), IDENTITY),
        (Definition(HEAD, parameters={"a": 1}), Identity("other", "stack", "project")),
    ],
)
def test_what_differs_at_all_is_understood_anew(other: tuple[Definition, Identity]) -> None:
    composer = Composer(TYPES, Settings())
    first = composer.compose_alone(Definition(HEAD, parameters={"a": 1}), IDENTITY)
    assert composer.compose_alone(Definition(HEAD, parameters={"a": 1}), IDENTITY) is first
    assert composer.compose_alone(*other) is not first


def test_what_is_wrong_is_not_remembered_as_checked() -> None:
    composer = Composer(TYPES, Settings())
    text = HEAD + "resources: {inner: {type: inner.yaml}}"
    files = {"inner.yaml": HEAD + "resources: {a: {type: OS::Nowhere}}"}
    checked = composer.compose(Definition(text, files=files), IDENTITY)
    assert codes(checked)
    assert composer.compose_alone(Definition(text, files=files), IDENTITY) is not checked


PLAIN = HEAD + "resources: {a: {type: OS::Heat::Value, properties: {value: VALUE}}}"


def test_what_does_not_ask_whose_it_is_is_understood_once_for_all_stacks() -> None:
    definition = Definition(PLAIN.replace("VALUE", "1"))
    planned = COMPOSER.compose(definition, Identity(None, "plan", "project"))
    assert COMPOSER.compose(definition, Identity("id-1", "one", "project")) is planned
    assert COMPOSER.compose_alone(definition, Identity("id-2", "two", "project")) is planned
    assert COMPOSER.compose(definition, Identity("id-3", "one", "another")) is not planned


@pytest.mark.parametrize(
    "asks",
    [
        "{get_param: 'OS::stack_name'}",
        "{get_param: 'OS::stack_id'}",
        "{str_replace: {template: x, params: {x: {get_param: 'OS::stack_name'}}}}",
        "{get_param: {list_join: ['', ['OS::stack', '_name']]}}",
    ],
)
def test_what_asks_whose_it_is_is_understood_for_each_stack(asks: str) -> None:
    definition = Definition(PLAIN.replace("VALUE", asks))
    for stack_id, name in (("id-1", "one"), ("id-2", "two")):
        made = COMPOSER.compose(definition, Identity(stack_id, name, "project"))
        assert codes(made) == []
        expected = stack_id if "stack_id" in asks else name
        assert made.parts["a"].properties["value"] == expected


AMAZON = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::LanguageExtensions\n"


@pytest.mark.parametrize(
    "asks",
    [
        "Resources: {V: {Type: OS::Heat::Value, Properties: {value: !Ref AWS::StackName}}}",
        "Resources: {V: {Type: OS::Heat::Value, Properties: {value: !Sub 'x${AWS::StackId}'}}}",
        "Conditions: {C: !Equals [!Ref AWS::StackName, one]}\n"
        "Resources: {V: {Type: OS::Heat::Value, Condition: C, Properties: {value: 1}}}",
        "Resources: {'Fn::ForEach::N': [X, [!Ref AWS::StackName],"
        " {'R${X}': {Type: OS::Heat::Value, Properties: {value: 1}}}]}",
        "Resources: {'Fn::ForEach::N': [X, [!Sub 'x${AWS::StackName}'],"
        " {'R${X}': {Type: OS::Heat::Value, Properties: {value: 1}}}]}",
    ],
)
def test_amazons_templates_ask_whose_they_are_in_more_ways(asks: str) -> None:
    definition = Definition(AMAZON + asks)
    for stack_id, name in (("id-1", "one"), ("id-2", "two")):
        identity = Identity(stack_id, name, "project")
        made = COMPOSER.compose(definition, identity)
        alone = COMPOSER.compose_alone(definition, identity)
        fresh = Composer(TYPES, Settings()).compose(definition, identity)
        for one in (made, alone):
            assert codes(one) == []
            assert not one.of_anybody
            assert {key: part.properties for key, part in one.parts.items()} == {
                key: part.properties for key, part in fresh.parts.items()
            }


def test_new_stacks_of_one_understanding_begin_with_one_plan() -> None:
    planner = Planner()
    shared = COMPOSER.compose(Definition(PLAIN.replace("VALUE", "2")), IDENTITY)
    assert shared.of_anybody
    assert planner.towards(shared, ()) is planner.towards(shared, ())
    own = COMPOSER.compose(
        Definition(PLAIN.replace("VALUE", "{get_param: 'OS::stack_name'}")), IDENTITY
    )
    assert planner.towards(own, ()) is not planner.towards(own, ())
    assert planner.towards(own, ()).plan == planner.towards(own, ()).plan


def test_an_output_asks_whose_it_is_too() -> None:
    text = PLAIN.replace("VALUE", "1") + "\noutputs: {n: {value: {get_param: 'OS::stack_name'}}}"
    one, two = (
        COMPOSER.compose(Definition(text), Identity(f"id-{name}", name, "project"))
        for name in ("one", "two")
    )
    assert one is not two
    assert two.parameters is not None
    assert two.parameters.values["OS::stack_name"] == "two"

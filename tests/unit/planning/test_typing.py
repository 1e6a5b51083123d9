"""Types that can't be carried out: refused where something is to be made of them, told by lint."""

from __future__ import annotations

import pytest

from calor.base.settings import Settings
from calor.model.stack import Definition
from calor.planning.compose import Composer
from calor.planning.identity import Identity
from calor.planning.typing import Leniency
from calor.resources import foreseen
from calor.resources.registry import Registry
from calor.template.parameters import MISSING

HEAD = "heat_template_version: 2021-04-16\nresources:\n  it: "
STRICT = Composer(Registry(plugins=False), Settings())
READING = Composer(
    Registry(plugins=False), Settings(), leniency=Leniency(("OS::TripleO::*", "Our::*"))
)
POOL = "{type: OS::Octavia::Pool, properties: {protocol: HTTP, lb_algorithm: "


def found(composer: Composer, text: str, environment: str = "") -> list[str]:
    definition = Definition(
        template=HEAD + text, environments=(environment,) if environment else ()
    )
    composition = composer.compose(definition, Identity(None, "stack", "project"))
    return [f"{item.code} {item.severity.value} {item.hint}" for item in composition.diagnostics]


EITHER = "map it to another type or to a template in an environment"


@pytest.mark.parametrize(
    ("text", "strict", "reading"),
    [
        (POOL + "ROUND_ROBIN}}", [f"R106 error {EITHER}"], [f"R107 warning {EITHER}"]),
        (
            POOL + "ROUND}}",
            [f"R106 error {EITHER}", "R133 error "],
            [f"R107 warning {EITHER}", "R133 error "],
        ),
        (
            "{type: OS::Octavia::Pol}",
            ["R101 error did you mean 'OS::Octavia::Pool'?"],
            ["R101 error did you mean 'OS::Octavia::Pool'?"],
        ),
        (
            "{type: OS::Neutron::LoadBalancer, properties: {anything: 1}}",
            ["R106 error its nearest equivalent is OS::Octavia::LoadBalancer"],
            ["R107 warning its nearest equivalent is OS::Octavia::LoadBalancer"],
        ),
        (
            "{type: AWS::RDS::DBInstance}",
            ["R101 error its nearest equivalent is OS::Trove::Instance"],
            ["R101 error its nearest equivalent is OS::Trove::Instance"],
        ),
        (
            "{type: OS::TripleO::Vip, properties: {a: 1}}\n"
            "outputs: {o: {value: {get_attr: [it, b]}}}",
            ["R101 error `calor types` lists all types"],
            [],
        ),
    ],
)
def test_types_that_are_not_there(text: str, strict: list[str], reading: list[str]) -> None:
    assert found(STRICT, text) == strict
    assert found(READING, text) == reading


INNER = """heat_template_version: 2021-04-16
parameters: {word: {type: string}}
"""


@pytest.mark.parametrize(
    ("text", "strict", "reading"),
    [
        ("{type: inner.yaml}", ["R131 error"], ["R138 warning"]),
        (
            "{type: OS::Nova::Server, properties: {flavor: a, user_data_format: SOFTWARE_CONFIG}}",
            ["R136 error"],
            ["R137 warning"],
        ),
        (
            "{type: OS::Heat::ResourceGroup, update_policy: {batch_create: {}},"
            " properties: {resource_def: {type: OS::Heat::None}}}",
            ["R104 error"],
            ["R108 warning"],
        ),
        (
            "{type: OS::Heat::ResourceChain, properties: {resources: [a]}}\n"
            "outputs: {o: {value: {get_attr: [it, anything]}}}",
            ["R106 error"],
            ["R107 warning"],
        ),
        (
            "{type: OS::Heat::Value, properties:"
            " {value: {repeat: {for_each: {X: {get_param: [map, key]}}, template: X}}}}\n"
            "parameters: {map: {type: json, default: {}}}",
            ["H415 error"],
            [],
        ),
    ],
)
def test_readers_are_told_more_gently(text: str, strict: list[str], reading: list[str]) -> None:
    assert [item.rsplit(" ", 1)[0] for item in told(STRICT, text)] == strict
    assert [item.rsplit(" ", 1)[0] for item in told(READING, text)] == reading


def told(composer: Composer, text: str) -> list[str]:
    definition = Definition(template=HEAD + text, files={"inner.yaml": INNER})
    composition = composer.compose(definition, Identity(None, "stack", "project"))
    return [
        f"{item.code} {item.severity.value} "
        for item in composition.diagnostics
        if item.rule is not MISSING
    ]


def test_a_mapping_brings_what_is_missing() -> None:
    environment = "resource_registry: {'OS::TripleO::Vip': 'OS::Heat::Value'}"
    assert found(STRICT, "{type: OS::TripleO::Vip, properties: {value: 1}}", environment) == []


def test_every_type_of_heat_is_known_and_checks_its_properties() -> None:
    assert len(foreseen.names()) == 201
    for name in foreseen.names():
        type = foreseen.foreseen(name)
        assert type is not None
        problems = type.schema.check({"no such property": 1})
        assert type.retired or name == "OS::Heat::None" or problems

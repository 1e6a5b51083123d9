"""What a resource shall become once what it needs is there, however its properties are written."""

from __future__ import annotations

from typing import Any

import pytest

from calor.base.errors import ResourceFailed
from calor.base.settings import Settings
from calor.base.values import Value
from calor.model.resource import Resource
from calor.model.stack import Definition
from calor.model.states import Action, Status
from calor.planning.compose import Composer
from calor.planning.composition import Composition
from calor.planning.evaluate import Evaluator, Wanted
from calor.planning.identity import Identity
from calor.planning.properties import raw_properties
from calor.resources.registry import Registry

COMPOSER = Composer(Registry(plugins=False), Settings())
HEAD = "heat_template_version: 2021-04-16\n"
GIVER = "  giver: {type: OS::Heat::Value, properties: {value: x}}\n"


def composed(user: str) -> Composition:
    text = HEAD + "resources:\n" + GIVER + f"  user: {user}\n"
    composition = COMPOSER.compose(Definition(text), Identity("id", "stack", "project"))
    assert composition.diagnostics.errors == []
    return composition


def wanted(composition: Composition, value: Value) -> Wanted:
    """The user, once the giver tells this value."""
    giver: dict[str, Any] = {
        "id": "row",
        "stack_id": "stack",
        "name": "giver",
        "incarnation": 1,
        "type": "OS::Heat::Value",
        "declared_type": "OS::Heat::Value",
        "physical_name": "giver",
        "physical_id": "giver-id",
        "action": Action.CREATE,
        "status": Status.COMPLETE,
        "properties": {},
        "attributes": {"value": value},
        "settled": True,
    }
    return Evaluator(composition, {"giver": Resource(**giver)}).wanted("user", ("giver",))


ASKED = "{get_attr: [giver, value]}"


@pytest.mark.parametrize(
    ("user", "value"),
    [
        (f"{{type: OS::Neutron::Port, properties: {{network: {ASKED}}}}}", "n1"),
        (f"{{type: OS::Neutron::Port, properties: {{network_id: {ASKED}}}}}", "n1"),
        (
            "{type: OS::Neutron::Port, properties: {network: n, fixed_ips:"
            f" [{{ip_address: {ASKED}}}, {{subnet_id: {ASKED}}}]}}}}",
            "10.0.0.9",
        ),
        (
            "{type: OS::Nova::Server, properties: {flavor: f, image: i, user_data_format: RAW,"
            f" admin_pass: {ASKED}, networks: [{{port: {ASKED}}}]}}}}",
            "p1",
        ),
        (
            "{type: OS::Nova::Server, properties: {flavor: f, image: i, user_data_format: RAW,"
            f" metadata: {{a: {ASKED}}}, tags: {ASKED}}}}}",
            ["one", "two"],
        ),
        (
            "{type: OS::Neutron::Net, properties: {name: {str_replace: {template: a-b,"
            f" params: {{b: {ASKED}}}}}}}}}}}",
            "c",
        ),
    ],
)
def test_it_is_what_judging_all_of_it_gives(user: str, value: Value) -> None:
    composition = composed(user)
    found = wanted(composition, value)
    part = composition.parts["user"]
    # The same template with the value written into it: nothing is left to be known then.
    written = composed(user.replace(ASKED, repr(value).replace("'", '"')))
    assert written.scope is not None
    problems, expected = part.type.schema.judged(
        raw_properties(written.parts["user"].definition, written.scope)
    )
    assert problems == []
    # An old name of a property is the one case that has to be judged whole.
    assert (part.decided is None) == ("network_id" in user)
    assert found.properties == expected
    assert list(found.properties) == list(expected)


@pytest.mark.parametrize(
    ("user", "value", "message"),
    [
        (
            f"{{type: OS::Neutron::Port, properties: {{network: {ASKED}}}}}",
            None,
            "properties.network: Property 'network' is missing",
        ),
        (
            f"{{type: OS::Neutron::Port, properties: {{network: n, admin_state_up: {ASKED}}}}}",
            "maybe",
            "properties.admin_state_up: ",
        ),
        (
            "{type: OS::Neutron::Port, properties: {network: n, value_specs:"
            " {get_attr: [giver, value]}}}",
            {"network": "other"},
            "properties.value_specs.network: ",
        ),
        (
            f"{{type: OS::Heat::RandomString, properties: {{length: {ASKED}}}}}",
            1000,
            "properties.length: ",
        ),
        (
            f"{{type: OS::Heat::RandomString, properties: {{character_classes: {ASKED}}}}}",
            [{"class": "digits", "min": 40}],
            "properties.length: ",
        ),
    ],
)
def test_what_breaks_a_rule_only_then_is_told(user: str, value: Value, message: str) -> None:
    with pytest.raises(ResourceFailed) as caught:
        wanted(composed(user), value)
    assert message in str(caught.value)


def test_what_is_null_then_has_its_default() -> None:
    user = f"{{type: OS::Heat::RandomString, properties: {{length: {ASKED}}}}}"
    assert wanted(composed(user), None).properties["length"] == 32

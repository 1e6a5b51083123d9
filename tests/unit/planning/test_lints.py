"""Warnings of lint: each where it belongs, none where a template is fine or has another mistake."""

from __future__ import annotations

import pytest

from calor.base.settings import Settings
from calor.base.values import Value
from calor.model.stack import Definition
from calor.planning.compose import Composer
from calor.planning.identity import Identity
from calor.planning.lints import checks, warnings_of
from calor.planning.typing import Leniency
from calor.resources.registry import Registry

HEAD = "heat_template_version: 2021-04-16\n"
COMPOSER = Composer(Registry(plugins=False), Settings(), leniency=Leniency())
NET = "resources: {n: {type: 'OS::Neutron::Net', properties: {name: x}}}\n"


def found(text: str, files: dict[str, str] | None = None, **given: Value) -> list[str]:
    definition = Definition(template=HEAD + text, files=files or {}, parameters=given)
    composition = COMPOSER.compose(definition, Identity(None, "stack", "project"), name="t")
    return [
        f"{item.code} {item.span.source.name}:{item.span.line}:{item.span.column}"
        for item in warnings_of(composition)
        if item.span is not None
    ]


def test_every_lint_is_found_by_its_file() -> None:
    assert len(checks()) >= 8


CASES = {
    "unused parameter": (
        "parameters: {a: {type: string}, b: {type: string}}\n"
        "outputs: {o: {value: {get_param: b}}}\n",
        ["L101 t:2:14"],
    ),
    "used in a condition, by a path, in a group alone": (
        "parameters:\n  a: {type: string}\n  b: {type: json}\n  c: {type: string}\n"
        "parameter_groups: [{parameters: [c]}]\n"
        "conditions: {d: {equals: [{get_param: a}, x]}}\n"
        "outputs: {o: {value: {get_param: [b, k]}, condition: d}}\n",
        ["L101 t:5:3"],
    ),
    "a parameter's name may be computed": (
        "parameters: {a: {type: string}, b: {type: string}, which: {type: string, default: a}}\n"
        "outputs: {o: {value: {get_param: {get_param: which}}}, p: {value: [a]}}\n",
        ["L101 t:2:33"],
    ),
    "a misspelt use is one mistake": (
        "parameters: {size: {type: string}}\noutputs: {o: {value: {get_param: siez}}}\n",
        [],
    ),
    "a use that can't be read is one mistake": (
        "parameters: {size: {type: string}}\n"
        "outputs: {o: {value: {list_join: [{get_param: size}]}}}\n",
        [],
    ),
    "unused condition": (
        "conditions: {a: {equals: [1, 1]}, b: a, c: true, d: true}\n"
        "outputs: {o: {value: {if: [c, 1, 2]}, condition: d}}\n",
        ["L102 t:2:35"],
    ),
    "a misspelt condition is one mistake": (
        "conditions: {there: {equals: [1, 1]}}\noutputs: {o: {value: 1, condition: thre}}\n",
        [],
    ),
    "deprecated property": (
        "resources:\n  a:\n    type: OS::Neutron::Port\n    properties: {network_id: x}\n",
        ["L104 t:5:18"],
    ),
    "deprecated property deep inside": (
        "resources:\n  a:\n    type: OS::Nova::Server\n    properties:\n      flavor: m1\n"
        "      networks: [{network: x}]\n"
        "      block_device_mapping_v2: [{volume_id: v, device_name: vda, delete_on_termination: "
        "true}, {image_id: i}]\n",
        ["L104 t:8:97"],
    ),
    "secret with a default": (
        "parameters:\n  a: {type: string, hidden: true, default: x}\n"
        "  b: {type: string, hidden: true, default: ''}\n  c: {type: string, default: x}\n"
        "resources:\n  r: {type: OS::Heat::Value, properties: {value: [{get_param: a}, "
        "{get_param: b}, {get_param: c}]}}\n",
        ["L105 t:3:44"],
    ),
    "needless depends_on": (
        "resources:\n  a: {type: OS::Heat::Value}\n  b: {type: OS::Heat::Value}\n"
        "  c: {type: OS::Heat::Value, depends_on: [a, b], properties: {value: {get_resource: b}}}\n"
        "  d: {type: OS::Heat::Value, depends_on: a, properties: {value: {get_resource: b}}}\n",
        ["L106 t:5:46"],
    ),
    "output of a secret": (
        "parameters: {s: {type: string, hidden: true}}\n"
        "resources:\n  p: {type: OS::Heat::RandomString}\n"
        "  v: {type: OS::Heat::Value, properties: {value: {get_param: s}}}\n"
        "  w: {type: OS::Heat::Value, properties: {value: plain}}\n"
        "outputs:\n  a: {value: {get_param: s}}\n  b: {value: {get_attr: [p, value]}}\n"
        "  c: {value: {list_join: ['', [{get_attr: [v, value]}]]}}\n"
        "  d: {value: {get_attr: [w, value]}}\n",
        ["L107 t:8:26", "L107 t:9:26", "L107 t:10:44"],
    ),
    "a replacement ahead": (
        "parameters: {ip: {type: string}}\n"
        "resources:\n  p: {type: OS::Neutron::Port, properties: {network: n, fixed_ips: "
        "[{ip_address: {get_param: ip}}]}}\n"
        "  r:\n    type: OS::Neutron::SecurityGroupRule\n    properties:\n"
        "      security_group: g\n"
        "      remote_ip_prefix: {get_attr: [p, fixed_ips, 0, ip_address]}\n"
        "  s:\n    type: OS::Neutron::SecurityGroupRule\n    properties:\n"
        "      security_group: g\n"
        "      remote_ip_prefix: {get_attr: [p, mac_address]}\n",
        ["L108 t:9:37"],
    ),
    "what nothing given changes stays": (
        "resources:\n  p: {type: OS::Neutron::Port, properties: {network: n}}\n"
        "  r:\n    type: OS::Neutron::SecurityGroupRule\n    properties:\n"
        "      security_group: g\n"
        "      remote_ip_prefix: {get_attr: [p, fixed_ips, 0, ip_address]}\n",
        [],
    ),
    "a property that changes in place may follow": (
        "resources:\n  n: {type: OS::Neutron::Net, properties: {name: x}}\n"
        "  m: {type: OS::Neutron::Net, properties: {name: {get_attr: [n, name]}}}\n",
        [],
    ),
    "a policy decides": (
        "parameters: {how: {type: string, default: IGNORE}}\n"
        "resources:\n  n: {type: OS::Neutron::Net, properties: {name: x}}\n"
        "  s:\n    type: OS::Nova::Server\n    properties: &all\n      flavor: f\n      image: i\n"
        "      networks: [{network: x}]\n      user_data: {get_attr: [n, show]}\n"
        "      user_data_update_policy: {get_param: how}\n"
        "  t:\n    type: OS::Nova::Server\n    properties: {<<: *all, user_data_update_policy: "
        "REPLACE}\n",
        ["L108 t:11:30"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_warnings(name: str) -> None:
    text, expected = CASES[name]
    assert found(text) == expected


def test_a_deprecated_type_of_heat() -> None:
    text = "resources: {a: {type: 'OS::Neutron::Pool', properties: {}}}\n"
    assert found(text) == ["L103 t:2:23"]


def test_nested_templates_are_looked_at_once_and_made_ones_are_not() -> None:
    inner = f"{HEAD}parameters: {{a: {{type: string, default: x}}}}\n{NET}"
    text = (
        "resources:\n  one: {type: inner.yaml}\n  two: {type: inner.yaml}\n"
        "  group: {type: 'OS::Heat::ResourceGroup', properties: {count: 2, resource_def: "
        "{type: inner.yaml}}}\n"
    )
    assert found(text, {"inner.yaml": inner}) == ["L101 inner.yaml:2:14"]


def test_a_resource_that_may_be_there_is_checked() -> None:
    text = (
        "parameters: {there: {type: boolean}}\n"
        "resources: {p: {type: 'OS::Neutron::Port', condition: {get_param: there}, "
        "properties: {network_id: x}}}\n"
    )
    assert found(text) == ["L104 t:3:88"]
    assert found(text, there=False) == []

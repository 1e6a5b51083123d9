"""Completion in texts that are being typed: `|` is where the cursor stands."""

from __future__ import annotations

import pytest

from support.cursor import HEAD, asked
from support.editor import Editor

# What is written below HEAD, what must be offered there, and what must not.
CASES: dict[str, tuple[str, list[str], list[str]]] = {
    "sections": ("|", ["outputs", "parameter_groups", "description"], ["resources", "net"]),
    "keys of a resource": (
        "  a:\n    type: OS::Heat::Value\n    |\n",
        ["properties", "depends_on", "condition", "external_id"],
        ["type", "outputs"],
    ),
    "keys of a resource, half typed": ("  a:\n    de|", ["depends_on", "deletion_policy"], []),
    "types": ("  a:\n    type: |\n", ["OS::Nova::Server", "OS::Heat::Value"], ["get_param"]),
    "types, half typed": ("  a:\n    type: OS::Neu|\n", ["OS::Neutron::Port"], []),
    "types that are not there yet": ("  a:\n    type: OS::Sw|", ["OS::Swift::Container"], []),
    "properties": (
        "  a:\n    type: OS::Nova::Server\n    properties:\n      |\n",
        ["image", "flavor", "networks", "get_param"],
        ["type", "properties"],
    ),
    "properties before the type": (
        "  a:\n    properties:\n      na|\n    type: OS::Neutron::Net\n",
        ["name", "admin_state_up"],
        [],
    ),
    "properties without those that are there": (
        "  a:\n    type: OS::Nova::Server\n    properties:\n      image: x\n      f|\n",
        ["flavor"],
        ["image", "get_param"],
    ),
    "properties in braces": (
        "  a: {type: OS::Neutron::Net, properties: {na|",
        ["name", "shared"],
        ["type"],
    ),
    "properties in a list": (
        "  a:\n    type: OS::Nova::Server\n    properties:\n      networks:\n        - |\n",
        ["port", "network"],
        ["image"],
    ),
    "second property in a list": (
        "  a:\n    type: OS::Nova::Server\n    properties:\n      networks:\n"
        "        - port: x\n          fi|\n",
        ["fixed_ip"],
        ["port", "image"],
    ),
    "values that a property allows": (
        "  a:\n    type: OS::Nova::Server\n    properties:\n      user_data_format: |\n",
        ["RAW", "SOFTWARE_CONFIG", "get_param"],
        ["true"],
    ),
    "true and false": (
        "  a:\n    type: OS::Neutron::Net\n    properties:\n      shared: |\n",
        ["true", "false"],
        [],
    ),
    "properties of a group's members": (
        "  a:\n    type: OS::Heat::ResourceGroup\n    properties:\n      resource_def:\n"
        "        type: OS::Neutron::Net\n        properties:\n          |\n",
        ["name", "shared"],
        ["count"],
    ),
    "parameters": (
        "  a:\n    type: OS::Heat::Value\n    properties:\n      value: {get_param: |}\n",
        ["size", "flavor_name", "OS::stack_name"],
        ["net", "get_param"],
    ),
    "parameters, unclosed": (
        "  a:\n    type: OS::Heat::Value\n    properties:\n      value: {get_param: si|\n"
        "outputs:\n  x: {value: 1}\n",
        ["size"],
        ["net"],
    ),
    "parameters in a list": (
        "  a:\n    type: OS::Heat::Value\n    properties:\n      value: {get_param: [|",
        ["size"],
        [],
    ),
    "resources": (
        "  a:\n    type: OS::Heat::Value\n    properties:\n      value:\n        get_resource: |\n",
        ["net", "web"],
        ["size"],
    ),
    "resources for get_attr": (
        "outputs:\n  x:\n    value: {get_attr: [|]}\n",
        ["net", "web"],
        ["size", "name"],
    ),
    "attributes": (
        "outputs:\n  x:\n    value: {get_attr: [web, |\n",
        ["networks", "addresses", "show"],
        ["net"],
    ),
    "attributes in lines": (
        "outputs:\n  x:\n    value:\n      get_attr:\n        - net\n        - sub|\n",
        ["subnets"],
        ["net"],
    ),
    "depends_on": ("  a:\n    depends_on: |\n", ["net", "web"], ["a", "size"]),
    "depends_on in a list": ("  a:\n    depends_on:\n      - net\n      - |\n", ["web"], []),
    "depends_on in brackets": ("  a:\n    depends_on: [net, w|", ["web"], ["size"]),
    "conditions": ("  a:\n    condition: |\n", ["is_large", "equals", "not"], ["get_attr"]),
    "conditions of a choice": (
        "  a:\n    type: OS::Heat::Value\n    properties:\n      value: {if: [|, 1, 2]}\n",
        ["is_large"],
        ["size"],
    ),
    "values of a choice": (
        "  a:\n    type: OS::Nova::Server\n    properties:\n      networks:\n"
        "        - if:\n          - is_large\n          - po|\n",
        ["port"],
        [],
    ),
    "functions in values": (
        "  a:\n    type: OS::Heat::Value\n    properties:\n      value: |\n",
        ["get_param", "str_replace", "if"],
        ["net"],
    ),
    "deletion policies": ("  a:\n    deletion_policy: |\n", ["retain", "delete"], ["net"]),
    "keys of an output": ("outputs:\n  x:\n    |\n", ["value", "description"], ["type"]),
    "a new name": ("outputs:\n  |\n", [], ["value", "outputs"]),
    "groups of parameters": (
        "parameter_groups:\n  - label: x\n    parameters: [|\n",
        ["size", "flavor_name"],
        ["OS::stack_name"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_completion(user: Editor, name: str, case: str) -> None:
    below, wanted, unwanted = CASES[case]
    offered = asked(user, name, HEAD + below)
    assert [label for label in wanted if label not in offered] == []
    assert [label for label in unwanted if label in offered] == []


# Whole documents.
WHOLE: dict[str, tuple[str, list[str], list[str]]] = {
    "nothing yet": ("|", ["heat_template_version", "parameter_defaults"], ["outputs"]),
    "the version's key": ("heat_te|", ["heat_template_version"], []),
    "versions": ("heat_template_version: |", ["2021-04-16", "wallaby"], ["outputs"]),
    "sections of an old version": (
        "heat_template_version: 2013-05-23\n|",
        ["outputs"],
        ["conditions"],
    ),
    "functions of an old version": (
        "heat_template_version: 2013-05-23\noutputs:\n  x:\n    value: |",
        ["get_param"],
        ["if", "map_merge"],
    ),
    "keys of a parameter": (
        "heat_template_version: 2021-04-16\nparameters:\n  a:\n    |",
        ["type", "default", "constraints", "tags"],
        ["properties"],
    ),
    "types of parameters": (
        "heat_template_version: 2021-04-16\nparameters:\n  a: {type: |",
        ["string", "comma_delimited_list"],
        ["OS::Nova::Server"],
    ),
    "constraints": (
        "heat_template_version: 2021-04-16\nparameters:\n  a:\n    type: string\n"
        "    constraints:\n      - |",
        ["length", "allowed_pattern"],
        ["type"],
    ),
    "sections of an environment": (
        "parameter_defaults:\n  a: 1\n|",
        ["resource_registry", "parameters"],
        ["parameter_defaults", "outputs"],
    ),
    "types to map": (
        "resource_registry:\n  OS::Nova::S|",
        ["OS::Nova::Server", "base_url"],
        ["hooks"],
    ),
    "types to map to": ("resource_registry:\n  My::Type: OS::|", ["OS::Nova::Server"], []),
    "hooks": (
        "resource_registry:\n  resources:\n    web:\n      hooks: |",
        ["pre-create", "post-delete"],
        ["OS::Nova::Server"],
    ),
    "merge strategies": (
        "parameter_merge_strategies:\n  a: |",
        ["overwrite", "deep_merge"],
        [],
    ),
    "JSON": (
        '{\n  "heat_template_version": "2021-04-16",\n  "resources": {\n    "a": {\n'
        '      "type": "OS::Neutron::Net",\n      "properties": {\n        "na|\n      }\n    },\n'
        '    "b": {"type": "OS::Heat::Value"}\n  }\n}\n',
        ["name", "shared"],
        ["type"],
    ),
    "a whole word in JSON": (
        '{\n  "heat_template_version": "2021-04-16",\n  "resources": {\n    "a": {\n'
        '      "type": "OS::Neutron::Net",\n      "properties": {\n        "name|": "x",\n'
        '        "shared": true\n      }\n    }\n  }\n}\n',
        ["name"],
        ["shared"],
    ),
    "keys of a resource in JSON, nothing closed": (
        '{\n  "heat_template_version": "2021-04-16",\n  "resources": {\n    "a": {\n'
        '      "type": "OS::Neutron::Net",\n      "prop|\n    "b": {',
        ["properties", "depends_on"],
        ["type", "outputs"],
    ),
    "sections between others in JSON": (
        '{\n  "AWSTemplateFormatVersion": "2010-09-09",\n  "Resources": {\n    "a": {\n'
        '      "Type": "OS::Neutron::Net"\n    }\n  },\n  "Out|\n  "Mappings": {\n    "m": {}\n'
        "  }\n}\n",
        ["Outputs", "Conditions"],
        ["Resources", "Mappings"],
    ),
    "names in JSON": (
        '{\n  "AWSTemplateFormatVersion": "2010-09-09",\n  "Resources": {\n    "web": {\n'
        '      "Type": "OS::Neutron::Net"\n    },\n    "b": {\n      "DependsOn": "|\n',
        ["web"],
        ["Type"],
    ),
    "types in JSON": (
        '{"heat_template_version": "2021-04-16", "resources": {"a": {"type": "OS::|"}}}',
        ["OS::Nova::Server"],
        [],
    ),
    "sections in JSON": (
        '{\n  "heat_template_version": "2021-04-16",\n  |\n}',
        ["resources", "outputs"],
        [],
    ),
}


@pytest.mark.parametrize("case", WHOLE)
def test_completion_of_whole_documents(user: Editor, name: str, case: str) -> None:
    text, wanted, unwanted = WHOLE[case]
    offered = asked(user, name, text)
    assert [label for label in wanted if label not in offered] == []
    assert [label for label in unwanted if label in offered] == []


# What is written, what is taken, and the line that it becomes.

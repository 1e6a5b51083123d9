"""Completion in texts that are being typed: `|` is where the cursor stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.editor import Editor, editor

HEAD = """\
heat_template_version: 2021-04-16
parameters:
  size: {type: number, default: 8, description: How large it is.}
  flavor_name:
    type: string
conditions:
  is_large: {equals: [{get_param: size}, 9]}
resources:
  net:
    type: OS::Neutron::Net
  web:
    type: OS::Nova::Server
    properties:
      image: debian
"""


def cut(text: str) -> tuple[str, int, int]:
    """The text without the cursor, and the cursor's line and character."""
    at = text.index("|")
    line = text.count("\n", 0, at)
    return text[:at] + text[at + 1 :], line, at - text.rfind("\n", 0, at) - 1


def asked(user: Editor, name: str, text: str) -> dict[str, dict[str, Any]]:
    """What is offered, by its label."""
    clean, line, character = cut(text)
    uri = user.open(name, clean)
    answer = user.ask("textDocument/completion", user.at(uri, line, character))
    return {item["label"]: item for item in answer["items"]}


def taken(text: str, item: dict[str, Any]) -> str:
    """The text after an offer was taken."""
    lines = cut(text)[0].split("\n")
    edit = item["textEdit"]
    start, end = edit["range"]["start"], edit["range"]["end"]
    line = lines[start["line"]]
    assert start["line"] == end["line"]
    lines[start["line"]] = line[: start["character"]] + edit["newText"] + line[end["character"] :]
    return "\n".join(lines)


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
TAKEN = {
    "a key": ("  a:\n    dep|", "depends_on", "    depends_on: "),
    "a key of a map": ("  a:\n    pro|", "properties", "    properties:"),
    "a key before its colon": ("  a:\n    de|: net", "depends_on", "    depends_on: net"),
    "a type": ("  a:\n    type: OS::Neu|", "OS::Neutron::Net", "    type: OS::Neutron::Net"),
    "a value right after the colon": (
        "  a:\n    type:|",
        "OS::Heat::None",
        "    type: OS::Heat::None",
    ),
    "a type in quotes": (
        '  a:\n    type: "OS::N|"',
        "OS::Nova::Flavor",
        '    type: "OS::Nova::Flavor"',
    ),
    "after what is outside of the BMP": (
        "  a: {metadata: {x: '😀'}, type: |",
        "OS::Heat::None",
        "  a: {metadata: {x: '😀'}, type: OS::Heat::None",
    ),
}


@pytest.mark.parametrize("case", TAKEN)
def test_offers_are_written_in_their_place(user: Editor, name: str, case: str) -> None:
    below, label, line = TAKEN[case]
    text = HEAD + below
    clean, number, _ = cut(text)
    start = clean.rfind("\n", 0, text.index("|")) + 1
    # editors count in UTF-16, and so does this
    character = len(clean[start : text.index("|")].encode("utf-16-le")) // 2
    uri = user.open(name, clean)
    answer = user.ask("textDocument/completion", user.at(uri, number, character))
    edit = next(item for item in answer["items"] if item["label"] == label)["textEdit"]
    old = clean.split("\n")[number].encode("utf-16-le")
    first, last = edit["range"]["start"]["character"] * 2, edit["range"]["end"]["character"] * 2
    new = old[:first].decode("utf-16-le") + edit["newText"] + old[last:].decode("utf-16-le")
    assert new == line


def test_offers_are_documented(user: Editor, name: str) -> None:
    offered = asked(
        user, name, HEAD + "  a:\n    type: OS::Nova::Server\n    properties:\n      |\n"
    )
    flavor = offered["flavor"]["documentation"]["value"]
    assert "required" in flavor
    assert "A change" in flavor or "Changes" in flavor
    assert "example" not in offered["get_param"]["documentation"]
    assert "get_param: [name, key, 0]" in offered["get_param"]["documentation"]["value"]


def test_a_parameters_description_is_shown(user: Editor, name: str) -> None:
    offered = asked(user, name, HEAD + "outputs:\n  x: {value: {get_param: |\n")
    assert "How large it is." in offered["size"]["documentation"]["value"]
    assert offered["size"]["detail"] == "number"


def test_a_type_is_documented_when_it_is_looked_at(user: Editor, name: str) -> None:
    offered = asked(user, name, HEAD + "  a:\n    type: |\n")
    item = offered["OS::Neutron::Net"]
    assert "documentation" not in item
    found = user.ask("completionItem/resolve", item)
    assert "A network" in found["documentation"]["value"]


def test_nested_templates_are_types(tmp_path: Path) -> None:
    (tmp_path / "member.yaml").write_text(
        "heat_template_version: 2021-04-16\nparameters:\n  colour: {type: string}\n"
        "resources:\n  a: {type: OS::Heat::None}\noutputs:\n  paint: {value: 1}\n"
    )
    (tmp_path / "notes.txt").write_text("hello")
    with editor(tmp_path) as user:
        text = HEAD + "  a:\n    type: member.yaml\n    properties:\n      |\n"
        assert "colour" in asked(user, "one.yaml", text)
        text = HEAD + "  a:\n    type: member.yaml\noutputs:\n  x: {value: {get_attr: [a, |\n"
        assert "paint" in asked(user, "two.yaml", text)
        offered = asked(user, "three.yaml", HEAD + "  a:\n    type: |\n")
        assert "member.yaml" in offered
        assert "notes.txt" not in offered
        offered = asked(user, "four.yaml", HEAD + "outputs:\n  x: {value: {get_file: |\n")
        assert {"member.yaml", "notes.txt"} <= set(offered)


def test_calls_are_snippets_where_the_editor_has_them(tmp_path: Path) -> None:
    text = HEAD + "outputs:\n  x:\n    value: |\n"
    can = {"textDocument": {"completion": {"completionItem": {"snippetSupport": True}}}}
    with editor(tmp_path, capabilities=can) as user:
        assert asked(user, "a.yaml", text)["get_param"]["textEdit"]["newText"] == (
            "{ get_param: $0 }"
        )
    with editor(tmp_path) as user:
        item = asked(user, "a.yaml", text)["get_param"]
        assert taken(text, item).endswith("    value: { get_param: }\n")

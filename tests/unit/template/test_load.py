"""Whole templates: what is in them, what depends on what, and objects as well as texts."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calor.base.source import Source
from calor.base.values import Sensitive, Unknown, is_known
from calor.template.check import cycles, needed_resources
from calor.template.definitions import Template
from calor.template.evaluation import TemplateScope, deletion_policy, evaluate, is_enabled
from calor.template.expressions import MapExpr, place, references
from calor.template.load import load_template
from calor.template.parameters import resolve_parameters
from calor.template.plain import to_plain
from calor.template.reader import Limits

TEXT = """\
heat_template_version: wallaby
description: >
  A small application
parameter_groups:
  - label: Size
    description: how large
    parameters: [count, flavor]
parameters:
  flavor: {type: string, default: m1.small}
  count: {type: number, default: 2}
  backup: {type: boolean, default: false}
  password: {type: string, hidden: true, default: s3cret}
conditions:
  with_backup: {get_param: backup}
  no_backup: {not: with_backup}
resources:
  net:
    type: OS::Neutron::Net
  server:
    type: OS::Nova::Server
    depends_on: [volume]
    deletion_policy: retain
    update_policy: {a: 1}
    metadata:
      from: {get_resource: net}
    properties:
      flavor: {get_param: flavor}
      user_data:
        str_replace:
          template: {get_file: boot.sh}
          params:
            $count: {get_param: count}
            $password: {get_param: password}
      networks:
        - port: {get_resource: port}
        - fixed_ip: {get_attr: [port, fixed_ips, 0, ip_address]}
  port:
    type: port.yaml
  volume:
    type: OS::Cinder::Volume
    condition: with_backup
    external_id: {get_param: flavor}
outputs:
  address:
    description: where it is
    value: {get_attr: [server, first_address]}
  backup:
    condition: with_backup
    value: 1
"""
FILES = {"boot.sh": "start $count with $password"}


@pytest.fixture
def template() -> Template:
    loaded = load_template(Source("app.yaml", TEXT), files=FILES)
    assert not loaded.diagnostics, list(loaded.diagnostics)
    assert loaded.template is not None
    return loaded.template


def test_definitions(template: Template) -> None:
    assert template.version == "wallaby"
    assert template.dialect.version == "2021-04-16"
    assert template.description == "A small application\n"
    assert list(template.resources) == ["net", "server", "port", "volume"]
    server = template.resources["server"]
    assert (server.type, server.depends_on) == ("OS::Nova::Server", ("volume",))
    assert str(server.span) == "app.yaml:19:3"
    assert str(server.type_span) == "app.yaml:20:11"
    (group,) = template.parameter_groups
    assert (group.label, group.description, group.parameters) == (
        "Size", "how large", ("count", "flavor"),
    )  # fmt: skip
    assert template.outputs["address"].description == "where it is"


def test_references(template: Template) -> None:
    found = references(template.resources["server"].properties)
    assert [(item.kind, item.name, item.path, item.span.line) for item in found] == [
        ("parameter", "flavor", (), 27),
        ("file", "boot.sh", (), 30),
        ("parameter", "count", (), 32),
        ("parameter", "password", (), 33),
        ("resource", "port", (), 35),
        ("attribute", "port", ("fixed_ips", 0, "ip_address"), 36),
    ]
    assert [item.name for item in references(template.conditions["no_backup"].value)] == [
        "with_backup"
    ]
    assert not references(None)


def test_needed_resources(template: Template) -> None:
    needed = needed_resources(template.resources["server"])
    assert list(needed) == ["port", "net", "volume"]
    assert needed["volume"].line == 21


def test_places_inside_expressions(template: Template) -> None:
    properties = template.resources["server"].properties
    assert isinstance(properties, MapExpr)
    assert place(properties, ("networks", 1, "fixed_ip")).line == 36
    assert place(properties, ("user_data", "anything")).line == 29
    assert place(properties, ("nothing",)).line == 27


def test_evaluation(template: Template) -> None:
    parameters = resolve_parameters(template).parameters
    scope = TemplateScope(template, parameters.values, files=FILES)
    server = template.resources["server"]
    assert server.properties is not None
    assert evaluate(server.properties, scope) == {
        "flavor": "m1.small",
        "user_data": Sensitive("start 2 with s3cret"),
        "networks": [{"port": Unknown("port")}, {"fixed_ip": Unknown("port.fixed_ips")}],
    }
    assert deletion_policy(server, scope) == "Retain"
    assert deletion_policy(template.resources["net"], scope) == "Delete"
    assert is_enabled(server, scope) is True
    assert is_enabled(template.resources["volume"], scope) is False
    assert is_enabled(template.outputs["backup"], scope) is False
    unknown = TemplateScope(template, {**parameters.values, "backup": Unknown("backup")})
    assert is_enabled(template.resources["volume"], unknown) == Unknown("backup")
    hidden = TemplateScope(template, {**parameters.values, "backup": Sensitive(True)})
    assert is_enabled(template.resources["volume"], hidden) is True


def test_objects_and_json_are_the_same(template: Template) -> None:
    value = to_plain(template.node)
    for source in (value, json.dumps(value), json.dumps(value, indent=2).encode()):
        loaded = load_template(source, files=FILES)
        assert not loaded.diagnostics
        assert loaded.template is not None
        assert to_plain(loaded.template.node) == value
        assert list(loaded.template.resources) == list(template.resources)


def test_problems_of_objects_have_places() -> None:
    loaded = load_template(
        {"heat_template_version": "2021-04-16", "outputs": {"x": {"value": {"get_param": "a"}}}}
    )
    (item,) = loaded.diagnostics
    assert item.code == "H401"
    assert item.span is not None
    assert item.span.text == '"a"'
    assert item.path == ("outputs", "x")


def test_deletion_policy_by_function() -> None:
    loaded = load_template(
        "heat_template_version: 2021-04-16\nparameters:\n  p: {type: string}\nresources:\n"
        "  a:\n    type: OS::Heat::None\n    deletion_policy: {get_param: p}\n"
    )
    assert loaded.template is not None
    resource = loaded.template.resources["a"]
    assert (
        deletion_policy(resource, TemplateScope(loaded.template, {"p": "snapshot"})) == "Snapshot"
    )
    with pytest.raises(Exception, match="none of Delete, Retain and Snapshot"):
        deletion_policy(resource, TemplateScope(loaded.template, {"p": "keep"}))


def test_aliases_and_merge_keys_work_in_templates() -> None:
    loaded = load_template(
        "heat_template_version: 2021-04-16\nresources:\n  a: &a\n    type: OS::Heat::Value\n"
        "    properties: {value: {get_resource: c}}\n  b: *a\n  c:\n    type: OS::Heat::Value\n"
        "  d:\n    <<: *a\n    metadata: {x: 1}\n"
    )
    assert not loaded.diagnostics
    assert loaded.template is not None
    assert [list(needed_resources(item)) for item in loaded.template.resources.values()] == [
        ["c"], ["c"], [], ["c"],
    ]  # fmt: skip


def test_limits() -> None:
    loaded = load_template(TEXT, limits=Limits(max_bytes=100))
    assert loaded.template is None
    assert [item.code for item in loaded.diagnostics] == ["H101"]


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ({}, []),
        ({"a": ["b"], "b": []}, []),
        ({"a": ["a"]}, [["a", "a"]]),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, [["b", "c", "b"]]),
        ({"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}, [["a", "b", "a"], ["c", "d", "c"]]),
        ({"a": ["b", "c"], "b": ["a"], "c": ["a"]}, [["a", "b", "a"]]),
        ({"a": ["gone"]}, []),
    ],
)
def test_cycles(graph: dict[str, list[str]], found: list[list[str]]) -> None:
    assert cycles({name: dict.fromkeys(others) for name, others in graph.items()}) == found


def test_long_chains_are_no_problem() -> None:
    resources: dict[str, Any] = {
        f"r{i}": {"type": "OS::Heat::Value", "depends_on": f"r{i + 1}"} for i in range(5000)
    }
    resources["r5000"] = {"type": "OS::Heat::Value"}
    source = {"heat_template_version": "2021-04-16", "resources": resources}
    assert not load_template(source).diagnostics
    resources["r5000"]["depends_on"] = "r0"
    assert [item.code for item in load_template(source).diagnostics] == ["H411"]


words = st.sampled_from(
    [
        "heat_template_version",
        "parameters",
        "resources",
        "outputs",
        "conditions",
        "type",
        "properties",
        "value",
        "get_param",
        "get_attr",
        "if",
        "repeat",
        "for_each",
        "template",
        "constraints",
        "default",
        "length",
        "a",
        "b",
        "2021-04-16",
        "string",
        "OS::Heat::Value",
        "condition",
        "depends_on",
        "parameter_groups",
        "metadata",
    ]
)
values = st.recursive(
    words | st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(words, below, max_size=4),
    max_leaves=15,
)
sections = st.sampled_from(
    ["parameters", "resources", "outputs", "conditions", "parameter_groups", "description"]
)
named = st.dictionaries(st.sampled_from(["a", "b", "web"]), values, max_size=3) | values


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["2013-05-23", "2016-10-14", "2021-04-16", "x"]),
    st.dictionaries(sections, named, max_size=5),
)
def test_no_template_makes_loading_raise(version: str, parts: dict[str, Any]) -> None:
    loaded = load_template({"heat_template_version": version, **parts}, files={})
    again = load_template(json.dumps({"heat_template_version": version, **parts}), files={})
    assert [item.code for item in loaded.diagnostics] == [item.code for item in again.diagnostics]
    for item in loaded.diagnostics:
        assert item.span is not None
    if loaded.template is not None and not loaded.diagnostics.errors:
        resolve_parameters(loaded.template)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("{get_param: ", "}"),
        ("{if: [a, ", ", 1]}"),
        ("{str_replace: {template: x, params: {x: ", "}}}"),
        ("{map_merge: [", "]}"),
        ("{list_join: ['', [", "]]}"),
        ("[", "]"),
        ("{a: ", "}"),
    ],
)
def test_calls_may_be_nested_as_deep_as_values(begin: str, end: str) -> None:
    levels = 96 // (begin.count("{") + begin.count("["))
    loaded = load_template(
        "heat_template_version: 2021-04-16\nconditions: {a: true}\n"
        "parameters: {p: {type: string}}\nresources:\n  r:\n    type: OS::Heat::Value\n"
        f"outputs:\n  x:\n    value: {begin * levels}{{get_param: p}}{end * levels}\n"
    )
    assert not loaded.diagnostics
    assert loaded.template is not None
    expression = loaded.template.outputs["x"].value
    assert [item.name for item in references(expression) if item.kind == "parameter"] == ["p"]
    assert not is_known(evaluate(expression, TemplateScope(loaded.template, {"p": Unknown("p")})))

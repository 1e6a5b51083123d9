"""Values of parameters: conversion, order of origins, constraints, what is left to the cloud."""

from typing import Any

import pytest

from calor.base.values import Sensitive, Unknown
from calor.template.definitions import Template
from calor.template.environment import Environment
from calor.template.load import load_environment, load_template
from calor.template.parameters import resolve_parameters

HEAD = "heat_template_version: 2021-04-16\nparameters:\n"


def template(parameters: str) -> Template:
    loaded = load_template(HEAD + parameters)
    assert not loaded.diagnostics.errors, list(loaded.diagnostics)
    assert loaded.template is not None
    return loaded.template


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("string", "x", "x"),
        ("string", 5, "5"),
        ("string", 1.5, "1.5"),
        ("string", True, "True"),
        ("number", 5, 5),
        ("number", "5", 5),
        ("number", "-5", -5),
        ("number", "1.5", 1.5),
        ("number", 1.5, 1.5),
        ("boolean", True, True),
        ("boolean", "t", True),
        ("boolean", "TRUE", True),
        ("boolean", "on", True),
        ("boolean", "y", True),
        ("boolean", "yes", True),
        ("boolean", "1", True),
        ("boolean", 1, True),
        ("boolean", "f", False),
        ("boolean", "Off", False),
        ("boolean", "n", False),
        ("boolean", "no", False),
        ("boolean", 0, False),
        ("comma_delimited_list", "a,b", ["a", "b"]),
        ("comma_delimited_list", "a, b", ["a", " b"]),
        ("comma_delimited_list", "", []),
        ("comma_delimited_list", ["a", 1, True], ["a", "1", "True"]),
        ("comma_delimited_list", [], []),
        ("json", '{"a": [1]}', {"a": [1]}),
        ("json", "[1, 2]", [1, 2]),
        ("json", {"a": 1}, {"a": 1}),
        ("json", [1], [1]),
        ("json", "", {}),
        ("string", Unknown("x"), Unknown("x")),
        ("number", Sensitive("5"), Sensitive(5)),
        ("comma_delimited_list", ["a", Sensitive("b")], Sensitive(["a", "b"])),
        ("json", {"a": Unknown("x")}, {"a": Unknown("x")}),
    ],
)
def test_conversion(kind: str, given: Any, value: Any) -> None:
    resolved = resolve_parameters(template(f"  a: {{type: {kind}}}\n"), given={"a": given})
    assert not resolved.diagnostics
    found = resolved.parameters.values["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("string", ["x"]),
        ("string", {"a": 1}),
        ("number", "five"),
        ("number", True),
        ("number", [1]),
        ("number", "9" * 5000),
        ("boolean", "maybe"),
        ("boolean", 2),
        ("boolean", [True]),
        ("comma_delimited_list", {"a": 1}),
        ("json", "{"),
        ("json", "[" * 100_000),
        ("json", 5),
    ],
)
def test_wrong_types(kind: str, given: Any) -> None:
    resolved = resolve_parameters(template(f"  a: {{type: {kind}}}\n"), given={"a": given})
    assert [item.code for item in resolved.diagnostics] == ["H309"]


def test_what_goes_before_what() -> None:
    found = template(
        "  a: {type: string, default: default}\n  b: {type: string, default: default}\n"
        "  c: {type: string, default: default}\n  d: {type: string, default: default}\n"
        "  e: {type: string, default: default}\n"
    )
    environment = load_environment(
        "parameters: {a: env, b: env}\n"
        "parameter_defaults: {a: defaults, b: defaults, c: defaults, other: fine}\n"
    ).environment
    resolved = resolve_parameters(found, environment, {"a": "given", "e": None})
    assert not resolved.diagnostics
    values = resolved.parameters.values
    assert [values[name] for name in "abcde"] == ["given", "env", "defaults", "default", "default"]
    assert list(resolved.parameters.origins.values()) == [
        "given", "parameters", "parameter_defaults", "default", "default",
    ]  # fmt: skip


def test_missing_and_undefined() -> None:
    found = template("  flavor: {type: string}\n  size: {type: number}\n")
    loaded = load_environment("parameters:\n  flavour: x\n", name="env.yaml")
    resolved = resolve_parameters(found, loaded.environment, {"siez": 1})
    assert [(item.code, str(item.span), item.hint) for item in resolved.diagnostics] == [
        ("H312", "None", "did you mean 'size'?"),
        ("H312", "env.yaml:2:12", "did you mean 'flavor'?"),
        ("H311", "template:3:3", "give one, as in -p flavor=VALUE, or set it in an environment"),
        ("H311", "template:4:3", "give one, as in -p size=VALUE, or set it in an environment"),
    ]


CONSTRAINTS = """\
  length: {type: string, constraints: [{length: {min: 2, max: 3}, description: two or three}]}
  range: {type: number, constraints: [{range: {min: 1, max: 10}}]}
  modulo: {type: number, constraints: [{modulo: {step: 3, offset: 1}}]}
  values: {type: string, constraints: [{allowed_values: [a, 1, yes]}]}
  numbers: {type: number, constraints: [{allowed_values: ['1', 2]}]}
  list: {type: comma_delimited_list, constraints: [{allowed_values: [a, b]}, {length: {max: 2}}]}
  pattern: {type: string, constraints: [{allowed_pattern: '[a-z]+'}]}
  map: {type: json, constraints: [{length: {min: 1}}]}
  flag: {type: boolean, constraints: [{allowed_values: ['on']}]}
"""


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("length", ["ab", "abc", 12], ["a", "abcd", ""]),
        ("range", [1, "10", 5.5], [0, "11", 10.1]),
        ("modulo", [1, "4", 7], [0, 2]),
        ("values", ["a", "1", 1, "True"], ["b", "", "2"]),
        ("numbers", [1, "2"], [3, 1.5]),
        ("list", ["a", "a,b", ["b"], ""], ["c", "a,c", "a,b,a"]),
        ("pattern", ["abc"], ["abc1", "1abc", ""]),
        ("map", [{"a": 1}, "[1]"], [{}, "[]"]),
        ("flag", [True, "yes"], [False]),
    ],
)
def test_constraints(name: str, good: list[Any], bad: list[Any]) -> None:
    line = next(line for line in CONSTRAINTS.splitlines() if line.startswith(f"  {name}:"))
    found = template(line + "\n")
    for value in good:
        assert not resolve_parameters(found, given={name: value}).diagnostics, value
    for value in bad:
        diagnostics = resolve_parameters(found, given={name: value}).diagnostics
        assert [item.code for item in diagnostics] == ["H310"], value
        assert [item.code for item in resolve_parameters(
            found, given={name: Sensitive(value)}).diagnostics] == ["H310"]  # fmt: skip
    assert not resolve_parameters(found, given={name: Unknown("x")}).diagnostics


def test_the_authors_description_is_the_hint() -> None:
    found = template(CONSTRAINTS.splitlines()[0] + "\n")
    (item,) = resolve_parameters(found, given={"length": "a"}).diagnostics
    assert item.hint == "two or three"
    assert item.related[0][0].line == 3


def test_hidden_parameters_are_sensitive() -> None:
    found = template(
        "  a: {type: string, hidden: true}\n  b: {type: string, hidden: true, default: x}\n"
    )
    resolved = resolve_parameters(found, given={"a": "s3cret"})
    assert resolved.parameters.values["a"] == Sensitive("s3cret")
    assert resolved.parameters.values["b"] == Sensitive("x")


def test_messages_do_not_tell_values() -> None:
    found = template("  a: {type: number, hidden: true}\n")
    (item,) = resolve_parameters(found, given={"a": "s3cret"}).diagnostics
    assert "s3cret" not in item.message


def test_custom_constraints_are_left_to_the_cloud() -> None:
    found = template(
        "  a:\n    type: string\n    default: m1.small\n    constraints:\n"
        "      - custom_constraint: nova.flavor\n        description: a flavor\n"
        "  b: {type: string, constraints: [{custom_constraint: nova.keypair}]}\n"
    )
    pending = resolve_parameters(found, given={"b": Unknown("b")}).parameters.pending
    assert [
        (item.parameter, item.constraint, item.value, item.description) for item in pending
    ] == [("a", "nova.flavor", "m1.small", "a flavor")]
    assert pending[0].span.line == 5


def test_pseudo_parameters() -> None:
    values = resolve_parameters(
        template("  a: {type: string, default: x}\n"),
        pseudo={"OS::stack_name": "app", "OS::project_id": "p"},
    ).parameters.values
    assert values["OS::stack_name"] == "app"
    assert values["OS::stack_id"] == Unknown("OS::stack_id")
    assert set(values) == {
        "a", "OS::stack_name", "OS::stack_id", "OS::project_id", "OS::region",
    }  # fmt: skip


def test_files_in_environments() -> None:
    loaded = load_environment("parameters: {a: {get_file: key.pub}, b: {x: [{get_file: other}]}}\n")
    assert loaded.environment.files() == ["key.pub", "other"]
    found = template("  a: {type: string}\n  b: {type: json}\n")
    resolved = resolve_parameters(found, loaded.environment, files={"key.pub": "ssh-rsa"})
    assert resolved.parameters.values["a"] == "ssh-rsa"
    assert [item.code for item in resolved.diagnostics] == ["H508"]


def test_definitions_keep_what_was_written() -> None:
    found = template(
        "  a:\n    type: json\n    description: d\n    label: l\n    hidden: 'True'\n"
        "    immutable: true\n    tags: [x, y]\n    schema: {a: 1}\n    default: {k: v}\n"
    ).parameters["a"]
    assert (found.type, found.description, found.label) == ("json", "d", "l")
    assert (found.hidden, found.immutable, found.tags) == (True, True, ("x", "y"))
    assert (found.schema, found.default, found.has_default) == ({"a": 1}, {"k": "v"}, True)


def test_an_empty_environment_changes_nothing() -> None:
    found = template("  a: {type: string, default: x}\n")
    assert resolve_parameters(found, Environment()).parameters.values["a"] == "x"


@pytest.mark.parametrize(
    "text",
    [
        "heat_template_version: 2021-04-16\n"
        "parameters: {a: {type: nmber, constraints: [{range: {min: 1}}]}}",
        "AWSTemplateFormatVersion: '2010-09-09'\n"
        "Parameters: {a: {Type: Nmber, MinValue: 1}}\nResources: {}",
    ],
)
def test_constraints_of_a_type_that_there_is_not_are_not_judged(text: str) -> None:
    template = load_template(text).template
    assert template is not None
    assert not resolve_parameters(template, given={"a": "x"}).diagnostics

"""Environments: their sections, the registry's answers, and several of them as one."""

import pytest

from calor.template.environment import Environment, merge
from calor.template.load import load_environment
from calor.template.plain import to_plain
from calor.template.registry import TypeMapping


def environment(text: str) -> Environment:
    loaded = load_environment(text)
    assert not loaded.diagnostics, list(loaded.diagnostics)
    return loaded.environment


def test_sections() -> None:
    found = environment(
        "parameters: {a: 1}\nparameter_defaults: {b: [x]}\nresource_registry: {}\n"
        "encrypted_param_names: [a]\nevent_sinks: [{type: zaqar-queue}]\n"
        "parameter_merge_strategies: {a: merge}\n"
    )
    assert found.parameters == {"a": 1}
    assert found.parameter_defaults == {"b": ["x"]}
    assert found.encrypted_param_names == ("a",)
    assert [to_plain(sink) for sink in found.event_sinks] == [{"type": "zaqar-queue"}]
    assert str(found.spans["parameters", "a"]) == "environment:1:17"


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}", "parameters:\n", "parameters: {}\n"])
def test_empty(text: str) -> None:
    assert environment(text).parameters == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n", ["H204 1:1"]),
        ("text\n", ["H204 1:1"]),
        ("paramters: {a: 1}\n", ["H502 1:1"]),
        ("resources: {}\n", ["H502 1:1"]),
        ("parameters: [a]\nresource_registry: text\n", ["H503 1:13", "H503 2:20"]),
        ("encrypted_param_names: {a: b}\n", ["H503 1:24"]),
        ("resource_registry:\n  OS::A: [x]\n", ["H504 2:10"]),
        ("resource_registry:\n  OS::A: 5\n", ["H504 2:10"]),
        ("resource_registry:\n  hooks: pre-create\n", ["H504 2:3"]),
        ("resource_registry:\n  resources: [a]\n", ["H504 2:14"]),
        ("resource_registry:\n  resources:\n    a:\n      OS::A: 5\n", ["H504 4:14"]),
        ("resource_registry:\n  resources:\n    a:\n      hooks: pre-craete\n", ["H505 4:14"]),
        (
            "resource_registry:\n  resources:\n    a:\n      restricted_actions: [update, x]\n",
            ["H505 4:36"],
        ),
        ("resource_registry:\n  OS::A: OS::B\n  OS::B: OS::A\n", ["H506 2:3"]),
        ("parameter_merge_strategies:\n  a: join\n", ["H507 2:6"]),
        ("parameters:\n  a: 1\n  a: 2\n", ["H107 3:3"]),
        ("parameters: {\n", ["H103 2:1"]),
        ("parameters: {a: !Ref b}\n", ["H112 1:17"]),
    ],
)
def test_problems(text: str, expected: list[str]) -> None:
    diagnostics = load_environment(text).diagnostics
    assert [f"{item.code} {item.span.line}:{item.span.column}" for item in diagnostics] == expected


REGISTRY = """\
resource_registry:
  OS::Old: OS::New
  OS::New: new.yaml
  OS::Same: OS::Same
  OS::Net::*: OS::Neutron::*
  OS::Net::Special: special.yml
  OS::All*: https://example.com/all.template
  OS::Gone:
  resources:
    web:
      OS::New: only_web.json
      hooks: pre-create
      inner:
        OS::New: inner.yaml
        restricted_actions: [update, replace]
    'db_*':
      OS::New: db.yaml
      hooks: [pre-update, post-delete]
    db_main:
      hooks: pre-delete
"""


@pytest.mark.parametrize(
    ("name", "path", "target"),
    [
        ("OS::Nova::Server", (), TypeMapping("OS::Nova::Server", False, False)),
        ("mine.yaml", (), TypeMapping("mine.yaml", True, False)),
        ("OS::Old", (), TypeMapping("new.yaml", True, True)),
        ("OS::Same", (), TypeMapping("OS::Same", False, False)),
        ("OS::Gone", (), TypeMapping("OS::Gone", False, False)),
        ("OS::Net::Port", (), TypeMapping("OS::Neutron::Port", False, True)),
        ("OS::Net::Special", (), TypeMapping("special.yml", True, True)),
        ("OS::AllThings", (), TypeMapping("https://example.com/all.template", True, True)),
        ("OS::New", ("web",), TypeMapping("only_web.json", True, True)),
        ("OS::Old", ("web",), TypeMapping("only_web.json", True, True)),
        ("OS::New", ("other",), TypeMapping("new.yaml", True, True)),
        ("OS::New", ("web", "inner"), TypeMapping("inner.yaml", True, True)),
        ("OS::New", ("web", "outer"), TypeMapping("new.yaml", True, True)),
        ("OS::New", ("db_1",), TypeMapping("db.yaml", True, True)),
        ("OS::New", ("db_main",), TypeMapping("db.yaml", True, True)),
    ],
)
def test_resolve(name: str, path: tuple[str, ...], target: TypeMapping) -> None:
    assert environment(REGISTRY).registry.resolve(name, path) == target


def test_hooks_and_restrictions() -> None:
    registry = environment(REGISTRY).registry
    assert registry.hooks(("web",)) == ("pre-create",)
    assert registry.hooks(("db_main",)) == ("pre-delete", "pre-update", "post-delete")
    assert registry.hooks(("db_x",)) == ("pre-update", "post-delete")
    assert registry.hooks(("none",)) == ()
    assert registry.restricted_actions(("web", "inner")) == ("update", "replace")
    assert registry.restricted_actions(("web",)) == ()


def test_templates_of_the_registry() -> None:
    assert environment(REGISTRY).registry.templates() == [
        "new.yaml",
        "special.yml",
        "https://example.com/all.template",
        "only_web.json",
        "inner.yaml",
        "db.yaml",
    ]


def test_later_environments_win() -> None:
    first = environment(
        "parameters: {a: 1, b: 1}\nparameter_defaults: {x: 1}\n"
        "resource_registry: {OS::A: a.yaml, OS::B: b.yaml, resources: {web: {OS::C: c.yaml}}}\n"
    )
    second = environment(
        "parameters: {b: 2, c: 2}\n"
        "resource_registry: {OS::A: other.yaml, resources: {web: {hooks: pre-create}}}\n"
    )
    merged = merge([first, second])
    assert merged.parameters == {"a": 1, "b": 2, "c": 2}
    assert merged.parameter_defaults == {"x": 1}
    assert merged.registry.resolve("OS::A").target == "other.yaml"
    assert merged.registry.resolve("OS::B").target == "b.yaml"
    assert merged.registry.resolve("OS::C", ("web",)).target == "c.yaml"
    assert merged.registry.hooks(("web",)) == ("pre-create",)
    assert merge([]).parameters == {}


def test_merge_strategies() -> None:
    first = environment(
        "parameters: {m: {a: {x: 1}, b: 1}, d: {a: {x: 1}}, l: [1], s: 'a,', o: 1}\n"
    )
    second = environment(
        "parameters: {m: {a: {y: 2}}, d: {a: {y: 2}}, l: [2], s: b, o: 2}\n"
        "parameter_merge_strategies: {default: merge, d: deep_merge, o: overwrite}\n"
    )
    assert merge([first, second]).parameters == {
        "m": {"a": {"y": 2}, "b": 1},
        "d": {"a": {"x": 1, "y": 2}},
        "l": [1, 2],
        "s": "a,b",
        "o": 2,
    }


def test_objects_have_places_too() -> None:
    loaded = load_environment({"parameters": {"a": 1}, "paramter_defaults": {}})
    (item,) = loaded.diagnostics
    assert (item.code, item.span.text) == ("H502", '"paramter_defaults"')
    assert loaded.environment.spans["parameters", "a"].line == 3
    assert [item.code for item in load_environment({"parameters": object()}).diagnostics] == [
        "H116"
    ]

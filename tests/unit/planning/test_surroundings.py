"""An operator's environments come before a user's, and hold in nested stacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from calor.base.errors import UserError
from calor.base.settings import Settings
from calor.main.operator import operators_surroundings
from calor.model.stack import Definition
from calor.planning.compose import Composer
from calor.planning.composition import Composition
from calor.planning.identity import Identity
from calor.resources.registry import Registry

INNER = """heat_template_version: 2021-04-16
parameters: {word: {type: string}}
resources:
  inside: {type: Our::Word}
outputs: {word: {value: {get_param: word}}}
"""
WORD = """heat_template_version: 2021-04-16
resources:
  it: {type: OS::Heat::Value, properties: {value: from the operator}}
"""
OUTER = """heat_template_version: 2021-04-16
resources:
  one: {type: Our::Word}
  deep: {type: inner.yaml}
  net: {type: OS::Quantum::Net}
"""
ENVIRONMENT = """
resource_registry: {'Our::Word': templates/word.yaml}
parameter_defaults: {word: a default}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "word.yaml").write_text(WORD)
    (tmp_path / "10-types.yaml").write_text(ENVIRONMENT)
    (tmp_path / "README").write_text("no environment")
    return tmp_path


def composed(folder: Path, *environments: str) -> Composition:
    settings = Settings(environment_dir=str(folder))
    composer = Composer(Registry(plugins=False), settings, around=operators_surroundings(settings))
    definition = Definition(template=OUTER, environments=environments, files={"inner.yaml": INNER})
    return composer.compose(definition, Identity("id", "stack", "project"))


def test_types_defaults_and_templates_reach_every_stack(folder: Path) -> None:
    found = composed(folder)
    assert [str(item.message) for item in found.diagnostics] == []
    assert found.parts["one"].type.name.endswith("/templates/word.yaml")
    assert found.parts["net"].type.name == "OS::Neutron::Net"
    deep = found.children["deep"]
    assert deep.parameters is not None
    assert deep.parameters.values["word"] == "a default"
    assert deep.parts["inside"].type.name == found.parts["one"].type.name


def test_a_user_has_the_last_word(folder: Path) -> None:
    found = composed(folder, "resource_registry: {'Our::Word': OS::Heat::None}")
    assert found.parts["one"].type.name == "OS::Heat::None"
    assert found.children["deep"].parts["inside"].type.name == "OS::Heat::None"


def test_sinks_are_added_to_those_of_a_user(tmp_path: Path) -> None:
    sink = "event_sinks: [{{type: zaqar-queue, target: {}}}]"
    (tmp_path / "all.yaml").write_text(sink.format("operators"))
    found = composed(tmp_path, sink.format("users"), sink.format("operators"))
    assert [item.sink.settings["target"] for item in found.sinks] == ["operators", "users"]


def test_no_folder_is_no_environment() -> None:
    assert operators_surroundings(Settings()).environments == ()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.yaml", "resource_registri: {}", "a.yaml:1:1: error H502"),
        ("a.yaml", "parameters: {size: 1}", "a.yaml:1:20: error R153"),
        ("a.yaml", "event_sinks: [{type: kafka}]", "a.yaml:1:22: error R154"),
        ("a.yml", "resource_registry: {'Our::Word': gone.yaml}", "gone.yaml"),
    ],
)
def test_what_is_wrong_is_told_at_the_start(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UserError) as refusal:
        operators_surroundings(Settings(environment_dir=str(tmp_path)))
    assert told in str(refusal.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can't be read"):
        operators_surroundings(Settings(environment_dir=str(tmp_path / "gone")))

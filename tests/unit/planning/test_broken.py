"""Every template of broken/ gives exactly the diagnostics that broken/expected.yaml lists, with
the real registry of types. Files of broken/nested/ are what the templates name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from calor.base.diagnostics import Diagnostic, render
from calor.base.settings import Settings
from calor.model.stack import Definition
from calor.planning.compose import Composer
from calor.planning.identity import Identity
from calor.resources.registry import Registry

FOLDER = Path(__file__).parent / "broken"
EXPECTED = yaml.safe_load((FOLDER / "expected.yaml").read_text())
FILES = {f"nested/{path.name}": path.read_text() for path in (FOLDER / "nested").iterdir()}
MAPPING = "resource_registry: {'Mapped::To::Unknown': 'OS::Heat::Valeu'}\n"
COMPOSER = Composer(Registry(plugins=False), Settings())


def found_in(name: str, environment: str = MAPPING) -> list[Diagnostic]:
    definition = Definition(
        template=(FOLDER / name).read_text(), environments=(environment,), files=FILES
    )
    identity = Identity(None, "stack", "project")
    return list(COMPOSER.compose(definition, identity, name=name).diagnostics)


def told(item: Diagnostic) -> str:
    place = f"{item.span.source.name}:{item.span.line}:{item.span.column}" if item.span else "-"
    return f"{item.code} {place}" + (f" {item.hint}" if "did you mean" in item.hint else "")


def test_every_file_is_listed() -> None:
    assert {path.name for path in FOLDER.glob("*.yaml")} - {"expected.yaml"} == set(EXPECTED)
    assert len(EXPECTED) >= 25


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_diagnostics(name: str) -> None:
    found = found_in(name)
    assert [told(item) for item in found] == EXPECTED[name]
    for item in found:
        assert "\n" not in item.message
        assert "Traceback" not in render(item)
        assert item.rule.explanation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("resource_registry: {resources: {a: {hooks: pre-create}}}", []),
        ("resource_registry: {resources: {a: {restricted_actions: update}}}", []),
        ("event_sinks: [{type: zaqar-queue, target: q}]", ["R150 1:1"]),
        ("event_sinks: []", []),
        ("encrypted_param_names: [size]", ["R151 1:1"]),
        ("encrypted_param_names: [other]", []),
    ],
)
def test_what_would_be_ignored_is_refused(text: str, expected: list[str]) -> None:
    definition = Definition(template=FILES["nested/needs.yaml"], environments=(text,))
    found = COMPOSER.compose(
        Definition(definition.template, definition.environments, parameters={"size": 1}),
        Identity(None, "stack", "project"),
    ).diagnostics
    places = [f"{item.code} {item.span.line}:{item.span.column}" for item in found if item.span]
    assert places == expected

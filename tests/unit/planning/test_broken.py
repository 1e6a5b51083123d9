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
        ("event_sinks: []", []),
        ("event_sinks: [{type: zaqar-queue, target: q, ttl: 1200}]", []),
        ("event_sinks: [{type: zaqar-queue, target: q, ttl: '60'}]", []),
        ("event_sinks: [q]", ["R154 1:15"]),
        ("event_sinks: [{target: q}]", ["R154 1:15"]),
        ("event_sinks: [{type: [], target: q}]", ["R154 1:22"]),
        ("event_sinks: [{type: zaqar, target: q}]", ["R154 1:22"]),
        ("event_sinks: [{type: zaqar-queue}]", ["R155 1:15"]),
        ("event_sinks: [{type: zaqar-queue, target: ''}]", ["R155 1:43"]),
        ("event_sinks: [{type: zaqar-queue, target: 'a b'}]", ["R155 1:43"]),
        ("event_sinks: [{type: zaqar-queue, target: q, ttl: 59}]", ["R155 1:51"]),
        ("event_sinks: [{type: zaqar-queue, target: q, ttl: 1209601}]", ["R155 1:51"]),
        ("event_sinks: [{type: zaqar-queue, target: q, ttl: soon}]", ["R155 1:51"]),
        ("event_sinks: [{type: zaqar-queue, target: q, ttl: null}]", []),
        ("event_sinks: [{type: zaqar-queue, taget: q}]", ["R155 1:35"]),
        (
            "event_sinks:\n- {type: x}\n- {type: zaqar-queue, ttl: 5, a: 1}",
            ["R154 2:10", "R155 3:3", "R155 3:28", "R155 3:31"],
        ),
        ("encrypted_param_names: [size]", ["R151 1:1"]),
        ("encrypted_param_names: [other]", []),
    ],
)
def test_sinks_hooks_and_secret_names(text: str, expected: list[str]) -> None:
    definition = Definition(template=FILES["nested/needs.yaml"], environments=(text,))
    found = COMPOSER.compose(
        Definition(definition.template, definition.environments, parameters={"size": 1}),
        Identity(None, "stack", "project"),
    ).diagnostics
    places = [f"{item.code} {item.span.line}:{item.span.column}" for item in found if item.span]
    assert places == expected

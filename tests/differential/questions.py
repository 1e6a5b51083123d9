"""Templates that ask: expressions in a scene of parameters and resources they may refer to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from differential.corpus import HERE, Case

GROUP = 60
"""Cases in a template at most."""
INNER = "case.template"
"""The nested template's name among the files."""


@dataclass(frozen=True, slots=True)
class Words:
    """How a language writes what every question needs."""

    type: str
    properties: str
    resources: str
    outputs: str
    conditions: str
    attribute: str
    choice: str
    value: str


HOT = Words("type", "properties", "resources", "outputs", "conditions", "get_attr", "if", "value")
CFN = Words(
    "Type", "Properties", "Resources", "Outputs", "Conditions", "Fn::GetAtt", "Fn::If", "Value"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A template in which the case of each key is the resource and the output of that name."""

    template: dict[str, Any]
    files: dict[str, str]


def name_of(number: int) -> str:
    """The resource's and the output's name."""
    return f"c{number}"


def ask(version: str, cases: Mapping[str, Case]) -> Question:
    """A question that puts cases of one version; those in nested templates go by themselves."""
    words = HOT if version.startswith("heat_") else CFN
    template = scene(version)
    _leave_out(template[words.resources], cases)
    files: dict[str, str] = {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted((HERE / "scenes" / "files").iterdir())
    }
    nested = {name: case for name, case in cases.items() if case.place == "nested"}
    for name, case in cases.items():
        if case.place != "nested":
            _put(template, words, name, case)
            template[words.outputs][name] = _output(words, name, "value")
    if nested:
        inner = _bare(version, words)
        for name, case in nested.items():
            _put(inner, words, name, case)
            inner[words.outputs][name] = _output(words, name, "value")
            template[words.outputs][name] = _output(words, "inside", name)
        template[words.resources]["inside"] = {words.type: INNER, **_facade(version)}
        files[INNER] = json.dumps(inner, indent=2)
    return Question(template, _named(template, files))


def alone(case: Case) -> Question:
    """The question that puts one case."""
    return ask(case.version, {name_of(0): case})


def _leave_out(resources: dict[str, Any], cases: Mapping[str, Case]) -> None:
    """Takes away what none of the cases names: groups and nested stacks take their time."""
    text = "".join(case.key for case in cases.values())
    for name in list(resources):
        if json.dumps(name)[:-1] not in text:
            del resources[name]


@cache
def _scene(language: str) -> str:
    """As JSON, which is quick to read again."""
    text = (HERE / "scenes" / f"{language}.yaml").read_text(encoding="utf-8")
    return json.dumps(yaml.safe_load(text))


def scene(version: str) -> dict[str, Any]:
    """What stands around the cases; sections that the version lacks are left out."""
    language = "hot" if version.startswith("heat_") else "cfn"
    document: dict[str, Any] = json.loads(_scene(language))
    if not _has_conditions(version):
        for section in ("conditions", "Conditions"):
            document.pop(section, None)
    return {**_header(version), **document}


def _header(version: str) -> dict[str, str]:
    key, _, date = version.partition(".")
    return {key: date}


def _has_conditions(version: str) -> bool:
    key, _, date = version.partition(".")
    return key == "AWSTemplateFormatVersion" or (
        key == "heat_template_version" and date >= "2016-10-14"
    )


def _bare(version: str, words: Words) -> dict[str, Any]:
    return {**_header(version), words.resources: {}, words.outputs: {}}


def _facade(version: str) -> dict[str, Any]:
    """What the parent's resource says of itself."""
    metadata = {"role": "web", "ports": [80, 443]}
    if version.startswith("heat_"):
        return {"metadata": metadata, "deletion_policy": "Delete", "update_policy": {}}
    return {"Metadata": metadata, "DeletionPolicy": "Delete"}


def _put(template: dict[str, Any], words: Words, name: str, case: Case) -> None:
    value = case.expression
    if case.place == "condition":
        template[words.conditions][name] = value
        value = {words.choice: [name, "yes", "no"]}
    template[words.resources][name] = {
        words.type: "OS::Heat::Value",
        # A map around it, so that null and a dropped key are values too.
        words.properties: {"value": {"is": value}},
    }


def _output(words: Words, resource: str, attribute: str) -> dict[str, Any]:
    return {words.value: {words.attribute: [resource, attribute]}}


def _named(template: Any, files: Mapping[str, str]) -> dict[str, str]:
    """The files that the template names somewhere, as clients send them."""
    text = json.dumps(template)
    return {name: content for name, content in files.items() if json.dumps(name) in text}


def in_groups(cases: Sequence[Case]) -> list[list[Case]]:
    """Cases that may stand in one template."""
    found: dict[tuple[str, bool], list[Case]] = {}
    for case in cases:
        found.setdefault((case.version, case.place == "nested"), []).append(case)
    return [
        group[start : start + GROUP]
        for group in found.values()
        for start in range(0, len(group), GROUP)
    ]

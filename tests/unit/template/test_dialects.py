"""Every version of HOT has exactly the words that the facts list for it."""

import json
from pathlib import Path
from typing import Any

import pytest

from calor.template.dialects import find, versions
from calor.template.load import load_template

FACTS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "hot_versions.json").read_text()
)


def test_all_versions() -> None:
    assert [item.version for item in versions() if item.family == "hot"] == sorted(FACTS)


@pytest.mark.parametrize("version", sorted(FACTS))
def test_words(version: str) -> None:
    facts = FACTS[version]
    dialect = find(f"heat_template_version.{version}")
    assert dialect is not None
    assert dict(dialect.functions) == facts["functions"]
    assert dict(dialect.condition_functions) == facts["condition_functions"]
    assert sorted(dialect.removed) == sorted(facts["removed_functions"])
    assert sorted(dialect.sections) == sorted(facts["sections"])
    assert sorted(dialect.resource_keys) == sorted(facts["resource_keys"])
    assert sorted(dialect.output_keys) == sorted(facts["output_keys"])
    assert sorted(dialect.parameter_keys) == sorted(facts["parameter_keys"])
    assert sorted(dialect.parameter_types) == sorted(facts["parameter_types"])
    assert sorted(dialect.constraint_kinds) == sorted(facts["parameter_constraint_kinds"])
    assert dict(dialect.deletion_policies) == facts["deletion_policies"]
    assert sorted(dialect.pseudo_parameters) == sorted(facts["pseudo_parameters"])
    assert list(dialect.aliases) == facts["aliases"]
    for alias in facts["aliases"]:
        assert find(f"heat_template_version.{alias}") is dialect


@pytest.mark.parametrize("version", sorted(FACTS))
def test_every_function_is_read_as_one(version: str) -> None:
    """A function that the version has is never plain data: nonsense in it is an error."""
    for name in FACTS[version]["functions"]:
        loaded = load_template(
            {
                "heat_template_version": version,
                "outputs": {"x": {"value": {name: {"bad": {"bad": [{"bad": None}]}}}}},
            }
        )
        assert {item.code for item in loaded.diagnostics} <= {"H407", "H416", "H415"}
        assert loaded.diagnostics.errors, name


@pytest.mark.parametrize("version", sorted(FACTS))
def test_functions_of_later_versions_name_them(version: str) -> None:
    first: dict[str, str] = {}
    for known in sorted(FACTS):
        for name in FACTS[known]["functions"]:
            first.setdefault(name, known)
    for name, since in first.items():
        if since <= version or name in FACTS[version]["functions"]:
            continue
        loaded = load_template(
            {"heat_template_version": version, "outputs": {"x": {"value": {name: []}}}}
        )
        assert [item.code for item in loaded.diagnostics] == ["H404"]
        assert since in next(iter(loaded.diagnostics)).message

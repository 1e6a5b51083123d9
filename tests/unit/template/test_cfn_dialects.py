"""Both versions of CloudFormation's language: Heat's has what the facts list, Amazon's that and
more."""

import json
from pathlib import Path
from typing import Any

import pytest

from calor.template.dialects import find
from calor.template.functions import registry
from calor.template.load import load_template

FACTS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cfn_versions.json").read_text()
)
HEAT = "HeatTemplateFormatVersion.2012-12-12"
AMAZON = "AWSTemplateFormatVersion.2010-09-09"


def test_words_of_heats_version() -> None:
    facts = FACTS[HEAT]
    dialect = find(HEAT)
    assert dialect is not None
    assert dict(dialect.functions) == facts["functions"]
    assert dict(dialect.condition_functions) == facts["condition_functions"]
    assert sorted(dialect.sections) == sorted(facts["sections"])
    assert sorted(dialect.resource_keys) == sorted(facts["resource_keys"])
    assert sorted(dialect.output_keys) == sorted(facts["output_keys"])
    assert sorted(dialect.parameter_keys) == sorted(facts["parameter_keys"])
    assert sorted(dialect.constraint_kinds) == sorted(facts["parameter_constraint_kinds"])
    assert dict(dialect.deletion_policies) == facts["deletion_policies"]
    assert sorted(dialect.pseudo_parameters) == sorted(facts["pseudo_parameters"])
    assert sorted(dialect.parameter_types) == sorted(facts["parameter_types"])


def test_amazons_version_has_all_that_heat_gives_it() -> None:
    facts = FACTS[AMAZON]
    dialect = find(AMAZON)
    assert dialect is not None
    assert set(facts["functions"]) <= set(dialect.functions)
    assert set(facts["condition_functions"]) <= set(dialect.condition_functions)
    assert set(facts["sections"]) <= set(dialect.sections)
    assert set(facts["resource_keys"]) <= set(dialect.resource_keys)
    assert set(facts["output_keys"]) <= set(dialect.output_keys)
    assert set(facts["parameter_keys"]) <= set(dialect.parameter_keys)
    assert set(facts["parameter_types"]) <= set(dialect.parameter_types)
    assert set(facts["parameter_constraint_kinds"]) <= set(dialect.constraint_kinds)
    assert facts["deletion_policies"].items() <= dialect.deletion_policies.items()
    assert set(facts["pseudo_parameters"]) <= set(dialect.pseudo_parameters)


@pytest.mark.parametrize("version", [HEAT, AMAZON])
def test_every_function_is_there(version: str) -> None:
    dialect = find(version)
    assert dialect is not None
    tables = (dialect.functions, dialect.condition_functions, dialect.rule_functions)
    for table in tables:
        assert set(table) <= set(registry())
    assert set(dialect.tags.values()) <= {name for table in tables for name in table} | {
        *find(AMAZON).functions,  # type: ignore[union-attr]  # it is there
        *find(AMAZON).condition_functions,  # type: ignore[union-attr]  # it is there
    }


def test_a_file_that_names_no_version_is_amazons() -> None:
    loaded = load_template("Resources: {a: {Type: 'OS::Heat::None'}}")
    assert not loaded.diagnostics
    assert loaded.template is not None
    assert loaded.template.dialect.name == AMAZON


def test_functions_of_amazons_version_in_heats_name_it() -> None:
    loaded = load_template(
        "HeatTemplateFormatVersion: 2012-12-12\nOutputs: {a: {Value: {'Fn::Sub': x}}}"
    )
    (problem,) = loaded.diagnostics
    assert problem.code == "H404"
    assert "AWSTemplateFormatVersion" in problem.message

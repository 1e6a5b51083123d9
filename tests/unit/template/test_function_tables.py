"""What every function makes of its arguments, in each variant: tables of cases, odd ones too."""

import json
from pathlib import Path
from typing import Any

import pytest

from calor.base.errors import InvalidInput
from calor.base.values import Sensitive
from calor.template.dialects import versions
from calor.template.functions import registry
from support.expressions import run
from support.function_tables import Fails, all_cases

FACTS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "hot_versions.json").read_text()
)
TABLES = all_cases()
CASES = [
    (name, variant, expression, value)
    for (name, variant), cases in sorted(TABLES.items())
    for expression, value in cases
]


def _versions() -> dict[tuple[str, int], str]:
    """The newest version that has the function in the variant, as a function or a condition."""
    found: dict[tuple[str, int], str] = {}
    for version in sorted(FACTS):
        for words in ("condition_functions", "functions"):
            for name, variant in FACTS[version][words].items():
                found[name, variant] = version
    return found


VERSIONS = _versions()


def _plain(value: Any) -> Any:
    """The value such that equal ones are of equal types, all the way down."""
    if isinstance(value, Sensitive):
        return ("sensitive", _plain(value.value))
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return (type(value).__name__, value)


@pytest.mark.parametrize(
    ("name", "variant", "expression", "expected"),
    CASES,
    ids=[f"{name}-{variant}-{expression}" for name, variant, expression, _ in CASES],
)
def test_case(name: str, variant: int, expression: str, expected: Any) -> None:
    version = VERSIONS[name, variant]
    if not isinstance(expected, Fails):
        assert _plain(run(expression, version)) == _plain(expected)
        return
    with pytest.raises(InvalidInput) as caught:
        run(expression, version)
    (problem,) = caught.value.diagnostics
    assert problem.code == expected.code
    assert expected.message in problem.message
    assert problem.span is not None
    assert "s3cret" not in problem.message


def test_every_function_in_every_variant_has_cases() -> None:
    assert set(TABLES) == set(VERSIONS)
    assert [key for key, cases in sorted(TABLES.items()) if len(cases) < 8] == []


def test_every_function_that_a_language_names_exists() -> None:
    for dialect in versions():
        names = (*dialect.functions, *dialect.condition_functions, *dialect.rule_functions)
        assert [name for name in names if name not in registry()] == []

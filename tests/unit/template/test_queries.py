"""YAQL: what an operator may set, that it costs nothing until it is used, and what ends a query."""

import subprocess
import sys

import pytest

from calor.base.errors import InvalidInput
from calor.template.evaluation import NO_SCOPE, evaluate
from calor.template.load import load_template
from calor.template.queries import parsed
from calor.template.query_limits import QueryLimits
from calor.template.reader import Limits


def _query(expression: str, limits: QueryLimits | None = None) -> object:
    loaded = load_template(
        {
            "heat_template_version": "2021-04-16",
            "outputs": {"x": {"value": {"yaql": {"expression": expression, "data": [1, 2, 3]}}}},
        },
        limits=Limits(queries=limits or QueryLimits()),
    )
    assert loaded.template is not None
    assert not loaded.diagnostics.errors
    return evaluate(loaded.template.outputs["x"].value, NO_SCOPE)


def test_limits_can_be_set() -> None:
    assert _query("$.data.len()", QueryLimits(iterators=3)) == 3
    with pytest.raises(InvalidInput, match="more than 2 items"):
        _query("$.data.select($)", QueryLimits(iterators=2))
    assert _query("('a' * 20000).len()", QueryLimits(memory=30_000)) == 20_000
    with pytest.raises(InvalidInput, match="more than 1000 bytes"):
        _query("'a' * 2000", QueryLimits(memory=1000))


def test_one_query_does_not_use_up_the_steps_of_another() -> None:
    limits = QueryLimits(steps=1000)
    for _ in range(3):
        assert _query("range(100).sum()", limits) == 4950
    with pytest.raises(InvalidInput, match="more than 1000 steps"):
        _query("range(100).select(range(100).sum()).sum()", limits)


def test_a_broken_query_leaves_the_parser_as_it_was() -> None:
    with pytest.raises(Exception, match="read the expression"):
        parsed("$.data.select((")
    assert _query("$.data.sum()") == 6


def test_the_library_is_not_there_before_a_template_asks() -> None:
    code = (
        "import sys; from calor.template.load import load_template;"
        "load_template({'heat_template_version': '2021-04-16', 'outputs': {'x': {'value': 1}}});"
        "print('yaql' in sys.modules)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        == "False\n"
    )

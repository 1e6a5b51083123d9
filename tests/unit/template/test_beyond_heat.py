"""What Heat refuses as a whole and Calor takes on purpose; docs/adr/0020 says why. Expressions are
in tests/differential/differences.yaml."""

from __future__ import annotations

import pytest

from calor.base.values import Value
from calor.template.environment import merge
from calor.template.evaluation import TemplateScope
from calor.template.load import load_environment, load_template

HEAD = "heat_template_version: 2021-04-16\n"


def test_a_condition_may_be_another_by_its_name() -> None:
    loaded = load_template(
        HEAD
        + "parameters: {p: {type: string}}\n"
        + "conditions: {one: {equals: [{get_param: p}, a]}, same: one}\n"
        + "resources: {a: {type: OS::Heat::None, condition: same}}\n"
    )
    assert list(loaded.diagnostics) == []
    assert loaded.template is not None
    for value, expected in (("a", True), ("b", False)):
        assert TemplateScope(loaded.template, {"p": value}).condition("same") is expected


def test_metadata_may_be_null() -> None:
    loaded = load_template(HEAD + "resources: {a: {type: OS::Heat::None, metadata: null}}\n")
    assert list(loaded.diagnostics) == []


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("overwrite", "merge", "a,b"), ("merge", "overwrite", "b"), ("", "merge", "a,b")],
)
def test_the_strategy_of_the_later_environment_counts(
    first: str, second: str, expected: Value
) -> None:
    texts = [
        f"parameters: {{p: {value}}}\n"
        + (f"parameter_merge_strategies: {{p: {strategy}}}\n" if strategy else "")
        for value, strategy in (("a", first), ("b", second))
    ]
    loaded = [load_environment(text) for text in texts]
    assert [list(one.diagnostics) for one in loaded] == [[], []]
    environments = [one.environment for one in loaded]
    found = merge(environments, {"p": "comma_delimited_list"}).parameters["p"]
    assert (",".join(found) if isinstance(found, list) else found) == expected

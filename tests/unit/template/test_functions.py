"""Functions within functions, and what holds for all of them; the tables have them one by one."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from calor.base.errors import InvalidInput
from calor.base.values import Sensitive, is_known, is_sensitive
from calor.template.evaluation import evaluate
from calor.template.load import load_template
from support.expressions import U, run

NESTED: list[tuple[str, Any]] = [
    ("{a: {get_param: unknown}, b: [{get_param: secret}, c]}",
     {"a": U, "b": [Sensitive("s3cret"), "c"]}),
    ("{list_join: ['-', {repeat: {for_each: {X: {get_param: list}}, template: X1}}]}", "a1-b1-c1"),
    ("{str_split: ['-', {list_join: ['-', [a, {get_param: text}]]}, 1]}", "hello"),
    ("{map_merge: [{map_replace: [{a: 1}, {keys: {a: b}}]}, {c: {list_concat: [[1], [2]]}}]}",
     {"b": 1, "c": [1, 2]}),
    ("{yaql: {expression: $.data.len(), data: {filter: [[a], {get_param: list}]}}}", 2),
    ("{get_param: text, other: 1}", {"get_param": "text", "other": 1}),
    ("{equals: [1, 2]}", {"equals": [1, 2]}),
    ("{get_param_: text}", {"get_param_": "text"}),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "value"), NESTED, ids=[item[0] for item in NESTED])
def test_value(expression: str, value: Any) -> None:
    assert run(expression) == value


@pytest.mark.parametrize(
    ("version", "expression", "value"),
    [
        ("2013-05-23", "{equals: [1, 1]}", {"equals": [1, 1]}),
        ("2015-10-15", "{not: {or: [a]}}", {"not": {"or": ["a"]}}),
    ],
)
def test_words_of_conditions_are_data_before_there_are_conditions(
    version: str, expression: str, value: Any
) -> None:
    assert run(expression, version) == value


def test_messages_do_not_tell_secrets() -> None:
    for expression in (
        "{list_join: [',', [[{get_param: secret}], {get_param: number}]]}",
        "{str_split: [',', {get_param: secret}, 4]}",
        "{digest: [{get_param: secret}, a]}",
        "{map_merge: [{get_param: secret}]}",
        "{get_file: [{get_param: secret}]}",
        "{make_url: {port: {get_param: secret}}}",
        "{yaql: {expression: {list_join: ['(', [{get_param: secret}, '']]}}}",
        "{yaql: {expression: $.data.nothing(), data: {get_param: secret}}}",
        "{yaql: {expression: dict().get($.data).len(), data: {get_param: secret}}}",
        "{map_replace: [{a: 1}, {get_param: secret_map}]}",
        "{filter: [{get_param: secret}, [a]]}",
    ):
        with pytest.raises(InvalidInput) as caught:
            run(expression)
        assert "s3cret" not in str(caught.value)


def test_results_stay_bounded() -> None:
    value = "x"
    for _ in range(12):
        value = f"{{str_replace: {{template: aaaaaaaaaa, params: {{a: {value}}}}}}}"
    with pytest.raises(InvalidInput) as caught:
        run(value)
    assert "too long" in str(caught.value)


leaves = st.sampled_from(
    [f"{{get_param: {name}}}" for name in ("text", "number", "list", "map", "null", "mixed")]
    + ["{get_param: unknown}", "{get_param: secret}", "{get_param: secret_list}"]
    + ["x", "5", "null", "true", "[a, b]", "{a: b}", "{get_attr: [server, name]}"]
)
expressions = st.recursive(
    leaves,
    lambda below: st.one_of(
        st.builds("{{list_join: [',', [{}, {}]]}}".format, below, below),
        st.builds("{{list_join: [',', {}]}}".format, below),
        st.builds("{{str_replace: {{template: {}, params: {{x: {}}}}}}}".format, below, below),
        st.builds("{{str_split: [',', {}]}}".format, below),
        st.builds("{{map_merge: [{}, {}]}}".format, below, below),
        st.builds("{{repeat: {{for_each: {{X: {}}}, template: {}}}}}".format, below, below),
        st.builds("{{if: [{{equals: [{}, {}]}}, {}]}}".format, leaves, leaves, below),
        st.builds("{{digest: [md5, {}]}}".format, below),
        st.builds("{{list_concat_unique: [{}, {}]}}".format, below, below),
        st.builds("{{filter: [{}, {}]}}".format, below, below),
        st.builds("{{contains: [{}, {}]}}".format, below, below),
        st.builds("{{map_replace: [{}, {{values: {}}}]}}".format, below, below),
        st.builds("{{str_replace_strict: {{template: a, params: {{a: {}}}}}}}".format, below),
        st.builds("{{str_replace_vstrict: {{template: a, params: {{a: {}}}}}}}".format, below),
        st.builds("{{make_url: {{host: {}, query: {}}}}}".format, below, below),
        st.builds("{{yaql: {{expression: $.data, data: {}}}}}".format, below),
        st.builds("{{k: {}, l: [{}]}}".format, below, below),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(expressions)
def test_every_nesting_gives_a_value_or_a_diagnostic(expression: str) -> None:
    try:
        value = run(expression)
    except InvalidInput as problem:
        assert problem.diagnostics
        return
    if "secret" not in expression:
        assert not is_sensitive(value)
    if "unknown" not in expression and "mixed" not in expression:
        assert is_known(value)


texts = st.text(alphabet="abcxyz$%", max_size=12)


@settings(max_examples=200, deadline=None)
@given(texts, st.dictionaries(st.text(alphabet="abcxyz$%", min_size=1, max_size=3), texts))
def test_str_replace_fills_in_longest_first_and_once(template: str, params: dict[str, str]) -> None:
    def expected(text: str, keys: list[str]) -> str:
        if not keys:
            return text
        return params[keys[0]].join(expected(part, keys[1:]) for part in text.split(keys[0]))

    found = run(json.dumps({"str_replace": {"template": template, "params": params}}))
    assert found == expected(template, sorted(sorted(params), key=len, reverse=True))


def test_constants_are_computed_once() -> None:
    loaded = load_template(
        yaml.safe_dump(
            {
                "heat_template_version": "2021-04-16",
                "outputs": {"x": {"value": {"digest": ["sha256", "abc"]}}},
            }
        )
    )
    assert loaded.template is not None
    expression = loaded.template.outputs["x"].value
    assert evaluate(expression, None) == evaluate(expression, None)  # type: ignore[arg-type]

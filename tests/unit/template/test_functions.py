"""What every function makes of its arguments, in each variant; unknown and sensitive ones too."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from calor.base.errors import InvalidInput
from calor.base.values import Sensitive, Unknown, is_known, is_sensitive
from calor.template.evaluation import evaluate
from calor.template.load import load_template
from support.expressions import ATTRIBUTES, U, run

VALUES: list[tuple[str, Any]] = [
    # get_param
    ("{get_param: text}", "hello"),
    ("{get_param: [list, 1]}", "b"),
    ("{get_param: [list, '1']}", "b"),
    ("{get_param: [map, x, y, 1]}", 20),
    ("{get_param: [map, 1]}", "one"),
    ("{get_param: [map, nothing]}", ""),
    ("{get_param: [list, 9]}", ""),
    ("{get_param: [number, a]}", ""),
    ("{get_param: [text, 0]}", "h"),
    ("{get_param: [map, z]}", None),
    ("{get_param: [list, {get_param: index}]}", "b"),
    ("{get_param: {get_param: name}}", "hello"),
    ("{get_param: {get_param: path}}", 10),
    ("{get_param: unknown}", U),
    ("{get_param: [unknown, a]}", U),
    ("{get_param: [half, known]}", 1),
    ("{get_param: [half, other]}", U),
    ("{get_param: [list, {get_param: unknown}]}", U),
    ("{get_param: secret}", Sensitive("s3cret")),
    ("{get_param: [secret_map, user]}", Sensitive("admin")),
    ("{get_param: [secret_map, user, 0]}", Sensitive("a")),
    # get_resource
    ("{get_resource: server}", "id-of-server"),
    ("{get_resource: later}", Unknown("later")),
    ("{get_resource: {get_param: who}}", "id-of-server"),
    ("{get_resource: {get_param: unknown}}", U),
    # get_attr
    ("{get_attr: [server, name]}", "web"),
    ("{get_attr: [server, show, tags, 1]}", "t2"),
    ("{get_attr: [server, show, nothing]}", None),
    ("{get_attr: [server, show, tags, 7]}", None),
    ("{get_attr: [server, show, tags, x]}", None),
    ("{get_attr: [server, show, empty, x]}", None),
    ("{get_attr: [server, nothing]}", None),
    ("{get_attr: [server]}", ATTRIBUTES),
    ("{get_attr: [later, name]}", Unknown("later.name")),
    ("{get_attr: [server, later, x]}", U),
    ("{get_attr: [server, secret, key]}", Sensitive("k")),
    ("{get_attr: [{get_param: who}, name]}", "web"),
    ("{get_attr: [server, show, tags, {get_param: index}]}", "t2"),
    # get_file
    ("{get_file: a.sh}", "#!/bin/sh\n"),
    ("{get_file: {get_param: text}}", "from hello"),
    # str_replace
    ("{str_replace: {template: Hello NAME, params: {NAME: world}}}", "Hello world"),
    ("{str_replace: {template: a ab abc, params: {a: 1, ab: 2, abc: 3}}}", "1 2 3"),
    ("{str_replace: {template: x y, params: {x: y, y: x}}}", "y x"),
    ("{str_replace: {template: xx, params: {x: ax}}}", "axax"),
    ("{str_replace: {template: x, params: {x: null}}}", ""),
    ("{str_replace: {template: x x, params: {x: 1.5}}}", "1.5 1.5"),
    ("{str_replace: {template: x, params: {x: true}}}", "True"),
    ("{str_replace: {template: x, params: {x: {b: 1, a: [2]}}}}", '{"a": [2], "b": 1}'),
    ("{str_replace: {template: x, params: {}}}", "x"),
    ("{str_replace: {template: x, params: {x: {get_param: list}}}}", '["a", "b", "c"]'),
    ("{str_replace: {template: x, params: {x: {get_param: unknown}}}}", U),
    ("{str_replace: {template: x, params: {x: {get_param: secret}}}}", Sensitive("s3cret")),
    ("{str_replace: {template: {get_file: a.sh}, params: {bin: BIN}}}", "#!/BIN/sh\n"),
    # list_join
    ("{list_join: [', ', [a, b]]}", "a, b"),
    ("{list_join: ['', []]}", ""),
    ("{list_join: [',', [a, null, b]]}", "a,,b"),
    ("{list_join: [',', [a], null, [b]]}", "a,b"),
    ("{list_join: [',', [a], [{x: 1}, [2]]]}", 'a,{"x": 1},[2]'),
    ("{list_join: [',', {get_param: list}]}", "a,b,c"),
    ("{list_join: [',', {get_param: mixed}]}", U),
    ("{list_join: [',', {get_param: secret_list}]}", Sensitive("p,q")),
    ("{list_join: [',', [{get_param: secret}, {get_param: unknown}]]}", Sensitive(U)),
    ("{list_join: [',', [a, {if: ['off', b]}]]}", "a"),
    # str_split
    ("{str_split: [',', 'a,b,']}", ["a", "b", ""]),
    ("{str_split: [',', 'a,b', 1]}", "b"),
    ("{str_split: [',', 'a,b', '0']}", "a"),
    ("{str_split: [',', 'a,b', -1]}", "b"),
    ("{str_split: [',', null]}", None),
    ("{str_split: [',', {get_param: unknown}]}", U),
    ("{str_split: [3, {get_param: secret}]}".replace("3", "'3'"), Sensitive(["s", "cret"])),
    # repeat
    ("{repeat: {for_each: {'%x%': [a, b]}, template: 'v-%x%'}}", ["v-a", "v-b"]),
    ("{repeat: {for_each: {'%x%': [1, 2]}, template: '%x%'}}", [1, 2]),
    ("{repeat: {for_each: {'%x%': [1, 2]}, template: 'n%x%'}}", ["n1", "n2"]),
    (
        "{repeat: {for_each: {X: [a, b], Y: [c, d]}, template: {X: [Y, 5]}}}",
        [{"a": ["c", 5]}, {"a": ["d", 5]}, {"b": ["c", 5]}, {"b": ["d", 5]}],
    ),
    (
        "{repeat: {for_each: {X: [a, b], Y: [c, d]}, template: X-Y, permutations: false}}",
        ["a-c", "b-d"],
    ),
    ("{repeat: {for_each: {X: {k: 1, l: 2}}, template: X}}", ["k", "l"]),
    ("{repeat: {for_each: {X: []}, template: X}}", []),
    ("{repeat: {for_each: {X: null}, template: X}}", []),
    ("{repeat: {for_each: {X: {get_param: list}}, template: [X, null]}}",
     [["a", None], ["b", None], ["c", None]]),
    ("{repeat: {for_each: {X: {get_param: unknown}}, template: X}}", U),
    ("{repeat: {for_each: {X: {get_param: mixed}}, template: {v: X-X, w: 1}}}",
     [{"v": "a-a", "w": 1}, {"v": U, "w": 1}]),
    ("{repeat: {for_each: {X: {get_param: secret_list}}, template: X}}", Sensitive(["p", "q"])),
    ("{repeat: {for_each: {X: [1]}, template: {get_param: unknown}}}", [U]),
    # map_merge
    ("{map_merge: [{a: 1, b: 1}, {b: 2}, null, {c: 3}]}", {"a": 1, "b": 2, "c": 3}),
    ("{map_merge: []}", {}),
    ("{map_merge: [{a: 1}, {get_param: half}]}", {"a": 1, "known": 1, "other": U}),
    ("{map_merge: [{a: 1}, {get_param: unknown}]}", U),
    ("{map_merge: [{a: 1}, {get_param: secret_map}]}", Sensitive({"a": 1, "user": "admin"})),
    # digest
    ("{digest: [md5, foobar]}", "3858f62230ac3c915f300c664312c63f"),
    ("{digest: [sha512, '']}",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"),
    ("{digest: [sha1, é]}", "1599e9fa41ec68c80230491902786bee889f5bcb"),
    ("{digest: [md5, {get_param: unknown}]}", U),
    ("{digest: [md5, {get_param: secret}]}", Sensitive("33e1b232a4e6fa0028a6670753749a17")),
    # resource_facade
    ("{resource_facade: metadata}", {"m": 1}),
    ("{resource_facade: update_policy}", None),
    # if and conditions
    ("{if: ['on', 1, 2]}", 1),
    ("{if: ['off', 1, 2]}", 2),
    ("{if: [never, 1, 2]}", 2),
    ("{if: [true, 1, 2]}", 1),
    ("{if: [{get_param: 'yes'}, 1, 2]}", 1),
    ("{if: [{get_param: unknown}, 1, 2]}", U),
    ("{if: [{get_param: secret_yes}, 1, 2]}", Sensitive(1)),
    ("{if: ['off', 1]}", None),
    ("{a: 1, b: {if: ['off', 1]}}", {"a": 1}),
    ("[1, {if: ['off', 1]}, {if: ['on', 2]}]", [1, 2]),
    ("{if: [{equals: [{get_param: text}, hello]}, 1, 2]}", 1),
    ("{if: [{equals: [{get_param: text}, {get_param: unknown}]}, 1, 2]}", U),
    ("{if: [{not: {equals: [1, 2]}}, 1, 2]}", 1),
    ("{if: [{and: ['on', {get_param: 'no'}, {get_param: unknown}]}, 1, 2]}", 2),
    ("{if: [{and: ['on', {get_param: unknown}]}, 1, 2]}", U),
    ("{if: [{or: ['off', {get_param: unknown}, 'on']}, 1, 2]}", 1),
    ("{if: [{or: ['off', {get_param: unknown}]}, 1, 2]}", U),
    ("{if: [{or: ['off', {get_param: secret_yes}]}, 1, 2]}", Sensitive(1)),
    # nesting, and what stays around marks
    ("{a: {get_param: unknown}, b: [{get_param: secret}, c]}",
     {"a": U, "b": [Sensitive("s3cret"), "c"]}),
    ("{list_join: ['-', {repeat: {for_each: {X: {get_param: list}}, template: X1}}]}", "a1-b1-c1"),
    ("{str_split: ['-', {list_join: ['-', [a, {get_param: text}]]}, 1]}", "hello"),
    # plain data
    ("{get_param: text, other: 1}", {"get_param": "text", "other": 1}),
    ("{equals: [1, 2]}", {"equals": [1, 2]}),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "value"), VALUES, ids=[item[0] for item in VALUES])
def test_value(expression: str, value: Any) -> None:
    found = run(expression)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("version", "expression", "value"),
    [
        ("2013-05-23", "{get_attr: [server, show, tags, 0]}", "t1"),
        ("2014-10-16", "{get_attr: [server, show, tags, 0]}", "t1"),
        ("2013-05-23", "{list_join: [',', [a, null]]}", "a,"),
        ("2013-05-23", "{str_replace: {template: x, params: {x: 1}}}", "1"),
        ("2015-04-30", "{repeat: {for_each: {X: [a]}, template: X}}", ["a"]),
        ("2016-10-14", "{repeat: {for_each: {X: {a: 1}}, template: X}}", ["a"]),
        ("2013-05-23", "{equals: [1, 1]}", {"equals": [1, 1]}),
        ("2015-10-15", "{not: {or: [a]}}", {"not": {"or": ["a"]}}),
    ],
)
def test_value_in_older_versions(version: str, expression: str, value: Any) -> None:
    assert run(expression, version) == value


@pytest.mark.parametrize(
    ("version", "expression"),
    [
        ("2021-04-16", "{list_join: [{get_param: number}, [a]]}"),
        ("2021-04-16", "{list_join: [',', {get_param: text}]}"),
        ("2021-04-16", "{list_join: [',', [{get_param: number}]]}"),
        ("2013-05-23", "{list_join: [',', [{get_param: map}]]}"),
        ("2013-05-23", "{str_replace: {template: x, params: {x: {get_param: list}}}}"),
        ("2021-04-16", "{str_replace: {template: {get_param: list}, params: {}}}"),
        ("2021-04-16", "{str_replace: {template: x, params: {get_param: list}}}"),
        ("2021-04-16", "{str_split: [',', {get_param: number}]}"),
        ("2021-04-16", "{str_split: [',', {get_param: text}, 4]}"),
        ("2021-04-16", "{map_merge: [{get_param: list}]}"),
        ("2021-04-16", "{digest: [md5, {get_param: list}]}"),
        ("2021-04-16", "{digest: [{get_param: text}, a]}"),
        ("2015-04-30", "{repeat: {for_each: {X: {get_param: map}}, template: X}}"),
        (
            "2021-04-16",
            "{repeat: {for_each: {X: {get_param: map}}, template: X, permutations: false}}",
        ),
        ("2021-04-16", "{repeat: {for_each: {X: [[1]]}, template: a-X}}"),
        ("2021-04-16", "{if: [{get_param: text}, 1, 2]}"),
        ("2021-04-16", "{if: [{not: {get_param: number}}, 1, 2]}"),
        ("2021-04-16", "{get_param: {get_param: map}}"),
        ("2021-04-16", "{get_attr: [server, {get_param: map}]}"),
        ("2021-04-16", "{get_resource: {get_param: list}}"),
        ("2021-04-16", "{get_file: {get_param: name}}"),
    ],
)
def test_misuse(version: str, expression: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        run(expression, version)
    assert [item.code for item in caught.value.diagnostics] == ["H415"]
    assert caught.value.diagnostics[0].span is not None


def test_messages_do_not_tell_secrets() -> None:
    for expression in (
        "{list_join: [',', [[{get_param: secret}], {get_param: number}]]}",
        "{str_split: [',', {get_param: secret}, 4]}",
        "{digest: [{get_param: secret}, a]}",
        "{map_merge: [{get_param: secret}]}",
        "{get_file: [{get_param: secret}]}",
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
    assert found == expected(template, sorted(params, key=len, reverse=True))


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

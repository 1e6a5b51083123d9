"""Reading: what YAML and JSON mean, with places; hostile input ends in one diagnostic."""

import json
import math
import tracemalloc

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from calor.base.source import MappingNode, ScalarNode, SequenceNode
from calor.template.plain import locate, to_plain
from calor.template.reader import Limits, from_object, read


def plain(text: str | bytes) -> object:
    reading = read(text)
    assert not reading.diagnostics.errors, list(reading.diagnostics)
    assert reading.node is not None
    return to_plain(reading.node)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", "a"),
        ("'1'", "1"),
        ("12", 12),
        ("-12", -12),
        ("+3", 3),
        ("1_000", 1000),
        ("010", 8),
        ("08", "08"),
        ("0x1F", 31),
        ("0b101", 5),
        ("1:30", 90),
        ("1.5", 1.5),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", "1e3"),
        ("1.0e+3", 1000.0),
        ("1:30.5", 90.5),
        ("yes", True),
        ("Off", False),
        ("y", "y"),
        ("tRUE", "tRUE"),
        ("~", None),
        ("null", None),
        ("''", ""),
        ("2013-05-23", "2013-05-23"),
        ("2001-12-14 21:59:43.10 -5", "2001-12-14 21:59:43.10 -5"),
        ("=", "="),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
        ("!!float 1.5", 1.5),
        ("!!bool yes", True),
        ("! 5", "5"),
        ("|\n  a\n  b\n", "a\nb\n"),
        (">-\n  a\n  b\n", "a b"),
        ('"\\u00e9\\x41"', "éA"),
    ],
)
def test_scalars(text: str, value: object) -> None:
    assert plain(f"- {text}") == [value]


def test_structures() -> None:
    text = """\
base: &base {a: 1, b: 2}
more: &more {c: 3}
one:
  <<: *base
  b: 5
two:
  <<: [*base, *more]
three:
- x
-
  - y
1: int
1.5: float
"""
    value = plain(text)
    assert value == {
        "base": {"a": 1, "b": 2},
        "more": {"c": 3},
        "one": {"a": 1, "b": 5},
        "two": {"a": 1, "b": 2, "c": 3},
        "three": ["x", ["y"]],
        "1": "int",
        "1.5": "float",
    }


def test_places() -> None:
    node = read("é: x\nmap:\n  key: [a, 'b',\n    c]\n  text: |\n    one\n    two\n\nend: 1\n").node
    assert isinstance(node, MappingNode)
    assert str(locate(node, ("map", "key", 1))) == "template:3:12"
    assert locate(node, ("map", "key", 2)).text == "c"
    assert locate(node, ("map", "text")).text == "|\n    one\n    two"
    assert locate(node, ("map", "nothing")).text.startswith("key: [a")
    assert node.get("map").span.end_position == (7, 8)
    assert locate(node, ("end",)).line == 9


def test_styles_tags_and_anchors_are_kept() -> None:
    reading = read("a: &x 'q'\nb: !Ref name\nc: !Sub [x]\nd: >\n  t\n")
    node = reading.node
    assert isinstance(node, MappingNode)
    assert [item.tag for item in reading.tagged] == ["!Ref", "!Sub"]
    quoted, reference, folded = node.get("a"), node.get("b"), node.get("d")
    assert isinstance(quoted, ScalarNode)
    assert (quoted.anchor, quoted.style) == ("x", "'")
    assert isinstance(reference, ScalarNode)
    assert reference.value == "name"
    assert isinstance(folded, ScalarNode)
    assert folded.style == ">"
    assert isinstance(node.get("c"), SequenceNode)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert plain("a: é\r\nb: 1\r\n".encode(encoding)) == {"a": "é", "b": 1}


def test_json_with_places() -> None:
    text = '{"a": [1, 2.5, true, null, "x\\ud83d\\ude00"], "b": {}, "c": [],\n "d": -1e2}'
    reading = read(text)
    assert to_plain(reading.node) == json.loads(text)
    assert str(locate(reading.node, ("d",))) == "template:2:7"
    assert locate(reading.node, ("a",)).text == text[6:43]


def test_flow_yaml_is_not_taken_for_json() -> None:
    assert plain("{a: 1, b: [yes]}") == {"a": 1, "b": [True]}


def test_objects() -> None:
    value = {"a": [1, None, {"b": True}], "c": "x", "d": 1.5}
    assert to_plain(from_object(value).node) == value
    assert [item.code for item in from_object({"a": object()}).diagnostics] == ["H116"]


BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30)
)
MERGE_BOMB = "a0: &a0 {k: [1, 2, 3]}\n" + "".join(
    f"a{i}: &a{i} {{l{i}: *a{i - 1}, r{i}: *a{i - 1}}}\n" for i in range(1, 60)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 200_000, "H105"),
        ("a: " + "[" * 200_000, "H105"),
        ("{" * 200_000, "H105"),
        ("{a: " * 200_000, "H105"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "H105"),
        ("[" * 100_000 + "]" * 100_000, "H105"),
        ("- " * 200_000, "H105"),
        ("? " * 200_000, "H105"),
        ("".join(" " * i + "a:\n" for i in range(3000)), "H105"),
        (BOMB, "H106"),
        (MERGE_BOMB, "H106"),
        ("a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 500)), "H105"),
        ("a: " + "9" * 1_000_000, "H111"),
        ('{"a": ' + "9" * 1_000_000 + "}", "H111"),
        ("x" * 50_000_000, "H101"),
        (b"x" * 50_000_000, "H101"),
        ("a: 'b\n" * 10_000, "H103"),
        ("&a " * 100_000, "H103"),
        ("a: \0", "H102"),
        ("\ud800", "H102"),
    ],
    ids=range(20),
)
def test_hostile_texts_end_in_one_diagnostic(text: str | bytes, code: str) -> None:
    tracemalloc.start()
    reading = read(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [item.code for item in reading.diagnostics] == [code]
    assert peak < 100 * 1024 * 1024


def test_large_files_without_a_limit_are_bounded() -> None:
    text = "a:\n" + "- b: c\n" * 7_000_000
    tracemalloc.start()
    reading = read(text, limits=Limits(max_bytes=None, max_nodes=50_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [item.code for item in reading.diagnostics] == ["H106"]
    assert peak < 100 * 1024 * 1024


class HeatLoader(yaml.SafeLoader):
    """The reference: PyYAML with timestamps as text."""


HeatLoader.add_constructor("tag:yaml.org,2002:timestamp", HeatLoader.construct_yaml_str)
HeatLoader.add_constructor("tag:yaml.org,2002:value", HeatLoader.construct_yaml_str)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="019:._-+eExXbnulytrosfiaNTF~", min_size=1, max_size=8))
def test_plain_scalars_mean_what_pyyaml_says(text: str) -> None:
    try:
        expected = yaml.load(f"- {text}", HeatLoader)[0]
    except (yaml.YAMLError, ValueError, AttributeError, TypeError):
        return
    if isinstance(expected, float) and not math.isfinite(expected):
        assert [item.code for item in read(f"- {text}").diagnostics] == ["H111"]
        return
    if isinstance(expected, str | bool | int | float | None):
        value = plain(f"- {text}")[0]
        assert repr(value) == repr(expected)


trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text(), below),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(trees)
def test_json_means_what_json_says(value: object) -> None:
    text = json.dumps([value])
    assert plain(text) == [value]
    assert plain(json.dumps([value], indent=1, ensure_ascii=False)) == [value]


@settings(max_examples=100, deadline=None)
@given(trees)
def test_dumped_yaml_comes_back(value: object) -> None:
    text = yaml.safe_dump([value], allow_unicode=True)
    assert plain(text) == yaml.load(text, HeatLoader)


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="ab:-?[]{}#&*!|>'\"%@`,\n\t \\<0é~=", max_size=60) | st.text(max_size=40))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    reading = read(text)
    for item in reading.diagnostics:
        assert item.span is not None
        assert 0 <= item.span.start <= item.span.end <= len(item.span.source.text) + 3


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    read(data)

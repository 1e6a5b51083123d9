"""The canonical layout: what it looks like, and that whatever is written keeps its meaning, its
comments and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calor.base.source import Source
from calor.template.layout.layout import lay_out

CASES = {
    "indentation and lists": (
        "a:\n    b:\n    - 1\n    -   - 2\n        - 3\n    -\n        c: 4\n        d: 5\n",
        "a:\n  b:\n    - 1\n    - - 2\n      - 3\n    - c: 4\n      d: 5\n",
    ),
    "brackets in one line where they fit": (
        "a: {b:   1,c: [1,2 ,3], d, 'e':\n  {}}\nf: [ ]\n",
        "a: { b: 1, c: [1, 2, 3], d, 'e': {} }\n\nf: []\n",
    ),
    "brackets in lines where they don't": (
        "a: {first: " + "x" * 60 + ", second: [" + "y" * 60 + ", z]}\n",
        f"a:\n  first: {'x' * 60}\n  second: [{'y' * 60}, z]\n",
    ),
    "comments stay beside what they stand beside": (
        "#one\n\n\na:   # two\n     # three\n   b: 1 # four\n   # five\n # six\n"
        "c: [d, # seven\n  e]\n"
        "   # eight\n",
        "#one\n\na:  # two\n  # three\n  b: 1  # four\n  # five\n\n# six\n"
        "c:\n  - d  # seven\n  - e\n"
        "# eight\n",
    ),
    "a comment before the value": (
        "a:\n  # one\n  1\nb: # two\n  x\n",
        "# one\na: 1\nb: x  # two\n",
    ),
    "a comment beside a dash": ("- # one\n  a: 1\n", "-  # one\n  a: 1\n"),
    "blocks keep their lines": (
        "a: |\n      one\n        two\n\n      three\n\n\nb: >2- # c\n    four\n"
        "c: |+\n x\n\nd: |\n\n y\n",
        "a: |\n  one\n    two\n\n  three\n\nb: >2-  # c\n    four\n\nc: |+\n  x\n\nd: |\n\n  y\n",
    ),
    "a block that the text's end cuts off": ("a: |\n x", "a: |-\n  x\n"),
    "texts over several lines": (
        'a: "one\n\n   two\\\n   three"\nb: four\n     five\n',
        'a: "one\n\n  two\\\n  three"\n\nb: four\n  five\n',
    ),
    "tags, anchors, aliases, merges": (
        "a: &x   !Foo\n    b: !Ref   c\nd:   *x\ne:\n  <<:   *x\n  f: [!Ref a, &y , *y ]\n",
        "a: &x !Foo\n  b: !Ref c\n\nd: *x\n\ne:\n  <<: *x\n  f: [!Ref a, &y , *y]\n",
    ),
    "sections stand apart": (
        "v: 1\nd: x\na:\n  b: 1\nc: 2\n",
        "v: 1\nd: x\n\na:\n  b: 1\n\nc: 2\n",
    ),
    "the mark of the start": ("# one\n--- # two\na: 1\n", "# one\n---  # two\na: 1\n"),
    "line ends": ("a: 1  \r\nb: |  \r\n  x\r\n", "a: 1\n\nb: |\n  x\n"),
    "nothing but a map": ("{}", "{}\n"),
    "json": (
        '{"a":{"Ref":"x"},"b":[1,2.50,"\\u00e9"],"c":{"d":1,"e":[{"f":null}]},"g":{}}',
        '{\n  "a": { "Ref": "x" },\n  "b": [1, 2.50, "\\u00e9"],\n  "c": {\n    "d": 1,\n'
        '    "e": [\n      { "f": null }\n    ]\n  },\n  "g": {}\n}\n',
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_layout(name: str) -> None:
    text, expected = CASES[name]
    result = lay_out(Source("t", text))
    assert not result.reason
    assert result.text == expected
    assert lay_out(Source("t", expected)).text == expected


@pytest.mark.parametrize(
    "text",
    ["? a\n: 1\n", "a: 1\n...\n", "%YAML 1.1\n---\na: 1\n", "- a\n- ? [b]\n  : c\n", "text\n"],
)
def test_what_only_its_author_can_lay_out_stays(text: str) -> None:
    result = lay_out(Source("t", text))
    assert result.text == text
    assert result.reason


def test_what_cant_be_read_is_told() -> None:
    result = lay_out(Source("t", "a: [\n"))
    assert result.text is None
    assert [item.code for item in result.diagnostics] == ["H103"]


def test_a_large_text_takes_little_more_than_its_reading() -> None:
    text = "resources:\n" + "".join(
        f"  r{number}: # c\n      type: X\n      properties: {{a: [1, 2], b: {{c: d}}}}\n"
        f"      user_data: |\n        line\n"
        for number in range(2000)
    )
    result = lay_out(Source("t", text))
    assert result.text is not None
    assert result.text.count("# c") == 2000


# --- whatever is written --------------------------------------------------------------------------


@dataclass
class Written:
    """Lines of a value, the first of which follows a key or a dash; and the comments in them."""

    lines: list[str]
    comments: list[str]
    inline: bool = True


KEYS = st.sampled_from(["k{}", '"in {} quotes"', "'it''s {}'", "a.b-{}", "1{}", "&k{0} k{0}"])
SHORT = st.sampled_from(
    [
        "",
        "1",
        "x y",
        "'q'",
        '"\\u00e9 \\""',
        "null",
        "a:b",
        "!Ref x",
        "!!str 1",
        "x#y",
        "'# no'",
        "-1",
    ]
)
BLOCKS = st.sampled_from(["|", ">", "|-", ">+", "|+"])
WORDS = st.lists(st.sampled_from(["one", "  two", "# no comment", "", "a: b", "- c"]), max_size=4)


@st.composite
def comment(draw: Any) -> str:
    return "# " + draw(st.text("abc :#-'\"[{&*", max_size=8)).strip()


@st.composite
def trailing(draw: Any, comments: list[str]) -> str:
    if not draw(st.booleans()):
        return draw(st.sampled_from(["", "", " "]))
    comments.append(draw(comment()).rstrip())
    return f"{' ' * draw(st.integers(1, 3))}{comments[-1]}"


@st.composite
def alone(draw: Any, comments: list[str]) -> list[str]:
    """Lines between entries: empty ones, and comments in any column."""
    lines = []
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        if draw(st.booleans()):
            lines.append(draw(st.sampled_from(["", "   "])))
        else:
            comments.append(draw(comment()).rstrip())
            lines.append(" " * draw(st.integers(0, 9)) + comments[-1])
    return lines


@st.composite
def scalar(draw: Any) -> Written:
    comments: list[str] = []
    kind = draw(st.sampled_from(["short", "short", "short", "block", "quoted", "plain"]))
    if kind == "block":
        step = draw(st.integers(1, 4))
        words = draw(WORDS)
        if not any(word.strip() for word in words):
            words = ["one"]
        # The first line says how far a block is indented.
        words = ["first", *words]
        head = draw(BLOCKS) + draw(trailing(comments)).rstrip()
        return Written([head, *(" " * step + word if word else "" for word in words)], comments)
    if kind == "quoted":
        return Written(['"one', " two\\", "", '  three"' + draw(trailing(comments))], comments)
    if kind == "plain":
        return Written(["one", "  two", "", " three" + draw(trailing(comments))], comments)
    return Written([draw(SHORT) + draw(trailing(comments))], comments)


@st.composite
def flow(draw: Any, depth: int = 2) -> Written:
    comments: list[str] = []
    is_map = draw(st.booleans())
    parts = []
    for number in range(draw(st.integers(0, 3))):
        inner = draw(flow(depth - 1)) if depth and draw(st.booleans()) else None
        if inner is None:
            value = draw(SHORT.filter(bool))
        else:
            value = "\n".join(inner.lines)
            comments += inner.comments
        key = f"k{number}: " if is_map else ""
        end = ""
        if draw(st.integers(0, 3)) == 0:
            comments.append(draw(comment()).rstrip())
            end = f" {comments[-1]}\n "
        parts.append(f"{key}{value} ,{end}")
    first, last = "{}" if is_map else "[]"
    return Written(f"{first} {' '.join(parts)}{last}".split("\n"), comments)


@st.composite
def value(draw: Any, depth: int) -> Written:
    kinds = ["scalar", "scalar", "flow"] + (["map", "list"] if depth else [])
    kind = draw(st.sampled_from(kinds))
    if kind == "scalar":
        return draw(scalar())
    if kind == "flow":
        made = draw(flow())
        made.lines[-1] += draw(trailing(made.comments))
        return made
    return draw(block(depth, is_map=kind == "map"))


@st.composite
def block(draw: Any, depth: int, *, is_map: bool) -> Written:
    lines: list[str] = []
    comments: list[str] = []
    for number in range(draw(st.integers(1, 3))):
        head = f"{draw(KEYS).format(number)}:" if is_map else "-"
        inner = draw(value(depth - 1))
        step = draw(st.integers(1, 4))
        lines.append(
            f"{head} {inner.lines[0]}" if inner.inline else head + draw(trailing(comments))
        )
        comments += inner.comments
        rest = inner.lines[1:] if inner.inline else inner.lines
        lines += [" " * step + line if line else "" for line in rest]
        lines += draw(alone(comments))
    return Written(lines, comments, inline=False)


@st.composite
def document(draw: Any) -> tuple[str, list[str]]:
    comments: list[str] = []
    head = draw(alone(comments))
    made = draw(block(3, is_map=draw(st.booleans())))
    return "\n".join([*head, *made.lines]) + "\n", [*comments, *made.comments]


@settings(max_examples=80, deadline=None)
@given(document())
@example(("- |\n  first\n  one\n   \n", []))
@example(("- >-\n  first\n   \n\n- b\n", []))
def test_whatever_is_written_stays(written: tuple[str, list[str]]) -> None:
    text, comments = written
    result = lay_out(Source("t", text))
    assert result.text is not None, text
    assert not result.reason, text
    assert _said(result.text) == _said(text)
    for one in comments:
        assert result.text.count(one) == text.count(one)
    assert lay_out(Source("t", result.text)).text == result.text


def _said(text: str) -> list[tuple[Any, ...]]:
    """What a parser that is not ours reads, but for brackets."""
    events = yaml.parse(text, Loader=yaml.SafeLoader)
    return [
        (type(event).__name__, getattr(event, "tag", None), getattr(event, "value", None))
        for event in events
        if not isinstance(event, yaml.DocumentStartEvent | yaml.DocumentEndEvent)
    ]

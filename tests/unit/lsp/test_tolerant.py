"""The tolerant reading: what is well-formed is read as the reader reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Source
from calor.lsp.place import place_at
from calor.lsp.sketch import Sketch
from calor.lsp.tolerant import tolerant
from calor.template.reader import read

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(
    path
    for folder in ("examples", "tests/contract", "tests/unit", "tests/scenarios")
    for suffix in ("*.yaml", "*.json")
    for path in (ROOT / folder).rglob(suffix)
    if path.stat().st_size < 200_000
)


def outline(node: Node) -> object:
    """What a node says, and where its parts stand."""
    if isinstance(node, ScalarNode):
        if node.end == node.start:
            return None
        # the content of long texts is nothing that an editor needs
        content = node.value if node.style in ("", "'", '"') and "\n" not in node.span.text else ""
        return (node.start, node.end, content)
    if isinstance(node, SequenceNode):
        return [outline(item) for item in node.items]
    return [((key.start, key.end, key.text), outline(value)) for key, value in node.entries]


def well_formed() -> list[Path]:
    """Files with neither mistakes nor aliases, which stay as written here."""
    found = []
    for path in FILES:
        reading = read(path.read_bytes(), name=str(path))
        text = reading.source.text
        if isinstance(reading.node, MappingNode) and not reading.diagnostics and " &" not in text:
            found.append(path)
    return found


@pytest.mark.parametrize("path", well_formed(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_well_formed_is_read_as_by_the_reader(path: Path) -> None:
    reading = read(path.read_bytes(), name=str(path))
    assert reading.node is not None
    assert outline(tolerant(reading.source)) == outline(reading.node)
    value = json.loads(json.dumps(_plain(reading.node), default=str))
    source = Source("json", json.dumps(value, indent=2))
    written = read(source)
    assert written.node is not None
    assert outline(tolerant(source)) == outline(written.node)


def _plain(node: Node) -> object:
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, SequenceNode):
        return [_plain(item) for item in node.items]
    return {key.text: _plain(value) for key, value in node.entries}


@pytest.mark.parametrize("path", well_formed(), ids=lambda path: str(path.relative_to(ROOT)))
def test_sections_and_names_are_found_without_reading(path: Path) -> None:
    reading = read(path.read_bytes(), name=str(path))
    assert isinstance(reading.node, MappingNode)
    sketch = Sketch(reading.source)
    assert [key.text for key in sketch.words()] == [key.text for key, _ in reading.node.entries]
    for key, value in reading.node.entries:
        if isinstance(value, MappingNode):
            assert [name.text for name in sketch.names(key.text)] == [
                name.text for name, _ in value.entries
            ]
            for name, below in value.entries:
                found = sketch.entry(key.text, name.text)
                assert found is not None
                assert outline(found) == outline(below)


WRITTEN = [path.read_text() for path in well_formed() if path.stat().st_size < 4000]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(WRITTEN), st.data())
def test_whatever_is_cut_out_or_put_in_some_place_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    put = data.draw(st.text(alphabet="{}[]:,'\"|>-#&*!? \n\tab", max_size=8))
    broken = Source("broken", text[:start] + put + text[end:])
    offset = start + len(put)
    for root in (tolerant(broken), Sketch(broken).around(offset)):
        place = place_at(broken, root, offset)
        assert place.start <= offset
        assert len(place.nodes) in (len(place.path), len(place.path) + 1)


BRACKETS = """{
  "a": {
    "b": {"c": 1,
    "d": [
      1,
      {"e": "x
    ],
  "f": {"g": 2}
}
"""


def test_brackets_that_are_not_closed_end_with_the_indentation() -> None:
    assert _plain(tolerant(Source("json", BRACKETS))) == {
        "a": {"b": {"c": 1}, "d": [1, {"e": "x"}]},
        "f": {"g": 2},
    }


HALF_TYPED = """resources:
  web:
    ty
    properties:
      image: "debian
      flav
  other:
      type: OS::Heat::Value
    properties: {value: {get_param: }
outputs:
"""


def test_words_without_a_colon_are_keys() -> None:
    assert _plain(tolerant(Source("yaml", HALF_TYPED))) == {
        "resources": {
            "web": {"ty": None, "properties": {"image": "debian", "flav": None}},
            "other": {"type": "OS::Heat::Value", "properties": {"value": {"get_param": None}}},
        },
        "outputs": None,
    }

"""What is drawn at random: expressions out of the corpus with parts exchanged, and broken texts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from differential.corpus import entries, functions
from differential.questions import HOT, name_of, scene

EXAMPLES = int(os.environ.get("CALOR_EXAMPLES", "0"))
"""How many examples each law is tried on; 0: what its test says."""

Test = TypeVar("Test", bound=Callable[..., None])


def law(examples: int, *drawn: st.SearchStrategy[Any]) -> Callable[[Test], Test]:
    """A test that holds for everything that is drawn."""

    def decorate(test: Test) -> Test:
        chosen = settings(
            max_examples=EXAMPLES or examples,
            deadline=None,
            derandomize=not EXAMPLES,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        return chosen(given(*drawn)(test))

    return decorate


SECRET, LATER = "secret", "later"
"""Parameters whose values are drawn anew; which marks they bear is the test's business."""

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.floats(allow_nan=False, allow_infinity=False, width=16)
    | st.sampled_from(["", "a", "b", "a,b", "0", "1", "-1", "x", "é", "🌍", "true", "%x", "md5"])
)


def _containers(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(["a", "b", "1", "x", "", "ü", "keys", "template"])
    return st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=3)


values = st.recursive(_SCALARS, _containers, max_leaves=6)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, str, Any]:
    """A version, a place, and an expression of the corpus in which parts were exchanged."""
    entry = draw(st.sampled_from([item for item in entries() if item.place != "nested"]))
    version = draw(st.sampled_from(entry.versions()))
    expression = json.loads(json.dumps(draw(st.sampled_from(entry.expressions))))
    for _ in range(draw(st.integers(0, 3))):
        expression = _exchanged(draw, version, expression)
    return version, entry.place, expression


def _exchanged(draw: st.DrawFn, version: str, expression: Any) -> Any:
    """The expression with one of its parts replaced."""
    paths = list(_paths(expression))
    path = draw(st.sampled_from(paths))
    return _with(expression, path, draw(_parts(version)))


def _parts(version: str) -> st.SearchStrategy[Any]:
    word = "get_param" if version.startswith("heat_") else "Ref"
    names = st.sampled_from([SECRET, LATER, "text", "list", "map", "number", "yes"])
    here = [
        item
        for item in entries()
        if item.place == "property" and item.function in functions()[version]["functions"]
    ]
    others = st.sampled_from(here).flatmap(lambda item: st.sampled_from(item.expressions))
    named = names.map(lambda name: {word: name})
    return named | named.map(lambda item: [item, "b"]) | others | values


def _paths(value: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = [()]
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for step, item in items:
        found += [(step, *path) for path in _paths(item)]
    return found


def _with(value: Any, path: tuple[Any, ...], part: Any) -> Any:
    if not path:
        return part
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = _with(value[path[0]], path[1:], part)
    return changed


def template_of(case: tuple[str, str, Any]) -> dict[str, Any]:
    """A template whose resource and, for conditions, condition `c0` is the case."""
    version, place, expression = case
    document = json.loads(json.dumps(scene(version)))
    hot = version.startswith("heat_")
    kind = "String" if not hot else "string"
    parameters = document["parameters" if hot else "Parameters"]
    parameters[LATER] = {("type" if hot else "Type"): kind}
    name = name_of(0)
    if place == "condition":
        document["conditions" if hot else "Conditions"][name] = expression
        expression = {(HOT.choice if hot else "Fn::If"): [name, "yes", "no"]}
    document["resources" if hot else "Resources"][name] = {
        ("type" if hot else "Type"): "OS::Heat::Value",
        ("properties" if hot else "Properties"): {"value": {"is": expression}},
    }
    return document


_ROOT = Path(__file__).parents[2]
_WRITTEN = tuple(
    path.read_text(encoding="utf-8", errors="replace")
    for folder in ("examples", "tests/unit/template/broken", "tests/unit/template/cfn_examples")
    for path in sorted((_ROOT / folder).rglob("*.yaml"))
    if path.stat().st_size < 4000
)
_PIECES = (
    *(":", "- ", "\n", "  ", "{", "}", "[", "]", ", ", "'", '"', "#", "&a ", "*a", "!Ref ", "|\n"),
    *("get_param", "Fn::Sub", "${", "}", "resources:", "null", "\t", "\ufeff", "\x00", "é", "🌍"),
    *("<<: ", "? ", "---\n", "...\n", "%YAML 1.2\n", "2021-04-16", "0x1f", ".inf", "~"),
)


CFN = tuple(text for text in _WRITTEN if "FormatVersion" in text or "\nResources:" in text)


@st.composite
def texts(draw: st.DrawFn, among: Sequence[str] = _WRITTEN) -> str:
    """A template or environment with pieces cut out, put in, doubled and exchanged."""
    text = draw(st.sampled_from(among))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        piece = draw(
            st.sampled_from(["", text[start:end] * 2])
            | st.sampled_from(_PIECES)
            | st.text(max_size=4)
        )
        text = text[:start] + piece + text[end:]
    return text

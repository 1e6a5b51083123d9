"""Quick JSON: the same values as the standard library's, also where the quick way ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from calor.base import quick_json
from calor.base.values import Sensitive

DEEP: Any = []
for _ in range(400):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"a": [1, 2.5, True, "ü", ""]},
        (1, 2),
        2**64,
        -(2**70),
        {1: "a key that is no text"},
        "half a pair: \ud800",
        "nul: \0",
        DEEP,
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_written_reads_back(value: Any) -> None:
    assert json.loads(quick_json.dumps(value)) == json.loads(json.dumps(value))


def test_a_mark_is_never_written_as_what_it_holds() -> None:
    with pytest.raises(TypeError):
        quick_json.dumps({"password": Sensitive("secret")})
    text = quick_json.dumps([Sensitive("secret")], lambda item: "hidden")
    assert text == '["hidden"]'


def test_who_is_asked_twice_is_told_so() -> None:
    asked: list[str] = []
    text = quick_json.dumps(
        [Sensitive("one"), 2**64], lambda item: asked.append(item.value), again=asked.clear
    )
    assert (text, asked) == (f"[null,{2**64}]", ["one"])


@pytest.mark.parametrize("text", [b"NaN", b'"\\ud800"', b'{"a":1}', b"[1e5]"])
def test_what_a_service_wrote_is_read(text: bytes) -> None:
    assert repr(quick_json.loads(text)) == repr(json.loads(text))


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        quick_json.loads(b"<html>")

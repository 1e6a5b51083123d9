"""Patterns of strangers: the same answers as Python's, but always soon."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calor.base.patterns import check, matches

PATTERNS = (
    r"[a-z]+",
    r"(a+)+$",
    r"^[a-zA-Z][\w.-]*$",
    r"(?i)abc|x",
    r"^(?=.*[A-Z])(?=.*\d).{3,}$",
    r"(ab|a)(bc|c)?",
    r"a{2,4}",
    r"(?:a|b){0,3}c?",
    r"",
    r"\bfoo\b.*",
    r"[^a]*",
    r"(a*)*",
    r"(a|a)*b",
    r"\d+(\.\d+)?",
    r"(?!a)[ab]+",
    r"a|",
    r"(?s).+",
    r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}",
)


@given(st.sampled_from(PATTERNS), st.text(alphabet="aAbcx1.\nfoé -", max_size=12), st.booleans())
def test_it_answers_as_python_does(pattern: str, text: str, whole: bool) -> None:
    expected = (re.fullmatch if whole else re.match)(pattern, text)
    assert matches(pattern, text, whole=whole) is (expected is not None)


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|a)*$", r"(a|aa)+$", r"([a-z]+)*[0-9]"])
def test_what_explodes_elsewhere_ends_here(pattern: str) -> None:
    assert not matches(pattern, "a" * 3000 + "!")


def test_a_long_text_is_fine_where_there_is_one_way_only() -> None:
    assert matches(r"^[a-z]+$", "a" * 1_000_000)


@pytest.mark.parametrize(
    "pattern",
    ["(", r"(a)\1", "(?<=a)b", "(?>a)", "a" * 6000, "((a{1,100}){1,100}){1,100}", "(" * 3000],
)
def test_what_cannot_be_followed_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError):
        check(pattern)


def test_a_text_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        matches(r"(a+b?)+", "a" * 1_000_000)

"""Patterns that may explode in Python's matcher are told from those that can't."""

import pytest

from calor.base import tangles

TAME = [
    "^a+b$",
    "(a|b)*c",
    "(foo|bar)*",
    r"^\d+(\.\d+)*$",
    r"(,\s*\w+)*",
    '("[^"]*")*',
    "(a?b)*",
    "((a+b)*c)*",
    r"\s*(\w+)\s*=\s*(.*)",
    "(?:(?:a|b)+c)*",
    r"(?P<host>[a-z]+)(?::(\d+))?",
    "(a{3}b)+",
    "",
]
EXPLOSIVE = [
    "(a+)+$",
    "(a|a)*$",
    "(a*)*",
    "(.*)*",
    "(x+x+)+y",
    "(ax*x*)*",
    r"(\d+\.\d+)*",
    r"(a)\1*(\1+)+",
    "(?:a{1,5}){1,9}b",
    "(a|b|ab)*c",
    r"(\w+\s?)+!",
    "(a?)+b",
]


@pytest.mark.parametrize("pattern", TAME)
def test_tame(pattern: str) -> None:
    tangles.check(pattern, 0, 50)


@pytest.mark.parametrize("pattern", EXPLOSIVE)
def test_explosive(pattern: str) -> None:
    with pytest.raises(ValueError, match="split in many ways"):
        tangles.check(pattern, 0, 50)


def test_flags_count() -> None:
    tangles.check("(ab|AB)*c", 0, 50)
    with pytest.raises(ValueError, match="split in many ways"):
        tangles.check("(?i)(ab|AB)*c", 0, 50)


def test_the_length_counts() -> None:
    tangles.check(".*.*.*x", 0, 100)
    with pytest.raises(ValueError, match="too long"):
        tangles.check(".*.*.*x", 0, 1000)
    tangles.check("a*b*c*d*x", 0, 10_000)


@pytest.mark.parametrize("pattern", ["[", "(", "*", "(?P<x", "a{5,2}"])
def test_no_pattern(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        tangles.check(pattern, 0, 1)

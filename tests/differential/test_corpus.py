"""The corpus is whole, and what Heat answers to it is there."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from calor.template import dialects
from differential import differences, recorded
from differential.corpus import Entry, cases, entries, functions

KNOWN = [
    (version, role, function)
    for version, roles in functions().items()
    for role, names in roles.items()
    for function in names
]


def test_it_is_large() -> None:
    assert len({(case.entry, case.key) for case in cases()}) >= 500


def test_no_expression_is_asked_twice() -> None:
    assert [case for case, count in Counter(cases()).items() if count > 1] == []


@pytest.mark.parametrize(("version", "role", "function"), KNOWN)
def test_every_function_is_asked_in_each_variant(version: str, role: str, function: str) -> None:
    variant = functions()[version][role][function]
    count = sum(
        len(entry.expressions)
        for entry in entries()
        if (entry.role, entry.function) == (role, function)
        and any(
            functions()[other][role].get(function) == variant
            and other.partition(".")[0] == version.partition(".")[0]
            for other in entry.versions()
        )
    )
    assert count >= 8


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_a_third_of_each_file_is_odd(entry: Entry) -> None:
    assert 3 * len(entry.odd) >= len(entry.expressions)


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_every_expression_has_its_function(entry: Entry) -> None:
    assert [item for item in entry.expressions if not _calls(item, entry.function)] == []


def test_heat_was_asked_everything() -> None:
    assert set(recorded.load()) == set(cases())


def test_nothing_is_recorded_that_nobody_asks() -> None:
    lines = sum(
        len(json.loads(path.read_text(encoding="utf-8"))) for path in recorded.FOLDER.glob("*.json")
    )
    assert lines == len(recorded.load())


@pytest.mark.parametrize("known", differences.load(), ids=lambda known: known.key)
def test_a_difference_is_one_and_has_a_reason(known: differences.Difference) -> None:
    assert known.reason.strip()
    about = [answer for case, answer in recorded.load().items() if known.about(case)]
    assert about, "the corpus has no such expression"
    assert any(answer != known.answer for answer in about)


def test_calor_has_these_versions() -> None:
    ours = {dialect.name: dialect for dialect in dialects.versions()}
    for version, roles in functions().items():
        assert roles["functions"].keys() <= ours[version].functions.keys()
        assert roles["conditions"].keys() <= ours[version].condition_functions.keys()


def _calls(value: Any, function: str) -> bool:
    if isinstance(value, dict):
        return function in value or any(_calls(item, function) for item in value.values())
    return isinstance(value, list) and any(_calls(item, function) for item in value)

"""What OS::Heat::RandomString draws."""

from __future__ import annotations

from typing import Any

import pytest

from calor.base.ids import SeededIds
from calor.resources.heat.random_string import CLASSES, RandomStringProperties, generate

SCHEMA = RandomStringProperties.schema


def drawn(seed: int = 1, **properties: Any) -> str:
    assert SCHEMA.check(properties) == []
    return generate(SCHEMA.normalise(properties), SeededIds(seed))


@pytest.mark.parametrize("length", [1, 7, 32, 512])
def test_length(length: int) -> None:
    assert len(drawn(length=length)) == length


@pytest.mark.parametrize("name", CLASSES)
def test_one_class(name: str) -> None:
    for text in (
        drawn(sequence=name, length=200),
        drawn(character_classes=[{"class": name}], length=200),
    ):
        assert len(text) == 200
        assert all(character in CLASSES[name] for character in text)


def test_minimums_are_kept() -> None:
    for seed in range(50):
        text = drawn(
            seed,
            length=8,
            character_classes=[{"class": "digits", "min": 3}, {"class": "uppercase", "min": 2}],
            character_sequences=[{"sequence": "-_", "min": 2}],
        )
        assert len(text) == 8
        assert sum(character.isdigit() for character in text) >= 3
        assert sum(character.isupper() for character in text) >= 2
        assert sum(character in "-_" for character in text) >= 2


def test_chance_is_what_is_given() -> None:
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_minimums_longer_than_the_string_are_refused() -> None:
    problems = SCHEMA.check({"length": 2, "character_classes": [{"class": "digits", "min": 3}]})
    assert [problem.path for problem in problems] == [("length",)]

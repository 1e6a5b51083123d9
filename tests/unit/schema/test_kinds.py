"""Coercions: what may be written for each type, and what it becomes."""

from __future__ import annotations

from typing import Any

import pytest

from calor.schema import Kind, Mismatch, coerce

GOOD: list[tuple[Kind, Any, Any]] = [
    (Kind.STRING, "a", "a"),
    (Kind.STRING, 7, "7"),
    (Kind.STRING, True, "True"),
    (Kind.INTEGER, "7", 7),
    (Kind.INTEGER, " 7 ", 7),
    (Kind.INTEGER, 7.0, 7),
    (Kind.INTEGER, True, 1),
    (Kind.NUMBER, "7", 7),
    (Kind.NUMBER, "7.5", 7.5),
    (Kind.NUMBER, 7.5, 7.5),
    (Kind.BOOLEAN, "True", True),
    (Kind.BOOLEAN, "false", False),
    (Kind.LIST, [1], [1]),
    (Kind.MAP, {"a": 1}, {"a": 1}),
    (Kind.ANY, {"a": [1]}, {"a": [1]}),
]
BAD: list[tuple[Kind, Any]] = [
    (Kind.STRING, [1]),
    (Kind.STRING, 1.5),
    (Kind.INTEGER, "seven"),
    (Kind.INTEGER, 7.5),
    (Kind.INTEGER, "9" * 5000),
    (Kind.NUMBER, "many"),
    (Kind.BOOLEAN, "on"),
    (Kind.BOOLEAN, 1),
    (Kind.LIST, "a,b"),
    (Kind.LIST, {"a": 1}),
    (Kind.MAP, "a"),
    (Kind.MAP, ["a"]),
]


@pytest.mark.parametrize(("kind", "written", "meant"), GOOD)
def test_becomes(kind: Kind, written: Any, meant: Any) -> None:
    found = coerce(kind, written)
    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize(("kind", "written"), BAD)
def test_is_refused(kind: Kind, written: Any) -> None:
    with pytest.raises(Mismatch) as caught:
        coerce(kind, written)
    assert len(str(caught.value)) < 200


def test_parameters_convert() -> None:
    assert coerce(Kind.LIST, "a, b", converts=True) == ["a", "b"]
    assert coerce(Kind.LIST, "", converts=True) == []
    assert coerce(Kind.STRING, {"a": 1}, converts=True) == '{"a": 1}'
    assert coerce(Kind.MAP, [1], converts=True) == "[1]"

"""Calor is asked what Heat was asked, and answers the same: values, and kinds of errors."""

from __future__ import annotations

import json

import pytest

from differential import differences, recorded
from differential.answers import Answer, answers
from differential.calor import Calor
from differential.corpus import Case
from differential.questions import in_groups

HEAT = recorded.load()


@pytest.mark.parametrize("version", dict.fromkeys(case.version for case in HEAT))
def test_calor_answers_as_heat_does(version: str) -> None:
    asked = [case for case in HEAT if case.version == version]
    told: dict[Case, Answer] = {}
    with Calor() as calor:
        for group in in_groups(asked):
            told.update(zip(group, answers(calor, group), strict=True))
    wrong = [
        f"{case.entry}: {case.key}\n  Heat   {_text(HEAT[case])}\n  Calor  {_text(told[case])}"
        for case in asked
        if _text(told[case]) != _text(differences.expected(case, HEAT[case]))
    ]
    assert not wrong, "\n".join([f"{len(wrong)} of {len(asked)} differ", *wrong])


def _text(answer: Answer) -> str:
    """So that 1 is neither 1.0 nor true, and the order of keys does not matter."""
    return json.dumps(answer, ensure_ascii=False, sort_keys=True)

"""Where Calor answers something else than Heat on purpose, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass

import yaml

from differential.answers import FAILED, REFUSED, Answer
from differential.corpus import HERE, Case

_KINDS = {"refused": REFUSED, "failed": FAILED}


@dataclass(frozen=True, slots=True)
class Difference:
    """`answer` is Calor's."""

    reason: str
    answer: Answer


def load() -> dict[tuple[str, str], Difference]:
    """By entry of the corpus and expression, as `Case.key` writes it."""
    found: dict[tuple[str, str], Difference] = {}
    for group in yaml.safe_load((HERE / "differences.yaml").read_text(encoding="utf-8")):
        for entry, expressions in group["cases"].items():
            for item in expressions:
                answer = _KINDS.get(group["calor"])
                expression, given = (item, answer) if answer else (item["is"], item["calor"])
                key = json.dumps(expression, ensure_ascii=False)
                found[entry, key] = Difference(
                    group["reason"], given if answer else {"value": given}
                )
    return found


def expected(case: Case, heat: Answer, known: dict[tuple[str, str], Difference]) -> Answer:
    """What Calor shall answer."""
    difference = known.get((case.entry, case.key))
    return heat if difference is None else difference.answer

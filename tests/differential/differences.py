"""Where Calor answers something else than Heat on purpose, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from differential.answers import FAILED, REFUSED, Answer
from differential.corpus import HERE, Case

_KINDS = {"refused": REFUSED, "failed": FAILED}


@dataclass(frozen=True, slots=True)
class Difference:
    """`answer` is Calor's, in `versions`, or in all when there are none."""

    reason: str
    entry: str
    key: str
    answer: Answer
    versions: tuple[str, ...] = ()

    def about(self, case: Case) -> bool:
        return (self.entry, self.key) == (case.entry, case.key) and (
            not self.versions or case.version in self.versions
        )


@cache
def load() -> tuple[Difference, ...]:
    groups = yaml.safe_load((HERE / "differences.yaml").read_text(encoding="utf-8"))
    return tuple(
        _difference(group, entry, item)
        for group in groups
        for entry, items in group["cases"].items()
        for item in items
    )


def _difference(group: Mapping[str, Any], entry: str, item: Any) -> Difference:
    told = item if isinstance(item, dict) and "is" in item else {"is": item}
    return Difference(
        group["reason"],
        entry,
        json.dumps(told["is"], ensure_ascii=False),
        _KINDS.get(group["calor"]) or {"value": told["calor"]},
        tuple(told.get("in", ())),
    )


def of(case: Case) -> Difference | None:
    return next((item for item in load() if item.about(case)), None)


def expected(case: Case, heat: Answer) -> Answer:
    """What Calor shall answer."""
    difference = of(case)
    return heat if difference is None else difference.answer

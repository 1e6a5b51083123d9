"""How an orchestrator, whichever, is asked cases, and what it answers to each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from differential.corpus import Case
from differential.questions import Question, ask, name_of

REFUSED = {"error": "refused"}
"""The template was refused before anything was made."""
FAILED = {"error": "failed"}
"""The template was taken, and the resource could not be made."""

Answer = dict[str, Any]
"""`{"value": ...}`, or REFUSED or FAILED."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A stack after its creation: which resources failed and which are complete, and outputs.

    `names` maps what is this stack's own, as its id, to what is recorded instead.
    """

    complete: bool
    reached: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


class Orchestrator(Protocol):
    """Heat or Calor."""

    def refused(self, cases: Sequence[Case]) -> list[int]:
        """The numbers of those for whose sake it would refuse a template."""
        ...

    def create(self, question: Question) -> Ended | None:
        """Makes a stack, looks at it and deletes it; None when it was refused after all."""
        ...


class Stuck(Exception):
    """A stack failed, and none of the cases is the reason."""


def answers(to: Orchestrator, cases: list[Case]) -> list[Answer]:
    """The answer to each of the cases, which may stand in one template.

    What is refused is found first; all others share a stack. When some of them fail, those that
    were not reached are asked again without them.
    """
    found: dict[int, Answer] = dict.fromkeys(to.refused(cases), REFUSED)
    while left := [number for number in range(len(cases)) if number not in found]:
        _round(to, cases, left, found)
    return [found[number] for number in range(len(cases))]


def _round(
    to: Orchestrator, cases: list[Case], numbers: list[int], found: dict[int, Answer]
) -> None:
    names = {name_of(number): cases[number] for number in numbers}
    ended = to.create(ask(cases[numbers[0]].version, names))
    if ended is None:
        _refused_later(to, cases, numbers, found)
        return
    before = len(found)
    for number in numbers:
        name = name_of(number)
        if name in ended.failed:
            found[number] = FAILED
        elif ended.complete or (name in ended.reached and cases[number].place != "nested"):
            found[number] = {"value": _value(ended, name, cases[number])}
    if len(found) == before:
        if len(numbers) > 1:
            for number in numbers:
                _round(to, cases, [number], found)
            return
        found[numbers[0]] = FAILED


def _refused_later(
    to: Orchestrator, cases: list[Case], numbers: list[int], found: dict[int, Answer]
) -> None:
    if len(numbers) == 1:
        found[numbers[0]] = REFUSED
        return
    middle = len(numbers) // 2
    for half in (numbers[:middle], numbers[middle:]):
        _round(to, cases, half, found)


_RANDOM = re.compile(r"-[a-z0-9]{12}(?![a-z0-9])")
"""In the names that Heat makes up."""


def _value(ended: Ended, name: str, case: Case) -> Any:
    """The value below the map that was put around it, with what is the stack's own replaced."""
    value = ended.outputs.get(name)
    if not isinstance(value, dict) or not set(value) <= {"is"}:
        raise Stuck(f"no value for {case.key} in {case.version}: {value!r}")
    return _steady(value["is"], ended.names) if value else "(dropped)"


def _steady(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for own, told in names.items():
            value = value.replace(own, told)
        return _RANDOM.sub("-RANDOM", value) if "STACK-" in value else value
    if isinstance(value, list):
        return [_steady(item, names) for item in value]
    if isinstance(value, dict):
        return {_steady(key, names): _steady(item, names) for key, item in value.items()}
    return value

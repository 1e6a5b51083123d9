"""Regular expressions of strangers: matched in time that grows with the text, never explodes.

Python's own matcher goes back and tries again, so that `(a+)+$` on 40 letters takes longer than
anybody lives, and the whole process with it. Here all ways through a pattern are followed at once.
What can't be followed so (a reference back to a group) is refused. It finds no groups: it says yes
or no.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from calor.base.pattern_trees import ENDLESS, Tree, compiled, take_apart

MOST_STEPS = 5_000
"""Steps of a pattern, written out."""
MOST_WORK = 2_000_000
"""Steps times characters: a second or two."""

_AGAIN = ("MAX_REPEAT", "MIN_REPEAT")
_SINGLE = ("LITERAL", "NOT_LITERAL", "ANY", "IN", "AT")


@dataclass(slots=True)
class _Step:
    """One step: a test of the place or of one character, or a parting of ways."""

    test: re.Pattern[str] | None = None
    width: int = 0
    ways: list[int] = field(default_factory=list)
    look: _Program | None = None
    wanted: bool = True


@dataclass(slots=True)
class _Program:
    """`steps` begin at 0; the last one is the end. `plain` is Python's own pattern, where that
    has no two ways to try."""

    steps: list[_Step]
    plain: re.Pattern[str] | None = None


def matches(pattern: str, text: str, *, whole: bool = True) -> bool:
    """Whether the text, or with `whole` false some beginning of it, matches. Raises ValueError for
    a pattern that is none or can't be followed, and for a text too long for it."""
    program = _compiled(pattern)
    if program.plain is not None:
        found = program.plain.fullmatch(text) if whole else program.plain.match(text)
        return found is not None
    work = len(program.steps) * len(text)
    if any(step.look is not None for step in program.steps):
        work *= len(text)
    if work > MOST_WORK:
        raise ValueError("the text is too long for this pattern")
    return _run(program, text, 0, whole=whole)


def check(pattern: str) -> None:
    """Raises ValueError for a pattern that is none or can't be followed."""
    _compiled(pattern)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> _Program:
    tree, flags = take_apart(pattern)
    steps: list[_Step] = []
    try:
        _add(tree, flags, steps)
    except RecursionError:
        raise ValueError("it nests too deep") from None
    steps.append(_Step())
    return _Program(steps, re.compile(pattern) if _is_plain(tree) else None)


def _is_plain(tree: Tree) -> bool:
    """Whether there are but single characters, and at most one of them is repeated."""
    repeats = 0
    for name, value in tree:
        if str(name) in _AGAIN:
            repeats += 1
            if len(value[2]) != 1 or str(value[2][0][0]) not in _SINGLE:
                return False
        elif str(name) not in _SINGLE:
            return False
    return repeats <= 1


def _add(tree: Tree, flags: int, steps: list[_Step]) -> None:
    """Writes a part out; each step leads to the next one unless it says other ways."""
    for name, value in tree:
        if len(steps) > MOST_STEPS:
            raise ValueError("it is too large")
        word = str(name)
        if word == "SUBPATTERN":
            _, more, less, part = value
            _add(part, (flags | more) & ~less, steps)
        elif word == "BRANCH":
            _add_branches(value[1], flags, steps)
        elif word in _AGAIN:
            _add_repeat(value, flags, steps)
        elif word in ("ASSERT", "ASSERT_NOT"):
            _add_look(value, flags, steps, wanted=word == "ASSERT")
        elif word in _SINGLE:
            steps.append(_Step(compiled(name, value, flags), 0 if word == "AT" else 1))
        elif word == "GROUPREF":
            raise ValueError("a reference back to a group is not available")
        else:
            raise ValueError(f"{word.lower()} is not available")


def _add_branches(branches: list[Any], flags: int, steps: list[_Step]) -> None:
    fork = _Step()
    steps.append(fork)
    ends = []
    for branch in branches:
        fork.ways.append(len(steps))
        _add(branch, flags, steps)
        end = _Step()
        ends.append(end)
        steps.append(end)
    for end in ends:
        end.ways.append(len(steps))


def _add_repeat(value: Any, flags: int, steps: list[_Step]) -> None:
    least, most, part = value
    for _ in range(least):
        _add(part, flags, steps)
        if len(steps) > MOST_STEPS:
            raise ValueError("it is too large")
    if most == ENDLESS:
        fork = _Step()
        begin = len(steps)
        steps.append(fork)
        _add(part, flags, steps)
        steps.append(_Step(ways=[begin]))
        fork.ways = [begin + 1, len(steps)]
        return
    forks = []
    for _ in range(most - least):
        fork = _Step(ways=[len(steps) + 1])
        forks.append(fork)
        steps.append(fork)
        _add(part, flags, steps)
        if len(steps) > MOST_STEPS:
            raise ValueError("it is too large")
    for fork in forks:
        fork.ways.append(len(steps))


def _add_look(value: Any, flags: int, steps: list[_Step], *, wanted: bool) -> None:
    direction, part = value
    if direction < 0:
        raise ValueError("looking behind is not available")
    inner: list[_Step] = []
    _add(part, flags, inner)
    inner.append(_Step())
    steps.append(_Step(look=_Program(inner), wanted=wanted))


def _run(program: _Program, text: str, start: int, *, whole: bool) -> bool:
    end = len(program.steps) - 1
    places = _reached(program, [0], text, start)
    for index in range(start, len(text)):
        if end in places and not whole:
            return True
        if not places:
            return False
        after = []
        for place in places:
            step = program.steps[place]
            if step.width and step.test is not None and step.test.match(text, index, index + 1):
                after.append(place + 1)
        places = _reached(program, after, text, index + 1)
    return end in places


def _reached(program: _Program, begin: list[int], text: str, index: int) -> dict[int, None]:
    """Every step that can be come to without taking a character."""
    reached: dict[int, None] = {}
    waiting = list(begin)
    while waiting:
        place = waiting.pop()
        if place in reached:
            continue
        reached[place] = None
        step = program.steps[place]
        if step.ways:
            waiting.extend(step.ways)
        elif step.look is not None:
            if _run(step.look, text, index, whole=False) is step.wanted:
                waiting.append(place + 1)
        elif step.test is not None and not step.width and step.test.match(text, index):
            waiting.append(place + 1)
    return reached

"""How long Python's own matcher may take for a pattern: whether it can explode, and its worst case.

For patterns of strangers whose groups are needed; where yes or no will do, `patterns` is better. It
judges carefully: what it lets pass is bounded, some of what it refuses would be too.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from calor.base.pattern_trees import ENDLESS, Tree, compiled, take_apart

MOST_WORK = 2_000_000_000
"""The worst case in steps. Few texts come near to a pattern's worst case."""

_AGAIN = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_SINGLE = ("LITERAL", "NOT_LITERAL", "ANY", "IN")
_SAMPLES = (*map(chr, range(256)), "€", "中", "٣")
_EVERY = frozenset(_SAMPLES)


def check(pattern: str, flags: int, size: int) -> None:
    """Raises ValueError for a pattern that is none, and for one that may take too long on a text
    of that size."""
    degree = _degree(pattern, flags)
    if (size + 1) ** degree > MOST_WORK:
        raise ValueError("it may take too long on a text of this length")


@lru_cache(maxsize=256)
def _degree(pattern: str, flags: int) -> int:
    """The power of a text's length that bounds the work: one for every repeat that can compete
    with the others for the same characters, one for the place to begin at."""
    tree, flags = take_apart(pattern, flags)
    try:
        if _explodes(tree, flags):
            raise ValueError("what is repeated in it can be split in many ways")
        greedy = _repeated(tree, flags)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from None
    most = max((sum(char in taken for taken in greedy) for char in _SAMPLES), default=0)
    return most + 1


def _explodes(tree: Tree, flags: int) -> bool:
    """Whether something is repeated that can take one text in several ways."""
    for name, value in tree:
        word = str(name)
        if word in _AGAIN and _loops(value):
            if not _tidy(value[2], flags):
                return True
        elif any(_explodes(part, flags) for part in _inside(word, value)):
            return True
    return False


def _loops(value: Any) -> bool:
    least, most, _ = value
    return bool(most > 1 and least != most)


def _tidy(part: Any, flags: int) -> bool:
    """Whether a part that is repeated leaves no choice: each character says what it belongs to.

    What is repeated in it takes other characters than all the rest, and a character that must be
    there parts the rounds.
    """
    marks: list[frozenset[str]] = []
    repeats: list[frozenset[str]] = []
    for name, value in _flat(part):
        word = str(name)
        if word in _SINGLE:
            marks.append(_taken((name, value), flags))
        elif word in _AGAIN:
            repeats.append(frozenset().union(*_characters(value[2], flags)))
            if not _tidy(value[2], flags):
                return False
        elif word == "BRANCH":
            if not _distinct(value[1], flags):
                return False
            marks.append(frozenset().union(*_characters([(name, value)], flags)))
        elif word != "AT":
            return False
    rest = marks + repeats
    return not repeats or (
        bool(marks) and all(sum(bool(taken & other) for other in rest) <= 1 for taken in repeats)
    )


def _flat(part: Any) -> list[Any]:
    """The steps of a part, those of groups and fixed repeats among them."""
    found: list[Any] = []
    for name, value in part:
        word = str(name)
        if word in ("SUBPATTERN", "ATOMIC_GROUP") or (word in _AGAIN and value[0] == value[1]):
            found.extend(_flat(_inside(word, value)[0]))
        else:
            found.append((name, value))
    return found


def _distinct(branches: list[Any], flags: int) -> bool:
    """Whether the first character tells which branch is meant, and nothing in one is repeated."""
    seen: set[str] = set()
    for branch in branches:
        steps = _flat(branch)
        if not steps or any(str(name) not in _SINGLE for name, _ in steps):
            return False
        taken = _taken(steps[0], flags)
        if seen & taken:
            return False
        seen |= taken
    return True


def _repeated(tree: Tree, flags: int) -> list[frozenset[str]]:
    """For every repeat without an end, the characters that it takes."""
    found: list[frozenset[str]] = []
    for name, value in tree:
        word = str(name)
        if word in _AGAIN and value[1] == ENDLESS:
            found.append(frozenset().union(*_characters(value[2], flags)))
        for part in _inside(word, value):
            found.extend(_repeated(part, flags))
    return found


def _characters(tree: Tree, flags: int) -> list[frozenset[str]]:
    """The characters that each single step takes, at any depth."""
    found: list[frozenset[str]] = []
    for name, value in tree:
        if str(name) in _SINGLE:
            found.append(_taken((name, value), flags))
        elif str(name) == "GROUPREF":
            found.append(_EVERY)
        for part in _inside(str(name), value):
            found.extend(_characters(part, flags))
    return found


def _inside(word: str, value: Any) -> list[Any]:
    if word in _AGAIN:
        return [value[2]]
    if word == "SUBPATTERN":
        return [value[3]]
    if word == "BRANCH":
        return list(value[1])
    if word in ("ASSERT", "ASSERT_NOT"):
        return [value[1]]
    if word == "ATOMIC_GROUP":
        return [value]
    if word == "GROUPREF_EXISTS":
        return [part for part in value[1:] if part is not None]
    return []


def _taken(step: Any, flags: int) -> frozenset[str]:
    name, value = step
    single = compiled(name, value, flags)
    return frozenset(char for char in _SAMPLES if single.match(char))

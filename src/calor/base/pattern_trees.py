"""A regular expression taken apart, as Python's own compiler sees it.

Here alone are parts of `re` used that no document promises. A Python without them can judge no
pattern: then every pattern is refused, and nothing else fails.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

try:
    from re import _compiler, _constants, _parser  # type: ignore[attr-defined]  # private
except ImportError:  # pragma: no cover
    _compiler = _constants = _parser = None

Tree: TypeAlias = Any
"""Steps in their order: pairs of a name, which `str` gives, and what it needs."""

ENDLESS: Any = getattr(_constants, "MAXREPEAT", None)
"""How often a repeat without an end repeats."""


def take_apart(pattern: str, flags: int = 0) -> tuple[Tree, int]:
    """A pattern's tree, and the flags that hold in it. Raises ValueError for a pattern that is
    none."""
    if _parser is None:
        raise ValueError("this version of Python can't judge patterns")
    try:
        tree = _parser.parse(pattern, flags)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from None
    return tree, tree.state.flags


def compiled(name: Any, value: Any, flags: int) -> re.Pattern[str]:
    """Python's own pattern of one step of a tree that stands for a character or a place."""
    part = _parser.SubPattern(_parser.State(), [(name, value)])
    made: re.Pattern[str] = _compiler.compile(part, flags)
    return made

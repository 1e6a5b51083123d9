"""Finding the name that was probably meant; no names are kept here."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache


def closest(name: str, known: Iterable[str]) -> str:
    """The known name that is closest, or ''."""
    return _closest(name, tuple(known))


# one name that is missing is often asked for again and again, among thousands
@lru_cache(maxsize=64)
def _closest(name: str, known: tuple[str, ...]) -> str:
    candidates = {candidate.lower(): candidate for candidate in known}
    cutoff = 0.6 if len(name) <= 5 else 0.7
    close = get_close_matches(name.lower(), candidates, n=1, cutoff=cutoff)
    return candidates[close[0]] if close else ""


def listed(names: Iterable[str]) -> str:
    """The names for a hint: `one of a, b, c`."""
    return "one of " + ", ".join(names)

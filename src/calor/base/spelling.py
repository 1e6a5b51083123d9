"""Finding the name that was probably meant, among few names or many thousands.

It keeps no names of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

_FEW = 50
_MOST_LOOKED = 1_000
_MOST_COMPARED = 5


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is closest, and may be meant, or ''. Case does not count."""
    return _nearest(name, tuple(known))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint naming the closest known name, or ''."""
    meant = nearest(name, known)
    return f"did you mean {meant!r}?" if meant else ""


def listed(names: Iterable[str]) -> str:
    """The names for a hint: `one of a, b, c`."""
    return "one of " + ", ".join(names)


# one name that is missing is often asked for again and again, among thousands
@lru_cache(maxsize=64)
def _nearest(name: str, known: tuple[str, ...]) -> str:
    lower = name.lower()
    if len(known) > _FEW:
        known = _alike(lower, known)
    candidates = {candidate.lower(): candidate for candidate in known}
    # of a short name one wrong letter is much
    cutoff = 0.6 if len(name) <= 5 else 0.7
    close = get_close_matches(lower, candidates, n=1, cutoff=cutoff)
    return candidates[close[0]] if close else ""


def _alike(name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The few of many names that share most runs of three letters with one; to compare them all
    takes most of a second. The rarest runs count first, and only so many names are looked at."""
    having = _by_run(known)
    votes: Counter[str] = Counter()
    looked = 0
    for names in sorted((having.get(run, ()) for run in _runs(name)), key=len):
        votes.update(names[: _MOST_LOOKED - looked])
        looked += len(names)
        if looked >= _MOST_LOOKED:
            break
    return tuple(candidate for candidate, _ in votes.most_common(_MOST_COMPARED))


@lru_cache(maxsize=4)
def _by_run(known: tuple[str, ...]) -> dict[str, list[str]]:
    """Run of three letters -> the names that have it, in order."""
    found: dict[str, list[str]] = {}
    for name in known:
        for run in _runs(name.lower()):
            found.setdefault(run, []).append(name)
    return found


def _runs(name: str) -> dict[str, None]:
    """Every run of three letters, each once; the first and the last letter have some too."""
    framed = f"\0\0{name}\0\0"
    return {framed[at : at + 3]: None for at in range(len(framed) - 2)}

"""What was just said of a collection's objects: answers that spare a question.

Nothing here asks; how long an answer is good, and for whom, is decided here alone.
"""

from __future__ import annotations

from typing import Any

from calor.base.clock import Clock

Object = dict[str, Any]
_Known = dict[str, tuple[float, Object]]

FRESH = 10.0
"""Seconds for which an answer is good for who comes next."""

KEPT = 1_000
"""Answers of a sort that are kept."""


class Memory:
    """The answers of one collection, as one credential got them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: _Known = {}
        self._looks: _Known = {}
        self._lately: _Known = {}
        self._born: dict[str, float] = {}
        """When creates of ours were answered, of objects that we did not change since."""
        self._open: dict[str, object] = {}
        """The readings of objects that we did not change since they began."""

    def fresh(self, id: str) -> Object | None:
        """The answer to the create of this object, if nothing was asked of it since."""
        return self._good(self._answers.get(id))

    def seen(self, id: str) -> Object | None:
        """What a look that ended a wait saw, if nothing was asked of the object since; once, for
        who reads back what it waited for."""
        return self._good(self._looks.pop(id, None))

    def lately(self, id: str) -> Object | None:
        """What was said of it last, if we did not change it since: what does not change by itself
        is so still."""
        return self._good(self._lately.get(id))

    def born(self, id: str) -> None:
        """A create of ours made the object; of how it is now, the answer may say nothing."""
        self._born.pop(id, None)
        self._born[id] = self._clock.monotonic()
        while len(self._born) > KEPT:
            del self._born[next(iter(self._born))]

    def is_untouched(self, id: str, since: float) -> bool:
        """Whether we were told after that moment that we made the object, and did not change it:
        whatever was seen of it, it was seen after all that we did."""
        return self._born.get(id, float("-inf")) >= since

    def made(self, object: Object) -> None:
        """The answer to its create."""
        self._keep(self._answers, object)
        self._keep(self._lately, object)

    def saw(self, object: Object) -> None:
        """What a look that ended a wait saw."""
        self._keep(self._looks, object)
        self._keep(self._lately, object)

    def reading(self, id: str) -> object:
        """The reading of an object that is under way, or one that begins now: another one after
        each change of ours. Whoever reads comes back with `read`."""
        return self._open.setdefault(id, object())

    def read(self, id: str, reading: object, found: Object | None) -> None:
        """What a reading found; None is nothing."""
        if self._open.get(id) is reading:
            del self._open[id]
            if found is not None:
                self._keep(self._lately, found)

    def asked(self, id: str) -> None:
        """Something was asked of this object: whoever asks next wants to know anew."""
        self._answers.pop(id, None)
        self._looks.pop(id, None)

    def changed(self, id: str) -> None:
        """We change this object: nothing that was said of it holds."""
        self.asked(id)
        self._born.pop(id, None)
        self._open.pop(id, None)
        self._lately.pop(id, None)

    def unsure(self) -> None:
        """We change one of the objects, whichever: nobody takes what was said lately."""
        self._open.clear()
        self._lately.clear()

    def _good(self, known: tuple[float, Object] | None) -> Object | None:
        if known is None or self._clock.monotonic() - known[0] > FRESH:
            return None
        return known[1]

    def _keep(self, known: _Known, object: Object) -> None:
        id = object.get("id")
        if isinstance(id, str):
            known.pop(id, None)
            known[id] = (self._clock.monotonic(), object)
            while len(known) > KEPT:
                del known[next(iter(known))]

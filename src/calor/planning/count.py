"""How many resources a stack may have, with all stacks in it. It knows no stack."""

from __future__ import annotations

from calor.base.errors import LimitExceeded


class Count:
    """How many more resources there may be, in a stack and in all stacks in it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._found = 0

    def one_more(self) -> None:
        """Raises LimitExceeded at once: stacks that nest can multiply beyond all bounds."""
        self._found += 1
        if 0 <= self._limit < self._found:
            raise LimitExceeded(
                f"The stack would have more than {self._limit} resources, nested ones counted.",
                "max_resources_per_stack",
            )

"""Chance, injected: identifiers, random names and jitter come from an `Ids`.

The only module that may ask the machine for randomness.
"""

from __future__ import annotations

import random
import secrets
import uuid
from functools import cache
from typing import Protocol

SUFFIX_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
SUFFIX_LENGTH = 12
PIECE = 16
"""Bytes that one UUID takes."""
DRAWN_AT_ONCE = 256
"""Pieces for which the operating system is asked in one go."""


class Ids(Protocol):
    """A source of chance."""

    def uuid(self) -> str:
        """A random UUID in its usual form of 36 characters."""
        ...

    def choice(self, alphabet: str, length: int) -> str:
        """`length` characters drawn from `alphabet`, fit for a password."""
        ...

    def shuffle(self, items: list[str]) -> list[str]:
        """The items in random order, in a new list, fit for a password."""
        ...

    def uniform(self, low: float, high: float) -> float:
        """A number between the two, for jitter; not fit for secrets."""
        ...


class SystemIds:
    """Chance from the operating system."""

    # Every row and event gets a UUID, every row a suffix: the standard library's way takes five
    # times as long, and asking the system each time gives other threads their turn each time.

    def __init__(self) -> None:
        self._random = random.SystemRandom()
        self._drawn: list[bytes] = []

    def _piece(self) -> bytes:
        """Random bytes that nobody else gets, whichever thread asks."""
        while True:
            try:
                return self._drawn.pop()
            except IndexError:
                many = secrets.token_bytes(PIECE * DRAWN_AT_ONCE)
                self._drawn += [many[at : at + PIECE] for at in range(0, len(many), PIECE)]

    def uuid(self) -> str:
        drawn = self._piece()
        text = drawn.hex()
        variant = "89ab"[drawn[8] & 3]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"

    def choice(self, alphabet: str, length: int) -> str:
        count = len(alphabet)
        if count > 256:
            return "".join(secrets.choice(alphabet) for _ in range(length))
        if 256 % count == 0:
            return self._translated(alphabet, length)
        # Bytes at or above the largest multiple would make some characters likelier than others.
        fair = 256 - 256 % count
        drawn: list[str] = []
        while len(drawn) < length:
            drawn += [alphabet[byte % count] for byte in self._piece() if byte < fair]
        return "".join(drawn[:length])

    def _translated(self, alphabet: str, length: int) -> str:
        """Each byte means a character, and each character as many bytes."""
        drawn = self._piece()
        while len(drawn) < length:
            drawn += self._piece()
        return drawn[:length].decode("latin-1").translate(_meanings(alphabet))

    def shuffle(self, items: list[str]) -> list[str]:
        return self._random.sample(items, len(items))

    def uniform(self, low: float, high: float) -> float:
        return random.uniform(low, high)


@cache
def _meanings(alphabet: str) -> dict[int, str]:
    return {byte: alphabet[byte % len(alphabet)] for byte in range(256)}


class SeededIds:
    """Chance that a seed repeats exactly: for simulation and tests, never for real secrets."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def choice(self, alphabet: str, length: int) -> str:
        return "".join(self._random.choice(alphabet) for _ in range(length))

    def shuffle(self, items: list[str]) -> list[str]:
        return self._random.sample(items, len(items))

    def uniform(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)


def physical_name(stack: str, resource: str, suffix: str, limit: int = 255) -> str:
    """`STACK-RESOURCE-SUFFIX`, as Heat names things, cut in the middle to fit `limit`.

    The suffix is what makes the name ours, so it is never cut.
    """
    room = limit - len(suffix) - 2
    if len(stack) + len(resource) > room:
        stack = stack[: max(room - len(resource), room // 2)]
        resource = resource[: room - len(stack)]
    return f"{stack}-{resource}-{suffix}"


def new_suffix(ids: Ids) -> str:
    """The random end of a physical name."""
    return ids.choice(SUFFIX_ALPHABET, SUFFIX_LENGTH)

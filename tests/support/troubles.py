"""What goes wrong in a world, and when: faults of calls, lost answers, kills.

It draws and counts; the wire and the executor carry it out. Drawing uses one stream of chance, so
the same seed has the same troubles.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from calor.base.wire import Request
from calor.sandbox.faults import Fault


class Kill(StrEnum):
    """Where the process is killed."""

    BEFORE_CALL = "kill before a call leaves"
    AFTER_CALL = "kill after a call left"
    BEFORE_ANSWER = "kill before an answer"
    AFTER_ANSWER = "kill after an answer"
    BEFORE_COMMIT = "kill before a commit"
    AFTER_COMMIT = "kill after a commit"
    CALLBACK = "kill at a callback"


class Mishap(StrEnum):
    """What becomes of a call."""

    NOT_SENT = "not sent"
    LOST_BEFORE = "answer lost before the effect"
    LOST_AFTER = "answer lost after the effect"
    ERROR_500 = "error 500 without effect"
    ERROR_AFTER = "error 500 after the effect"
    BUSY_503 = "error 503"
    LIMIT_429 = "error 429"
    CONFLICT_409 = "error 409"
    GATEWAY_502 = "error 502"
    LATE = "answer lost, effect later"
    HELD = "held back, as by a process that stands still"
    SLOW = "answer later than the time-out"
    UNAUTHORIZED = "error 401"
    SERVER_ERROR = "server goes to ERROR"
    VOLUME_ERROR = "volume goes to error"


ONE_SHOT: dict[Mishap, dict[str, object]] = {
    Mishap.LOST_BEFORE: {"lost": "before"},
    Mishap.LOST_AFTER: {"lost": "after"},
    Mishap.ERROR_500: {"status": 500},
    Mishap.BUSY_503: {"status": 503, "headers": {"Retry-After": "2"}},
    Mishap.LIMIT_429: {"status": 429, "headers": {"Retry-After": "1"}},
    Mishap.CONFLICT_409: {"status": 409},
    Mishap.GATEWAY_502: {"status": 502},
    Mishap.UNAUTHORIZED: {"status": 401},
    Mishap.SERVER_ERROR: {"server_error": "No valid host was found."},
    Mishap.VOLUME_ERROR: {"volume_error": "No valid backend was found."},
}
"""The fault that the sandbox is told of for the one call."""

HELD = 200.0
"""Seconds that a call is held back."""

CREATES = {"/servers": Mishap.SERVER_ERROR, "/volumes": Mishap.VOLUME_ERROR}


@dataclass(slots=True)
class PlannedKill:
    """A kill at the `nth` time that its point is passed; of calls, only those that match."""

    kind: Kill
    nth: int
    method: str = ""
    path: str = ""


@dataclass(slots=True)
class PlannedMishap:
    """A mishap of the `nth` call that matches."""

    kind: Mishap
    nth: int
    method: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What will become of one call."""

    mishap: Mishap | None = None
    kill: Kill | None = None


SAFE = Fate()


class Troubles:
    """`rate` is the share of calls that have a mishap of their own accord while `armed`."""

    def __init__(self, seed: str, *, rate: float = 0.0) -> None:
        self._chance = random.Random(seed)
        self.rate = rate
        self.armed = False
        self.kills: list[PlannedKill] = []
        self.mishaps: list[PlannedMishap] = []
        self.weights: dict[Mishap, float] = {}
        self.counts: Counter[str] = Counter()

    def disarm(self) -> None:
        """From now on all goes well."""
        self.armed = False
        self.kills.clear()
        self.mishaps.clear()

    def latency(self) -> tuple[float, float]:
        """Seconds from the caller to the effect, and back."""
        return (
            round(self._chance.uniform(0.001, 0.03), 4),
            round(self._chance.uniform(0.001, 0.03), 4),
        )

    def late(self) -> float:
        """Seconds until a call takes effect on which a server is slowly at work."""
        return round(self._chance.choice((0.5, 3.0, 7.0, 20.0, 45.0)), 3)

    def commit_time(self) -> float:
        return round(self._chance.uniform(0.0005, 0.004), 4)

    def read_time(self) -> float:
        return round(self._chance.uniform(0.0005, 0.01), 4)

    def pause(self) -> float:
        """How long a killed process stays away."""
        return round(self._chance.choice((0.0, 0.01, 0.5, 3.0, 30.0)), 3)

    def fate(self, request: Request) -> Fate:
        """What becomes of a call; counts it."""
        if not self.armed:
            return SAFE
        path = request.url.partition("//")[2].partition("/")[2]
        kill = self._kill_of_call(request.method, path)
        mishap = self._planned_mishap(request.method, path) or self._random_mishap(request, path)
        if mishap is not None:
            self.counts[str(mishap)] += 1
        return Fate(mishap, kill) if mishap or kill else SAFE

    def _kill_of_call(self, method: str, path: str) -> Kill | None:
        for planned in self.kills:
            if planned.kind in (Kill.BEFORE_COMMIT, Kill.AFTER_COMMIT, Kill.CALLBACK):
                continue
            if _matches(planned, method, path):
                planned.nth -= 1
                if planned.nth == 0:
                    self.kills.remove(planned)
                    return planned.kind
        return None

    def _planned_mishap(self, method: str, path: str) -> Mishap | None:
        for planned in self.mishaps:
            if _matches(planned, method, path):
                planned.nth -= 1
                if planned.nth == 0:
                    self.mishaps.remove(planned)
                    return planned.kind
        return None

    def _random_mishap(self, request: Request, path: str) -> Mishap | None:
        if self.rate <= 0 or self._chance.random() >= self.rate:
            return None
        kind = self._chance.choices(list(self.weights), list(self.weights.values()))[0]
        if kind in (Mishap.SERVER_ERROR, Mishap.VOLUME_ERROR):
            ending = "/servers" if kind is Mishap.SERVER_ERROR else "/volumes"
            return kind if request.method == "POST" and path.endswith(ending) else None
        if kind is Mishap.CONFLICT_409 and request.method == "GET":
            return None
        if kind is Mishap.LATE and request.method != "POST":
            return None
        return kind

    def kills_now(self, kind: Kill) -> bool:
        """Whether the process dies at this passing of a commit or a callback."""
        if not self.armed:
            return False
        for planned in self.kills:
            if planned.kind is kind:
                planned.nth -= 1
                if planned.nth == 0:
                    self.kills.remove(planned)
                    return True
        return False

    def killed(self, kind: Kill) -> None:
        self.counts[str(kind)] += 1


def one_shot(mishap: Mishap) -> Fault | None:
    """The fault that the sandbox is told of for this one call."""
    data = ONE_SHOT.get(mishap)
    return None if data is None else Fault(**data)  # type: ignore[arg-type]  # by name


def _matches(planned: PlannedKill | PlannedMishap, method: str, path: str) -> bool:
    if planned.method and planned.method != method:
        return False
    return not planned.path or re.search(planned.path, path) is not None

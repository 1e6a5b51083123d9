"""The fault plan: which calls go wrong, and how.

It decides and counts; `core` carries the effect out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

FOREVER = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Which calls: `method`, `service` (`nova` or `compute`), `path` and `body` (regular
    expressions, searched); empty matches all. Of the calls that match, those from the `nth` on,
    `count` of them (0: for ever).

    What happens to them: `lost` "before" (the call never took effect) or "after" (it did) drops
    the answer; `status` answers with `answer` and `headers` instead of the service (without an
    answer, in the service's own shape with `message`); `delay` seconds pass before the answer.
    `server_error` and `volume_error` let the call through, and the server or volume that it makes
    or changes goes to its error state, with that text as the server's fault.
    """

    method: str = ""
    service: str = ""
    path: str = ""
    body: str = ""
    nth: int = 1
    count: int = 1
    status: int = 0
    answer: Any = None
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    lost: str = ""
    server_error: str = ""
    volume_error: str = ""

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Fault:
        """Raises ValueError when the data is no fault."""
        known = [item.name for item in fields(cls)]
        for name in data:
            if name not in known:
                raise ValueError(f"a fault has no {name!r}; it has {known}")
        fault = cls(**data)
        if fault.lost not in ("", "before", "after"):
            raise ValueError("`lost` is 'before' or 'after' (the effect)")
        for pattern in (fault.path, fault.body):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return fault


@dataclass(slots=True)
class _Planned:
    fault: Fault
    path: re.Pattern[str]
    body: re.Pattern[bytes]
    seen: int = 0
    used: int = 0


class FaultPlan:
    """Faults in order; the first that matches and is not used up acts."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def add(self, fault: Fault) -> None:
        self._planned.append(
            _Planned(fault, re.compile(fault.path), re.compile(fault.body.encode()))
        )

    def clear(self) -> None:
        self._planned.clear()

    def pick(self, method: str, service: tuple[str, str], path: str, body: bytes) -> Fault | None:
        """The fault that this call runs into; `service` is its name and its type."""
        chosen: Fault | None = None
        for planned in self._planned:
            fault = planned.fault
            if (
                (fault.method and fault.method.upper() != method)
                or (fault.service and fault.service not in service)
                or not planned.path.search(path)
                or not planned.body.search(body)
            ):
                continue
            planned.seen += 1
            left = fault.count == FOREVER or planned.used < fault.count
            if chosen is None and planned.seen >= fault.nth and left:
                planned.used += 1
                chosen = fault
        return chosen

    def as_json(self) -> list[dict[str, Any]]:
        """The faults, each with how many calls it has seen and how many ran into it."""
        return [
            {**asdict(planned.fault), "seen": planned.seen, "used": planned.used}
            for planned in self._planned
        ]

"""The state of one simulated cloud: a part for each service, and what they share.

It answers no request.
"""

from __future__ import annotations

from typing import TypeVar

from calor.base.ids import Ids
from calor.sandbox.agenda import Agenda
from calor.sandbox.faults import FaultPlan
from calor.sandbox.settings import SandboxSettings

Part = TypeVar("Part")

REGION = "RegionOne"


class World:
    """`part(Kind)` is the one object of that class in this cloud, made on first use."""

    def __init__(self, ids: Ids, base_url: str, settings: SandboxSettings) -> None:
        self.ids = ids
        self.base_url = base_url
        self.settings = settings
        self.agenda = Agenda()
        self.faults = FaultPlan()
        self.calls: dict[tuple[str, str, str], int] = {}
        self.initial: dict[tuple[str, str], bool] = {}
        self._parts: dict[type, object] = {}

    def part(self, kind: type[Part]) -> Part:
        found = self._parts.get(kind)
        if found is None:
            found = self._parts[kind] = kind()
        assert isinstance(found, kind)
        return found

    def hex_id(self) -> str:
        """An id as Keystone makes them: 32 hexadecimal digits."""
        return self.ids.uuid().replace("-", "")

"""What a sandbox may be told: how long things take, how much there may be, how it pages.

Plain frozen data; the control API replaces the whole object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

UNLIMITED = -1


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds that each change takes; 0 means: done when the next request comes."""

    server_build: float = 1.5
    server_delete: float = 1.0
    server_resize: float = 1.5
    server_confirm: float = 0.5
    server_rebuild: float = 1.0
    server_power: float = 0.5
    server_image: float = 1.0
    interface_attach: float = 0.0
    interface_detach: float = 0.5
    port_bind: float = 0.2
    volume_create: float = 1.0
    volume_delete: float = 0.5
    volume_attach: float = 0.5
    volume_detach: float = 0.5
    volume_extend: float = 0.5
    volume_retype: float = 0.5
    snapshot_create: float = 0.5
    snapshot_delete: float = 0.5
    backup_create: float = 0.5
    backup_delete: float = 0.5


@dataclass(frozen=True, slots=True)
class Quotas:
    """How much a project may have, by the names that each service uses; -1 is no limit."""

    compute: Mapping[str, int] = field(default_factory=dict)
    network: Mapping[str, int] = field(default_factory=dict)
    volume: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """All of it. `latency` is what each call takes on the wire, in seconds; who carries the
    request (the HTTP shell, the simulated transport) waits for it.

    `page_limit` is the largest page of Nova, Cinder and Glance, `network_page_limit` Neutron's
    (0: none). `bulk_limit` is the most things that one Neutron bulk may hold (0: no limit).
    """

    delays: Delays = field(default_factory=Delays)
    quotas: Quotas = field(default_factory=Quotas)
    token_lifetime: float = 86_400.0
    page_limit: int = 1000
    network_page_limit: int = 0
    bulk_limit: int = 0
    latency: float = 0.0

    @classmethod
    def instant(cls, **changes: Any) -> SandboxSettings:
        """Settings under which nothing takes time, with `changes` to the other fields."""
        return cls(delays=Delays(**{item.name: 0.0 for item in fields(Delays)}), **changes)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def changed(self, changes: Mapping[str, Any]) -> SandboxSettings:
        """A copy with the given fields, `delays` and `quotas` merged one level down.

        Raises ValueError when a field is not known or no number.
        """
        known = {item.name for item in fields(self)}
        values: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"there is no setting {name!r}; known are {sorted(known)}")
            if name == "delays":
                values[name] = _delays(self.delays, value)
            elif name == "quotas":
                values[name] = _quotas(self.quotas, value)
            else:
                old = getattr(self, name)
                values[name] = type(old)(value)
        return replace(self, **values)


def _delays(old: Delays, changes: Mapping[str, Any]) -> Delays:
    known = [item.name for item in fields(Delays)]
    for name in changes:
        if name not in known:
            raise ValueError(f"there is no delay {name!r}; known are {known}")
    return replace(old, **{name: float(value) for name, value in changes.items()})


def _quotas(old: Quotas, changes: Mapping[str, Any]) -> Quotas:
    known = [item.name for item in fields(Quotas)]
    for name in changes:
        if name not in known:
            raise ValueError(f"there are no quotas of {name!r}; known are {known}")
    merged = {
        name: {**getattr(old, name), **{key: int(limit) for key, limit in value.items()}}
        for name, value in changes.items()
    }
    return replace(old, **merged)

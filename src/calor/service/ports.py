"""What the service acts through; it holds, and does nothing."""

from __future__ import annotations

from dataclasses import dataclass

from calor.base.clock import Clock
from calor.base.executor import Executor
from calor.base.ids import Ids
from calor.base.settings import Settings
from calor.model.bus import Bus
from calor.model.ports import Authenticator, Clouds, Operations, Reads, Types
from calor.planning.compose import Composer


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Store, cloud, bus and the injected world."""

    reads: Reads
    operations: Operations
    authenticator: Authenticator
    clouds: Clouds
    types: Types
    composer: Composer
    bus: Bus
    clock: Clock
    ids: Ids
    executor: Executor
    settings: Settings

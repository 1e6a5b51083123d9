"""What an engine acts through, in one hand."""

from __future__ import annotations

from dataclasses import dataclass, field

from calor.base.clock import Clock
from calor.base.executor import Executor
from calor.base.ids import Ids
from calor.base.settings import Settings
from calor.engine.planner import Planner
from calor.model.ports import (
    Authenticator,
    Clouds,
    Journal,
    Leases,
    Operations,
    Reads,
    Types,
)
from calor.model.sink import Deliveries
from calor.planning.compose import Composer


@dataclass(frozen=True, slots=True)
class Ports:
    """All that an engine acts through."""

    reads: Reads
    operations: Operations
    leases: Leases
    journal: Journal
    deliveries: Deliveries
    clouds: Clouds
    authenticator: Authenticator
    types: Types
    composer: Composer
    clock: Clock
    ids: Ids
    executor: Executor
    settings: Settings
    planner: Planner = field(default_factory=Planner)

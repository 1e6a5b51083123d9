"""One process of Calor in a world: its parts, put together as `main` does.

The ports are wrapped where somebody looks on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from calor.base.errors import CloudError
from calor.base.ids import SeededIds
from calor.bus.local import LocalBus
from calor.cloud.authenticator import KeystoneAuthenticator
from calor.cloud.clouds import OpenStackClouds
from calor.cloud.delegation import Delegation
from calor.cloud.login import ServiceUser
from calor.engine.engine import Engine
from calor.engine.planner import Planner
from calor.main import world as parts
from calor.main.assemble import House
from calor.model.ports import Journal, Types
from calor.model.sink import Deliveries
from calor.planning.compose import Composer
from calor.resources.registry import Registry
from calor.service.service import Service
from support.anywhere import store_of
from support.executor import SimulatedExecutor
from support.observed import ObservedJournal, ObservedOperations, ObservedTypes
from support.wire import Wire

if TYPE_CHECKING:
    from support.world import World

TYPES = Registry(plugins=False)
"""Types are stateless, so that all worlds share them."""

SWEEP = 600.0
"""Seconds between two looks for trusts that nothing uses."""


@dataclass(frozen=True)
class Seams:
    """Where a test may put a part of its own in the place of ours."""

    journal: Callable[[Journal, World], Journal] = lambda journal, world: journal
    types: Callable[[Types, World], Types] = lambda types, world: types
    deliveries: Callable[[Deliveries], Deliveries] = lambda deliveries: deliveries
    planner: Planner = field(default_factory=Planner)


class Calor:
    """One process with everything in it: the service and an engine."""

    def __init__(self, world: World, number: int, holder: str) -> None:
        self.world = world
        self.process = world.loop.process(f"calor-{number}")
        self._number = number
        self._holder = holder
        self.service: Service
        self.engine: Engine

    def start(self) -> None:
        self.process.start(self._run())

    async def _run(self) -> None:
        self._assemble()
        self.world.started(self)
        self.process.start(self._sweep())
        await self.engine.run()

    async def _sweep(self) -> None:
        """Ends trusts that nothing uses, now and then, as `main` does."""
        while True:
            await self.world.clock.sleep(SWEEP)
            with suppress(CloudError):
                await self.authenticator.sweep()

    def _assemble(self) -> None:
        world = self.world
        clock, watch, seams = world.clock, world.watch, world.seams
        ids = SeededIds(f"{world.seed}/calor/{self._number}")
        executor = SimulatedExecutor(
            clock=clock, commits=world.commits, troubles=world.troubles, killed=world.died
        )
        wire = Wire(
            loop=world.loop,
            clock=clock,
            sandbox=world.sandbox,
            troubles=world.troubles,
            trace=world.trace,
            watcher=watch,
            killed=world.died,
        )
        inside = parts.World(world.settings, clock, ids, executor, wire)
        bus = LocalBus()
        store = store_of(
            world.database,
            settings=world.settings,
            clock=clock,
            ids=ids,
            executor=executor,
            bus=bus,
        )
        site, auth_url = inside.site(), world.auth_url
        user = ServiceUser(
            auth_url,
            "sandbox",
            username="calor",
            user_domain_name="Default",
            project_name="service",
            project_domain_name="Default",
        )
        delegation = Delegation(
            site, service_user=user, trusts=store.trusts, installation=str(world.seed)
        )
        self.authenticator = KeystoneAuthenticator(site, auth_url=auth_url, delegation=delegation)
        types = seams.types(ObservedTypes(TYPES, watch), world)
        house = House(
            world=inside,
            store=replace(
                store,
                operations=ObservedOperations(store.operations, watch),
                journal=ObservedJournal(seams.journal(store.journal, world), watch),
                deliveries=seams.deliveries(store.deliveries),
            ),
            bus=bus,
            clouds=OpenStackClouds(site, auth_url=auth_url, service_user=user, trusts=store.trusts),
            authenticator=self.authenticator,
            types=types,
            composer=Composer(types, world.settings),
        )
        self.service = house.service()
        ports = replace(house.engine_ports(), planner=seams.planner)
        self.engine = Engine(ports, bus, holder=self._holder)

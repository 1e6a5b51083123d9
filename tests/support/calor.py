"""One process of Calor in a world: its parts, put together as `main` does.

The ports are wrapped where somebody looks on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from calor.base.errors import CloudError
from calor.base.ids import SeededIds
from calor.bus.local import LocalBus
from calor.cloud.authenticator import KeystoneAuthenticator
from calor.cloud.clouds import OpenStackClouds
from calor.cloud.delegation import Delegation
from calor.cloud.login import ServiceUser
from calor.cloud.session import Site
from calor.engine.engine import Engine
from calor.engine.ports import Ports as EnginePorts
from calor.model.ports import Journal, Types
from calor.planning.compose import Composer
from calor.resources.registry import Registry
from calor.service.ports import Ports as ServicePorts
from calor.service.service import Service
from calor.store.open import Store, store_on
from calor.store.secrets import FernetSecrets
from support.executor import SimulatedExecutor
from support.observed import ObservedJournal, ObservedOperations, ObservedTypes
from support.wire import Wire

if TYPE_CHECKING:
    from support.world import World

KEY = "Y2Fsb3ItdGVzdHMtYXJlLW5vdC1zZWNyZXQtMDAwMDA="
"""A Fernet key; it guards nothing."""

TYPES = Registry(plugins=False)
"""Types are stateless, so that all worlds share them."""

SWEEP = 600.0
"""Seconds between two looks for trusts that nothing uses."""


@dataclass(frozen=True)
class Seams:
    """Where a test may put a part of its own in the place of ours."""

    journal: Callable[[Journal, World], Journal] = lambda journal, world: journal
    types: Callable[[Types, World], Types] = lambda types, world: types
    engine: Mapping[str, Any] = field(default_factory=dict)
    """More arguments of the engine's ports."""


class Calor:
    """One process with everything in it: the service and an engine."""

    def __init__(self, world: World, number: int, holder: str) -> None:
        self.world = world
        self.process = world.loop.process(f"calor-{number}")
        self._number = number
        self._holder = holder
        self.store: Store
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
        settings, clock, watch = world.settings, world.clock, world.watch
        ids = SeededIds(f"{world.seed}/calor/{self._number}")
        executor = SimulatedExecutor(
            clock=clock, commits=world.commits, troubles=world.troubles, killed=world.died
        )
        bus = LocalBus()
        self.store = store_on(
            world.database,
            clock=clock,
            executor=executor,
            secrets=FernetSecrets([KEY]),
            bus=bus,
            ids=ids,
            call_timeout=settings.call_timeout,
            lease_duration=settings.lease_duration,
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
        site = Site(wire, clock, ids, executor, settings)
        auth_url = world.auth_url
        user = ServiceUser(
            auth_url,
            "sandbox",
            username="calor",
            user_domain_name="Default",
            project_name="service",
            project_domain_name="Default",
        )
        trusts = self.store.trusts
        authenticator = KeystoneAuthenticator(
            site,
            auth_url=auth_url,
            delegation=Delegation(
                site, service_user=user, trusts=trusts, installation=str(world.seed)
            ),
        )
        clouds = OpenStackClouds(site, auth_url=auth_url, service_user=user, trusts=trusts)
        types = world.seams.types(ObservedTypes(TYPES, watch), world)
        composer = Composer(types, settings)
        operations = ObservedOperations(self.store.operations, watch)
        self.service = Service(
            ServicePorts(
                reads=self.store.reads,
                operations=operations,
                authenticator=authenticator,
                clouds=clouds,
                types=types,
                composer=composer,
                bus=bus,
                clock=clock,
                ids=ids,
                executor=executor,
                settings=settings,
            )
        )
        self.authenticator = authenticator
        self.engine = Engine(
            EnginePorts(
                reads=self.store.reads,
                operations=operations,
                leases=self.store.leases,
                journal=ObservedJournal(world.seams.journal(self.store.journal, world), watch),
                deliveries=self.store.deliveries,
                clouds=clouds,
                authenticator=authenticator,
                types=types,
                composer=composer,
                clock=clock,
                ids=ids,
                executor=executor,
                settings=settings,
                **world.seams.engine,
            ),
            bus,
            holder=self._holder,
        )

"""Puts the parts of one process together: which store, bus, cloud and authenticator there are.

It starts nothing: the programs do.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from calor.api.rest.app import create_app
from calor.base.errors import UserError
from calor.base.settings import Settings
from calor.bus.local import LocalBus
from calor.cloud.authenticator import KeystoneAuthenticator, LocalAuthenticator
from calor.cloud.clouds import OpenStackClouds
from calor.cloud.delegation import Delegation
from calor.cloud.login import ServiceUser
from calor.cloud.session import Account, Site
from calor.engine.engine import Engine
from calor.engine.ports import Ports as EnginePorts
from calor.main.operator import operators_surroundings
from calor.main.preload import preload
from calor.main.statistics import Statistics
from calor.main.world import World
from calor.model.bus import Bus
from calor.model.ports import Authenticator, Clouds, Types
from calor.planning.compose import Composer
from calor.resources.registry import Registry
from calor.service.ports import Ports as ServicePorts
from calor.service.service import Service
from calor.store.open import Store, open_store
from calor.store.secrets import FernetSecrets, load_keys
from calor.transport.asgi import App

if TYPE_CHECKING:  # slow to import, and not everybody has a cloud
    from calor.cloud.config import CloudConfig


@dataclass(frozen=True, slots=True)
class House:
    """All that a process needs to serve or to carry out."""

    world: World
    store: Store
    bus: Bus
    clouds: Clouds
    authenticator: Authenticator
    types: Types
    composer: Composer
    statistics: Statistics | None = None

    def engine_ports(self) -> EnginePorts:
        """What an engine of this process acts through."""
        return EnginePorts(
            reads=self.store.reads,
            operations=self.store.operations,
            leases=self.store.leases,
            journal=self.store.journal,
            deliveries=self.store.deliveries,
            clouds=self.clouds,
            authenticator=self.authenticator,
            types=self.types,
            composer=self.composer,
            clock=self.world.clock,
            ids=self.world.ids,
            executor=self.world.executor,
            settings=self.world.settings,
        )

    def engine(self, holder: str) -> Engine:
        """An engine that is not running yet; `holder` is its name among all of one database."""
        return Engine(self.engine_ports(), self.bus, holder=holder)

    def service(self) -> Service:
        """What an API of this process may call."""
        ports = ServicePorts(
            reads=self.store.reads,
            operations=self.store.operations,
            authenticator=self.authenticator,
            clouds=self.clouds,
            types=self.types,
            composer=self.composer,
            bus=self.bus,
            clock=self.world.clock,
            ids=self.world.ids,
            executor=self.world.executor,
            settings=self.world.settings,
        )
        return Service(ports)

    def application(self) -> App:
        """The REST API."""
        return create_app(self.service())

    async def close(self) -> None:
        if isinstance(self.authenticator, KeystoneAuthenticator):
            await self.authenticator.close()
        await self.store.close()
        await self.world.transport.close()


def local_house(world: World, account: Account | None, site: Site, *, folder: Path) -> House:
    """Local mode: whoever runs the program owns what is in the folder."""
    bus = LocalBus()
    store = _open(world, bus, load_keys(folder), None)
    types = Registry()
    return House(
        world=world,
        store=store,
        bus=bus,
        clouds=OpenStackClouds(site, local=account),
        authenticator=LocalAuthenticator(account),
        types=types,
        composer=Composer(types, world.settings, around=operators_surroundings(world.settings)),
    )


def server_house(world: World, cloud: CloudConfig, *, keys: Sequence[str]) -> House:
    """A server: callers have tokens, engines act by delegation. `cloud` is the service user's.

    Raises `UserError` when that has no password.
    """
    statistics = Statistics() if os.environ.get("CALOR_STATISTICS") else None
    bus = LocalBus()
    store = _open(world, bus, keys, statistics)
    user = ServiceUser.from_auth(cloud.auth)
    if user is None:
        raise UserError(
            f"the cloud {cloud.name!r} has no user with a password, and a trustee needs one",
            "name a cloud of clouds.yaml with username and password",
        )
    settings = world.settings
    site = world.site(
        region=settings.region or cloud.region, interface=settings.interface or cloud.interface
    )
    delegation = Delegation(
        site,
        service_user=user,
        trusts=store.trusts,
        installation=hashlib.sha256(f"installation {keys[-1]}".encode()).hexdigest(),
    )
    types = Registry()
    preload(types)
    return House(
        world=world,
        store=store,
        bus=bus,
        clouds=OpenStackClouds(
            site, auth_url=cloud.auth_url, service_user=user, trusts=store.trusts
        ),
        authenticator=KeystoneAuthenticator(site, auth_url=cloud.auth_url, delegation=delegation),
        types=types,
        composer=Composer(types, settings, around=operators_surroundings(settings)),
        statistics=statistics,
    )


def _open(world: World, bus: Bus, keys: Sequence[str], statistics: Statistics | None) -> Store:
    settings = world.settings
    return open_store(
        settings.database,
        clock=world.clock,
        executor=world.executor,
        secrets=FernetSecrets(keys),
        bus=bus,
        ids=world.ids,
        call_timeout=settings.call_timeout,
        lease_duration=settings.lease_duration,
        trace=statistics.statement if statistics else None,
    )


def keys_of(settings: Settings, folder: Path) -> list[str]:
    """The sealing keys: the setting's, else those in the folder's key file."""
    keys = [key.strip() for key in settings.encryption_keys.split(",") if key.strip()]
    return keys or load_keys(folder)

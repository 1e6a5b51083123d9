"""What every part of a process is given: settings, clock, chance, threads, the network.

Who only wants to talk to a Calor needs no more than this.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from calor.base.clock import Clock
from calor.base.executor import Executor, ThreadExecutor
from calor.base.ids import Ids, SystemIds
from calor.base.settings import Settings, from_environment
from calor.base.system_clock import SystemClock
from calor.base.wire import Transport
from calor.cloud.login import PluginCredential
from calor.cloud.session import Account, Site
from calor.transport.http import HttpTransport

if TYPE_CHECKING:  # the cloud's library is slow to import, and not everybody has a cloud
    from calor.cloud.config import CloudConfig

THREADS = 6


@dataclass(frozen=True, slots=True)
class World:
    """What is injected everywhere."""

    settings: Settings
    clock: Clock
    ids: Ids
    executor: Executor
    transport: Transport

    def site(self, *, region: str = "", interface: str = "public") -> Site:
        return Site(
            self.transport,
            self.clock,
            self.ids,
            self.executor,
            self.settings,
            region=region,
            interface=interface,
        )


def new_world(settings: Settings, cloud: CloudConfig | None) -> World:
    transport = HttpTransport(
        verify=cloud.verify if cloud else True, certificate=cloud.certificate if cloud else None
    )
    return World(settings, SystemClock(), SystemIds(), ThreadExecutor(THREADS), transport)


def account_of(world: World, cloud: CloudConfig, site: Site) -> Account:
    """What logs in to a cloud as its clouds.yaml says."""
    credential = PluginCredential(
        cloud.plugin,
        transport=world.transport,
        executor=world.executor,
        timeout=world.settings.call_timeout,
    )
    return Account(site, credential)


def settings_with(**overrides: object) -> Settings:
    """The settings of the environment, with what the command line says on top."""
    given = {name: value for name, value in overrides.items() if value not in (None, "")}
    return from_environment(os.environ, **given)


def host_name() -> str:
    return socket.gethostname()

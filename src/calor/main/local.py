"""Local mode: store, engine and API in this process; the client reaches them without a socket.

One process at a time carries out; others that are started meanwhile only look, and take over
when the first one ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from calor.base.clock import Clock
from calor.base.errors import UserError
from calor.cli.where import Where
from calor.client import Client
from calor.cloud.pace import ON_LINE
from calor.engine.engine import Engine
from calor.main.assemble import local_house
from calor.main.folders import make_folder
from calor.main.locks import Lock
from calor.main.world import account_of, new_world, settings_with
from calor.transport.asgi import AsgiTransport

if TYPE_CHECKING:  # slow to import, and not everybody has a cloud
    from calor.cloud.config import CloudConfig

NO_PROJECT = "local"
"""The project of whoever names no cloud: enough for templates that need none."""


@asynccontextmanager
async def connect(where: Where) -> AsyncIterator[Client]:
    """A client of the Calor in this process, which works until the context ends."""
    cloud = _cloud(where)
    world = new_world(settings_with(), cloud)
    try:
        site = world.site(region=cloud.region, interface=cloud.interface) if cloud else world.site()
        account = account_of(world, cloud, site) if cloud else None
        project = (await account.identity(ON_LINE)).project_id if account else NO_PROJECT
        if not project:
            raise UserError(
                "the cloud's credentials name no project", "add project_name to the clouds.yaml"
            )
        make_folder(where.folder)
        # a project a file: an engine must never carry out one project with another's credentials
        database = f"sqlite:///{(where.folder / f'{project}.sqlite').resolve()}"
    except BaseException:
        await world.transport.close()
        raise
    settings = settings_with(database=database)
    world = type(world)(settings, world.clock, world.ids, world.executor, world.transport)
    house = local_house(world, account, site, folder=where.folder)
    lock = Lock(where.folder / f"{project}.lock")
    engine = house.engine("local")
    running = asyncio.get_running_loop().create_task(_work(engine, lock, world.clock))
    transport = AsgiTransport(house.application())
    try:
        yield Client(
            transport, f"http://calor.local/v1/{project}", token=_no_token, clock=world.clock
        )
    finally:
        engine.close()
        if not lock.held:
            running.cancel()  # it only waits for another process to end
        await _ended(running)
        lock.give()
        await house.close()


def _cloud(where: Where) -> CloudConfig | None:
    if not where.cloud and not where.by_variables:
        return None
    from calor.cloud.config import read_cloud

    return read_cloud(where.cloud)


async def _work(engine: Engine, lock: Lock, clock: Clock) -> None:
    await lock.wait(clock)
    await engine.run()


async def _ended(running: asyncio.Task[None]) -> None:
    """Waits for the engine, which stops what it does at the next safe place."""
    done, _ = await asyncio.wait([running], timeout=10.0)
    if not done:
        running.cancel()


async def _no_token() -> str:
    """Nobody asks who the owner of the file is; a token is sent because every request has one."""
    return "local"

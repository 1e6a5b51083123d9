"""The program `calor serve`: API and engine in one process, with a sandbox if wanted."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import click
import structlog

from calor.base.errors import CloudError, Conflict, LoginFailed
from calor.cli.where import Serving
from calor.cloud.config import CloudConfig, read_cloud
from calor.cloud.pace import ON_LINE
from calor.main.assemble import House, keys_of, server_house
from calor.main.folders import make_folder
from calor.main.locks import Lock
from calor.main.logs import set_up
from calor.main.loop import run
from calor.main.registering import registered
from calor.main.serving import ending, open_port, served, url_of
from calor.main.upkeep import upkeep
from calor.main.world import World, account_of, new_world, settings_with

log = structlog.get_logger(__name__)


def serve(serving: Serving) -> None:
    run(_serve(serving))


async def _serve(serving: Serving) -> None:
    make_folder(serving.folder)
    lock = Lock(serving.folder / "serve.lock")
    if not lock.take():
        raise Conflict(
            f"a calor serve is at work in {serving.folder} already",
            "name another folder with --dir",
        )
    settings = settings_with(
        database=serving.database or _own_database(serving), bind_host=serving.host
    )
    set_up("debug" if serving.debug else settings.log_level)
    port = settings.bind_port if serving.port is None else serving.port
    opened = open_port(serving.host, port, otherwise_any=serving.sandbox and serving.port is None)
    async with AsyncExitStack() as stack:
        ended = stack.enter_context(ending())
        sandbox = await _sandbox(serving, stack) if serving.sandbox else ""
        cloud = _cloud(serving)
        world = new_world(settings, cloud)
        house = server_house(world, cloud, keys=keys_of(settings, serving.folder))
        stack.push_async_callback(house.close)
        await _check_cloud(world, cloud)
        await _run(house, cloud, opened, serving, stack)
        if sandbox:
            say_sandbox(serving.folder, url_of(opened), sandbox)
        else:
            say_cloud(cloud, url_of(opened), registered=serving.register)
        await ended.wait()
        click.echo("ending", err=True)


async def _check_cloud(world: World, cloud: CloudConfig) -> None:
    """Logs in once. Raises `LoginFailed` for credentials that will never do; a cloud that does not
    answer may come back."""
    account = account_of(world, cloud, world.site(region=cloud.region, interface=cloud.interface))
    try:
        await account.identity(ON_LINE)
    except LoginFailed:
        raise
    except CloudError as error:
        log.warning("the cloud does not answer; calls wait for it", error=str(error))


async def _run(
    house: House, cloud: CloudConfig, opened: socket.socket, serving: Serving, stack: AsyncExitStack
) -> None:
    """Starts what runs until the end: they end in the opposite order."""
    loop = asyncio.get_running_loop()
    engine = house.engine("serve")
    carrying = loop.create_task(engine.run())

    async def stop() -> None:
        engine.close()
        await carrying

    stack.push_async_callback(stop)
    stack.enter_context(upkeep(house))
    app = house.application()
    if house.statistics is not None:
        watching = loop.create_task(house.statistics.watch(house.world.clock))
        stack.callback(watching.cancel)
        app = house.statistics.beside(app)
    await stack.enter_async_context(served(app, opened))
    if serving.register or serving.sandbox:
        await stack.enter_async_context(_registered(house.world, cloud, url_of(opened)))


def _registered(world: World, cloud: CloudConfig, url: str):  # type: ignore[no-untyped-def]  # a context
    site = world.site(region=cloud.region, interface=cloud.interface)
    return registered(site, account_of(world, cloud, site), url)


async def _sandbox(serving: Serving, stack: AsyncExitStack) -> str:
    from calor.main.sandbox import running

    opened = open_port(serving.host, serving.sandbox_port)
    return await stack.enter_async_context(running(serving, opened))


def _own_database(serving: Serving) -> str:
    """SQLite in the folder. A sandbox begins empty, so what belonged to an earlier one goes."""
    path = (serving.folder / ("sandbox.sqlite" if serving.sandbox else "calor.sqlite")).resolve()
    if serving.sandbox:
        for name in (path, *(Path(f"{path}{ending}") for ending in ("-wal", "-shm"))):
            name.unlink(missing_ok=True)
    return f"sqlite:///{path}"


def _cloud(serving: Serving) -> CloudConfig:
    if not serving.sandbox:
        return read_cloud(serving.cloud)
    return read_cloud("sandbox-calor", files=[serving.folder / "clouds.yaml"])


def say_sandbox(folder: Path, url: str, sandbox: str) -> None:
    path = (folder / "clouds.yaml").resolve()
    click.echo(f"""Calor is at {url}, beside a simulated cloud at {sandbox}.

  export OS_CLIENT_CONFIG_FILE={path} OS_CLOUD=sandbox
  openstack stack create -t app.yaml app --wait
  calor --server catalog deploy app.yaml

  curl {sandbox}/sandbox/faults     what goes wrong on purpose; PUT a plan there
  curl {sandbox}/sandbox/leftovers  what exists beyond the beginning

The cloud `sandbox` is a member of project demo, `sandbox-admin` the administrator.
Ctrl-C ends it.""")


def say_cloud(cloud: CloudConfig, url: str, *, registered: bool) -> None:
    named = (
        "The catalog lists it as orchestration."
        if registered
        else (f"The catalog does not know it (--register): use calor --server {url}.")
    )
    click.echo(f"Calor is at {url} and serves the cloud {cloud.name}. {named} Ctrl-C ends it.")

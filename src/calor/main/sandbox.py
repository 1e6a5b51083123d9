"""The sandbox as a server, and the clouds.yaml that leads to it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
import yaml

from calor.base.ids import SystemIds
from calor.base.system_clock import SystemClock
from calor.cli.where import Serving
from calor.main.folders import make_folder
from calor.main.serving import ending, open_port, served, url_of
from calor.sandbox.clouds import clouds
from calor.sandbox.core import Sandbox
from calor.sandbox.http import application
from calor.sandbox.settings import SandboxSettings


def serve(serving: Serving) -> None:
    """The program `calor sandbox`."""
    asyncio.run(_serve(serving))


async def _serve(serving: Serving) -> None:
    opened = open_port(serving.host, serving.sandbox_port)
    with ending() as ended:
        async with running(serving, opened) as url:
            say(serving.folder, url)
            await ended.wait()


@asynccontextmanager
async def running(serving: Serving, opened: socket.socket) -> AsyncIterator[str]:
    """A sandbox, served within the context; its URL."""
    url = url_of(opened)
    settings = SandboxSettings.instant() if serving.instant else SandboxSettings()
    sandbox = Sandbox(ids=SystemIds(), base_url=url, settings=settings)
    write_clouds(serving.folder, url)
    async with served(application(sandbox, SystemClock()), opened):
        yield url


def write_clouds(folder: Path, url: str) -> Path:
    """Writes `FOLDER/clouds.yaml`, whole or not at all."""
    make_folder(folder)
    path = folder / "clouds.yaml"
    draft = folder / "clouds.yaml.new"
    draft.write_text(
        "# Written by calor; leads to its sandbox.\n" + yaml.safe_dump(clouds(url), sort_keys=False)
    )
    os.replace(draft, path)
    return path


def say(folder: Path, url: str) -> None:
    path = (folder / "clouds.yaml").resolve()
    click.echo(f"""A simulated cloud is at {url} (Keystone: {url}/identity/v3).

  export OS_CLIENT_CONFIG_FILE={path} OS_CLOUD=sandbox
  openstack server list
  calor deploy app.yaml

Its fault plan: {url}/sandbox/faults   Ctrl-C ends it.""")

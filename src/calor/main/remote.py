"""A client of a Calor server: at a URL, or where the cloud's catalog says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from calor.base.errors import UserError
from calor.cli.where import Where
from calor.client import Client
from calor.cloud import endpoints
from calor.cloud.config import read_cloud
from calor.cloud.login import Identity
from calor.cloud.pace import ON_LINE
from calor.main.world import account_of, new_world, settings_with


@asynccontextmanager
async def connect(where: Where) -> AsyncIterator[Client]:
    if where.server != "catalog" and not where.server.startswith(("http://", "https://")):
        raise UserError(
            f"--server {where.server!r} is no URL", "write http://HOST:PORT, or catalog"
        )
    cloud = read_cloud(where.cloud)
    world = new_world(settings_with(), cloud)
    try:
        site = world.site(region=cloud.region, interface=cloud.interface)
        account = account_of(world, cloud, site)
        identity = await account.identity(ON_LINE)
        if not identity.project_id:
            raise UserError(
                "the cloud's credentials name no project", "add project_name to the clouds.yaml"
            )
        if where.server == "catalog":
            url = _from_catalog(identity, region=cloud.region, interface=cloud.interface)
        else:
            url = _with_project(where.server, identity.project_id)

        async def token() -> str:
            return (await account.identity(ON_LINE)).token

        yield Client(world.transport, url, token=token, clock=world.clock)
    finally:
        await world.transport.close()


def _from_catalog(identity: Identity, *, region: str, interface: str) -> str:
    return endpoints.base_url(identity, "orchestration", region=region, interface=interface)


def _with_project(server: str, project: str) -> str:
    """`http://host:port`, with or without `/v1` or the project, as people write it."""
    url = server.rstrip("/")
    if url.endswith(f"/{project}"):
        return url
    return f"{url}/{project}" if url.endswith("/v1") else f"{url}/v1/{project}"

"""Keeps Calor's address in a cloud's catalog as `orchestration` while a program serves.

It touches no entry that it did not make.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from calor.cloud.catalog_entry import register, unregister
from calor.cloud.cloud import OpenStackCloud, Project
from calor.cloud.session import Account, Session, Site


@asynccontextmanager
async def registered(site: Site, account: Account, url: str) -> AsyncIterator[None]:
    """Within it, the catalog says that `orchestration` is at `url`.

    Raises `Conflict` when the catalog has another orchestration endpoint, `Forbidden` when the
    account may not change the catalog.
    """
    cloud = OpenStackCloud(Project(Session(site, account)), project_id="", user_id="")
    entry = await register(cloud, url=f"{url}/v1/%(project_id)s", region=site.region)
    try:
        yield
    finally:
        await unregister(cloud, entry)

"""Enters Calor's address in a cloud's catalog as `orchestration`, and takes it out again.

It touches no entry that it did not make.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from calor.base.errors import Conflict, HttpFault, UserError
from calor.cloud.session import Account, Call, Session, Site

TYPE = "orchestration"
NAME = "calor"
INTERFACES = ("public", "internal", "admin")


@asynccontextmanager
async def registered(site: Site, account: Account, url: str) -> AsyncIterator[None]:
    """Within it, the catalog says that `orchestration` is at `url`.

    Raises `Conflict` when the catalog has another orchestration endpoint.
    """
    catalog = _Catalog(Session(site, account))
    service = await catalog.enter(f"{url}/v1/%(project_id)s", site.region)
    try:
        yield
    finally:
        await catalog.leave(service)


class _Catalog:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def enter(self, url: str, region: str) -> str:
        """The id of the service that now has our endpoints."""
        for service in (await self._get("/v3/services", {"type": TYPE}))["services"]:
            query = {"service_id": service["id"]}
            for endpoint in (await self._get("/v3/endpoints", query))["endpoints"]:
                if endpoint["url"] != url:
                    raise Conflict(
                        f"the catalog has an orchestration endpoint already: {endpoint['url']}",
                        "if nothing lives there, remove it: openstack endpoint delete "
                        f"{endpoint['id']}",
                    )
            if service.get("name") == NAME:
                await self.leave(service["id"])  # ours, from a process that was killed
        body = {"service": {"type": TYPE, "name": NAME, "description": "Calor"}}
        made: str = (await self._post("/v3/services", body))["service"]["id"]
        for interface in INTERFACES:
            endpoint = {"service_id": made, "interface": interface, "url": url}
            if region:
                endpoint["region_id"] = region
            await self._post("/v3/endpoints", {"endpoint": endpoint})
        return made

    async def leave(self, service: str) -> None:
        """Takes the service out, and with it its endpoints."""
        await self._session.call(Call("DELETE", "identity", f"/v3/services/{service}"))

    async def _get(self, path: str, query: dict[str, str]) -> Any:
        return (await self._session.call(Call("GET", "identity", path, query=query))).body

    async def _post(self, path: str, body: Any) -> Any:
        try:
            return (await self._session.call(Call("POST", "identity", path, body=body))).body
        except HttpFault as fault:
            if fault.status == 403:
                raise UserError(
                    "the service user may not change the catalog",
                    "use a cloud whose user is an administrator, or leave --register out",
                ) from fault
            raise

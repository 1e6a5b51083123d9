"""Calor in a cloud's catalog, where unmodified clients look for `orchestration`.

It never touches an entry that somebody else made.
"""

from __future__ import annotations

from dataclasses import dataclass

from calor.base.errors import Conflict, Forbidden, HttpFault
from calor.model.cloud import Cloud, Collection

SERVICES = Collection("identity", "/v3/services", "service", "services")
ENDPOINTS = Collection("identity", "/v3/endpoints", "endpoint", "endpoints")
TYPE = "orchestration"
NAME = "calor"
INTERFACES = ("public", "internal", "admin")


@dataclass(frozen=True, slots=True)
class Registration:
    """What was entered: endpoints by id, and the service's id if it was made for them."""

    endpoints: tuple[str, ...]
    service: str = ""


async def register(cloud: Cloud, *, url: str, region: str) -> Registration:
    """Enters Calor's address as `orchestration`. `cloud` must be an administrator's; `url` is as
    `http://host:8004/v1/%(project_id)s`.

    An entry of the same address, which a crash left behind, is taken over. Raises `Conflict` when
    there is another orchestration endpoint in the region, `Forbidden` for who may not.
    """
    try:
        return await _register(cloud, url, region)
    except HttpFault as fault:
        if fault.status != 403:
            raise
        raise Forbidden(
            f"the cloud's user may not change its catalog: {fault.message}",
            "use a cloud whose user is an administrator, or run without --register",
        ) from fault


async def _register(cloud: Cloud, url: str, region: str) -> Registration:
    services = await cloud.list(SERVICES, {"type": TYPE})
    existing = await _endpoints(cloud, [service["id"] for service in services], region)
    strange = [item for item in existing if item["url"] != url]
    if strange:
        raise Conflict(
            f"the catalog has another orchestration endpoint: {strange[0]['url']}",
            "take it out with `openstack endpoint delete "
            f"{strange[0]['id']}`, or run without --register",
        )
    made = ""
    if services:
        own = [service["id"] for service in services if service.get("name") == NAME]
        service_id = str((own or [services[0]["id"]])[0])
        made = service_id if own else ""
    else:
        body = {"type": TYPE, "name": NAME, "description": "Calor, an orchestration service"}
        made = service_id = str((await cloud.create(SERVICES, body))["id"])
    found = {item["interface"]: str(item["id"]) for item in existing}
    for interface in INTERFACES:
        if interface not in found:
            body = {"service_id": service_id, "interface": interface, "url": url}
            if region:
                body["region_id"] = region
            found[interface] = str((await cloud.create(ENDPOINTS, body))["id"])
    return Registration(tuple(found[interface] for interface in INTERFACES), made)


async def unregister(cloud: Cloud, registration: Registration) -> None:
    """Takes out what `register` entered; what is gone already is fine."""
    for endpoint in registration.endpoints:
        await cloud.delete(ENDPOINTS, endpoint)
    if registration.service:
        left = await _endpoints(cloud, [registration.service], "")
        if not left:
            await cloud.delete(SERVICES, registration.service)


async def _endpoints(cloud: Cloud, services: list[str], region: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for service in services:
        for item in await cloud.list(ENDPOINTS, {"service_id": service}):
            if not region or item.get("region_id", item.get("region")) in (region, None):
                found.append(item)
    return found

"""Keystone's regions, services and endpoints, and the catalog made of them.

It reaches no service.
"""

from __future__ import annotations

from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.keystone.crud import Kind, routes
from calor.sandbox.keystone.rules import missing
from calor.sandbox.keystone.state import Identity
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import REGION, World


def _make_service(world: World, call: Call, sent: dict[str, Any]) -> Row:
    if not isinstance(sent.get("type"), str):
        raise Refusal(
            400,
            f"Invalid input for field/attribute service. Value: {sent}. "
            "'type' is a required property",
        )
    row = {"id": "", "name": sent.get("name") or "", "type": sent["type"]}
    if "description" in sent:
        row["description"] = sent["description"]
    return {**row, "enabled": sent.get("enabled", True)}


def _drop_service(world: World, row: Row) -> None:
    endpoints = world.part(Identity).endpoints
    for endpoint in endpoints.where("service_id", row["id"]):
        endpoints.remove(endpoint)


def _make_endpoint(world: World, call: Call, sent: dict[str, Any]) -> Row:
    for name in ("interface", "service_id", "url"):
        if not isinstance(sent.get(name), str):
            raise Refusal(
                400,
                f"Invalid input for field/attribute endpoint. Value: {sent}. "
                f"'{name}' is a required property",
            )
    identity = world.part(Identity)
    if sent["service_id"] not in identity.services:
        raise missing("service", sent["service_id"])
    region = sent.get("region_id") or sent.get("region")
    if region and region not in identity.regions:
        raise missing("region", region)
    return {
        "id": "",
        "interface": sent["interface"],
        "region_id": region,
        "service_id": sent["service_id"],
        "url": sent["url"],
        "enabled": sent.get("enabled", True),
        "region": region,
        "name": sent.get("name", ""),
    }


def _make_region(world: World, call: Call, sent: dict[str, Any]) -> Row:
    return {
        "id": sent.get("id", ""),
        "description": sent.get("description") or "",
        "parent_region_id": sent.get("parent_region_id"),
    }


def _no_duplicate(row: Row) -> str:
    return f"Duplicate entry found with id {row['id']}"


SERVICE = Kind(
    "service",
    "services",
    lambda identity: identity.services,
    _make_service,
    _no_duplicate,
    filters=("name", "type"),
    dropped=_drop_service,
    unique=False,
)
ENDPOINT = Kind(
    "endpoint",
    "endpoints",
    lambda identity: identity.endpoints,
    _make_endpoint,
    _no_duplicate,
    filters=("interface", "service_id", "region_id"),
    unique=False,
    present=lambda world, row: {**row, "url": _placed(world, row)},
)
REGION_KIND = Kind(
    "region",
    "regions",
    lambda identity: identity.regions,
    _make_region,
    _no_duplicate,
    filters=("parent_region_id",),
    readable=lambda call, key: True,
    unique=False,
)


def catalog(world: World, project_id: str) -> list[Row]:
    """The catalog as one project sees it. `%(base_url)s` in a URL stands for the sandbox's own."""
    identity = world.part(Identity)
    entries = []
    for service in identity.services:
        if not service["enabled"]:
            continue
        endpoints = [
            _endpoint(world, row, project_id)
            for row in identity.endpoints.where("service_id", service["id"])
            if row["enabled"] and (project_id or "project_id)s" not in row["url"])
        ]
        entries.append(
            {
                "endpoints": endpoints,
                "id": service["id"],
                "type": service["type"],
                "name": service["name"],
            }
        )
    return entries


def _placed(world: World, row: Row) -> str:
    text: str = row["url"]
    return text.replace("%(base_url)s", world.base_url)


def _endpoint(world: World, row: Row, project_id: str) -> Row:
    text = _placed(world, row)
    for mark in ("%(project_id)s", "$(project_id)s", "%(tenant_id)s", "$(tenant_id)s"):
        text = text.replace(mark, project_id)
    return {
        "id": row["id"],
        "interface": row["interface"],
        "region_id": row["region_id"],
        "url": text,
        "region": row["region_id"],
    }


def register(world: World, name: str, kind: str, url: str) -> None:
    """Enter a service with its three endpoints."""
    identity = world.part(Identity)
    service = identity.services.add(
        {"id": world.hex_id(), "name": name, "type": kind, "enabled": True}
    )
    for interface in ("public", "internal", "admin"):
        identity.endpoints.add(
            {
                "id": world.hex_id(),
                "interface": interface,
                "region_id": REGION,
                "service_id": service["id"],
                "url": url,
                "enabled": True,
                "region": REGION,
                "name": "",
            }
        )


def _auth_catalog(world: World, call: Call) -> Response:
    links = {"next": None, "previous": None}
    return reply(200, {"catalog": catalog(world, call.actor.project_id), "links": links})


ROUTES = (
    *routes(SERVICE),
    *routes(ENDPOINT),
    *routes(REGION_KIND),
    Route("GET", "/v3/auth/catalog", _auth_catalog),
)

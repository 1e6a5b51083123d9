"""Where a service is: from the catalog's URL to the URL of a call, and the microversion of it.

It remembers, for the whole process, which versions an endpoint speaks.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from keystoneauth1 import exceptions

from calor.base.clock import Clock
from calor.base.errors import HttpFault, LoginFailed
from calor.cloud.flight import SingleFlight
from calor.cloud.login import Identity

Version = tuple[int, int]
Get = Callable[[str], Awaitable[Any]]
"""GETs a URL and gives the parsed body; raises `HttpFault`."""

_VERSION = re.compile(r"/v\d+(\.\d+)?(?=/|$)")

_ROOTS = {
    "compute": "/v2.1",
    "volumev3": "/v3/{project}",
    "block-storage": "/v3/{project}",
    "sharev2": "/v2",
    "shared-file-system": "/v2",
}
"""What follows an endpoint without a version; other services have it in each path."""

_HEADER_TYPES = {"volumev3": "volume", "block-storage": "volume", "volume": "volume"}
_HEADER_NAMES = {
    "sharev2": "X-OpenStack-Manila-API-Version",
    "shared-file-system": "X-OpenStack-Manila-API-Version",
    "baremetal": "X-OpenStack-Ironic-API-Version",
}

REMEMBERED = 3600.0
"""Seconds after which an endpoint is asked again what it speaks: clouds are upgraded."""


def base_url(identity: Identity, service: str, *, region: str, interface: str) -> str:
    """The endpoint of a service in the identity's catalog, without a final slash, with a version
    where the service's paths have none. Aliases of the service's type count.

    Raises `LoginFailed` when the catalog has none.
    """
    try:
        found = identity.catalog.endpoint_data_for(
            service_type=service, interface=interface, region_name=region or None
        )
    except (exceptions.CatalogException, exceptions.ClientException):
        found = None
    if found is None or not found.catalog_url:
        where = f" in region {region}" if region else ""
        raise LoginFailed(f"this cloud has no {interface} endpoint for {service!r}{where}")
    url = found.catalog_url.rstrip("/")
    root = _ROOTS.get(service, "")
    if root and not _VERSION.search(urlsplit(url).path):
        url += root.format(project=identity.project_id)
    return url


def join(base: str, path: str) -> str:
    """The URL of a path below an endpoint. A version that both have is said once."""
    own = _VERSION.match(path)
    if own is None:
        return base + path
    parts = urlsplit(base)
    cut = _VERSION.search(parts.path)
    prefix = parts.path[: cut.start()] if cut else parts.path
    return urlunsplit((parts.scheme, parts.netloc, prefix, "", "")).rstrip("/") + path


@lru_cache(maxsize=256)
def version_root(base: str) -> str:
    """The URL that describes the version of an endpoint."""
    parts = urlsplit(base)
    cut = _VERSION.search(parts.path)
    path = parts.path[: cut.end()] if cut else parts.path
    return urlunsplit((parts.scheme, parts.netloc, path + "/", "", ""))


def spoken(document: Any) -> tuple[Version, Version] | None:
    """Lowest and highest microversion in a version document; None when it tells of none."""
    if not isinstance(document, dict):
        return None
    entries = document.get("versions")
    if isinstance(entries, dict):
        entries = entries.get("values")
    if entries is None:
        entries = [document.get("version")]
    best: tuple[Version, Version] | None = None
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            continue
        low = _number(entry.get("min_version"))
        high = _number(entry.get("max_version") or entry.get("version"))
        if low and high and (best is None or high > best[1]):
            best = (low, high)
    return best


def _number(text: Any) -> Version | None:
    return _version(text) if isinstance(text, str) else None


@lru_cache(maxsize=256)
def _version(text: str) -> Version | None:
    match = re.fullmatch(r"v?(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else None


def version_headers(service: str, version: str) -> dict[str, str]:
    """The headers that ask for a microversion."""
    if service in _HEADER_NAMES:
        return {_HEADER_NAMES[service]: version}
    return {"OpenStack-API-Version": f"{_HEADER_TYPES.get(service, service)} {version}"}


class Versions:
    """What each endpoint speaks, asked once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, tuple[Version, Version] | None]] = {}
        self._flights = SingleFlight()

    async def negotiate(self, base: str, wanted: str, get: Get) -> str:
        """The highest microversion that both sides understand, '' when the endpoint has none.

        Raises `HttpFault` 406 when the endpoint speaks only newer ones.
        """
        ask = _number(wanted)
        if ask is None:
            return ""
        root = version_root(base)
        known = self._known.get(root)
        if known is None or self._clock.monotonic() - known[0] > REMEMBERED:
            known = await self._flights.run(root, lambda: self._discover(root, get))
        if known[1] is None:
            return ""
        low, high = known[1]
        if ask < low:
            text = f"{low[0]}.{low[1]}"
            raise HttpFault(
                406, f"{root} speaks no microversion before {text}; Calor knows {wanted}", url=root
            )
        return "{}.{}".format(*min(ask, high))

    async def _discover(self, root: str, get: Get) -> tuple[float, tuple[Version, Version] | None]:
        try:
            found = spoken(await get(root))
        except HttpFault as error:
            if error.status >= 500:
                raise
            found = None
        known = self._known[root] = (self._clock.monotonic(), found)
        return known

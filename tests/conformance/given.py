"""Which clouds the tests were given, and users who reach them directly.

It reads clouds.yaml and logs in; it makes nothing.
"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from keystoneauth1.access import AccessInfoV3
from keystoneauth1.session import Session as LoginSession

from calor.base.wire import Request, Response, Transport
from calor.cloud.config import CloudConfig, read_cloud
from calor.cloud.endpoints import join
from calor.transport.http import HttpTransport

CLOUD = "CALOR_TEST_CLOUD"
ADMIN = "CALOR_TEST_ADMIN"
SERVICES = {
    "network": ("network",),
    "compute": ("compute",),
    "volume": ("volumev3", "block-storage"),
    "image": ("image",),
    "identity": ("identity",),
}
"""Types in the catalog behind the prefixes of paths."""

TIMEOUT = 60.0


def is_real() -> bool:
    """Whether the tests run on a real cloud."""
    return bool(os.environ.get(CLOUD) and os.environ.get(ADMIN))


@cache
def config(variable: str) -> CloudConfig:
    return read_cloud(os.environ[variable])


def network(variable: str) -> HttpTransport:
    """A connection to a cloud."""
    cloud = config(variable)
    return HttpTransport(verify=cloud.verify, certificate=cloud.certificate)


@cache
def _logged_in(variable: str) -> AccessInfoV3:
    cloud = config(variable)
    session = LoginSession(auth=cloud.plugin(), verify=cloud.verify, cert=cloud.certificate)
    access = session.auth.get_access(session)
    assert isinstance(access, AccessInfoV3)
    return access


class RealUser:
    """A user of one project, who uses the cloud directly; `wire` sees the calls."""

    def __init__(self, variable: str, wire: Transport) -> None:
        self._variable = variable
        self._wire = wire

    @property
    def access(self) -> AccessInfoV3:
        return _logged_in(self._variable)

    @property
    def project_id(self) -> str:
        return str(self.access.project_id)

    @property
    def domain_id(self) -> str:
        """The domain of the project."""
        return str(self.access.project_domain_id)

    @property
    def user_id(self) -> str:
        return str(self.access.user_id)

    def token(self) -> str:
        return str(self.access.auth_token)

    def url(self, path: str) -> str:
        """The URL of a path that begins with a service's prefix, as `/network/v2.0/ports`;
        `{project}` in it is the project's id."""
        _, prefix, rest = path.replace("{project}", self.project_id).split("/", 2)
        cloud = config(self._variable)
        for type in SERVICES[prefix]:
            found = self.access.service_catalog.get_urls(
                service_type=type, interface=cloud.interface, region_name=cloud.region or None
            )
            if found:
                return join(found[0].rstrip("/"), f"/{rest}")
        raise LookupError(f"the cloud has no {prefix}")

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and parsed body of a call."""
        response = self.send(method, self.url(path), body)
        return response.status, parsed(response)

    def send(self, method: str, url: str, body: Any = None) -> Response:
        data = b"" if body is None else json.dumps(body).encode()
        return self._sent(method, url, "application/json", data)

    def upload(self, url: str, data: bytes) -> Response:
        return self._sent("PUT", url, "application/octet-stream", data)

    def _sent(self, method: str, url: str, kind: str, data: bytes) -> Response:
        headers = {
            "X-Auth-Token": self.token(),
            "Content-Type": kind,
            "OpenStack-API-Version": "compute 2.90" if "/v2.1/" in url else "volume 3.70",
        }
        return self._wire.send_blocking(Request(method, url, headers, data), timeout=TIMEOUT)


def parsed(response: Response) -> Any:
    try:
        return json.loads(response.body) if response.body else None
    except ValueError:
        return None


def service_of(url: str) -> str:
    """The name of the service that a URL leads to, as far as its path tells."""
    path = urlsplit(url).path
    if "/v2.0/" in path:
        return "neutron"
    if "/v2.1/" in path:
        return "nova"
    if "/volumes" in path or "/snapshots" in path or "/types" in path:
        return "cinder"
    return "keystone"

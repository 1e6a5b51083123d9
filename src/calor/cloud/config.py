"""Which cloud: a name in clouds.yaml or the OS_* variables, as `openstack.config` reads them.

It logs in nowhere. Importing it is slow, so only programs that reach a cloud do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keystoneauth1 import exceptions as keystone
from keystoneauth1.plugin import BaseAuthPlugin
from openstack import exceptions as sdk
from openstack.config import OpenStackConfig
from openstack.config.cloud_region import CloudRegion

from calor.base.errors import InvalidInput, NotFound, UserError
from calor.base.spelling import did_you_mean

_HINT = "name one of clouds.yaml with --os-cloud or OS_CLOUD, or set OS_AUTH_URL and its kin"


@dataclass(frozen=True, slots=True)
class CloudConfig:
    """One cloud as its user described it.

    `auth` holds what clouds.yaml has under `auth` (secrets included: never show it); `verify` and
    `certificate` are for `transport.http.HttpTransport`. `plugin` makes the log-in plug-in.
    """

    name: str
    auth_url: str
    region: str
    interface: str
    verify: bool | str
    certificate: tuple[str, str] | None
    auth: Mapping[str, Any]
    plugin: Callable[[], BaseAuthPlugin]

    def __repr__(self) -> str:
        return f"CloudConfig({self.name!r}, {self.auth_url!r})"


def read_cloud(name: str = "", *, files: Sequence[Path] | None = None) -> CloudConfig:
    """The cloud of that name; without one, what OS_CLOUD or the other OS_* variables say. `files`
    are read instead of the clouds.yaml in its usual places.

    Raises `NotFound` when there is none, `InvalidInput` when its description makes no sense.
    """
    try:
        paths = None if files is None else [str(path) for path in files]
        known = _readable(paths, name)
        found = known.get_one(cloud=name or None)
        url = str(found.config.get("auth", {}).get("auth_url") or "")
        if not url:
            raise NotFound("no cloud is chosen", _HINT)
        verify, certificate = found.get_requests_verify_args()
        return CloudConfig(
            name=str(found.name or name),
            auth_url=url,
            region=str(found.get_region_name() or ""),
            interface=_interface(found.get_interface()),
            verify=True if verify is None else verify,
            certificate=_pair(certificate),
            auth=dict(found.config["auth"]),
            plugin=lambda: _plugin(found),
        )
    except UserError:
        raise
    except (sdk.ConfigException, keystone.ClientException) as error:
        text = str(error)
        if not name and isinstance(error, keystone.MissingRequiredOptions) and "auth_url" in text:
            raise NotFound("no cloud is chosen", _HINT) from error
        if "was not found" in text:
            where = known.config_filename or "a clouds.yaml"
            meant = did_you_mean(name, known.get_cloud_names())
            raise NotFound(f"there is no cloud {name!r} in {where}", meant or _HINT) from error
        which = f"the cloud {name!r}" if name else "the cloud in the OS_* variables"
        raise InvalidInput(f"the description of {which} is wrong: {text}") from error


def _readable(paths: list[str] | None, name: str) -> OpenStackConfig:
    """The clouds.yaml that counts. Its library says nothing of a file that it can't read, and
    stumbles over entries that are no maps."""
    named = os.environ.get("OS_CLIENT_CONFIG_FILE") if paths is None else None
    if named and not os.access(named, os.R_OK):
        raise InvalidInput(
            f"OS_CLIENT_CONFIG_FILE names {named}, which can't be read",
            hint="name a clouds.yaml that is there",
        )
    known = OpenStackConfig(config_files=paths, load_envvars=paths is None)
    if named and known.config_filename != named:
        raise InvalidInput(
            f"OS_CLIENT_CONFIG_FILE names {named}, which is no clouds.yaml",
            hint="it must be YAML: a map `clouds` of names, each with a map `auth`",
        )
    clouds = known.cloud_config.get("clouds")
    entry = clouds.get(name, {}) if isinstance(clouds, dict) else clouds
    if not isinstance(entry, dict) or not isinstance(entry.get("auth", {}), dict):
        raise InvalidInput(
            f"{known.config_filename} does not describe the cloud {name!r}",
            hint="it must be a map `clouds` of names, each with a map `auth`",
        )
    return known


def _plugin(region: CloudRegion) -> BaseAuthPlugin:
    plugin = region.get_auth()
    if plugin is None:
        raise InvalidInput(f"the cloud {region.name!r} says no way to log in", hint=_HINT)
    return plugin


def _interface(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    return str(value or "public").removesuffix("URL")


def _pair(certificate: Any) -> tuple[str, str] | None:
    """Paths of certificate and key; one file may hold both."""
    if not certificate:
        return None
    if isinstance(certificate, str):
        return certificate, certificate
    return str(certificate[0]), str(certificate[1])

"""The content of a clouds.yaml for a sandbox.

It writes no file.
"""

from __future__ import annotations

from typing import Any

from calor.sandbox.keystone.service import PASSWORD
from calor.sandbox.world import REGION

CLOUDS = {
    "sandbox": ("demo", "demo"),
    "sandbox-admin": ("admin", "admin"),
    "sandbox-alt": ("alt_demo", "alt_demo"),
    "sandbox-calor": ("calor", "service"),
}
"""Cloud to user and project: a member of demo, the administrator, a stranger, Calor itself."""


def clouds(base_url: str) -> dict[str, Any]:
    """What clouds.yaml holds for the sandbox at `base_url`, as data."""
    return {"clouds": {name: _cloud(base_url, *who) for name, who in CLOUDS.items()}}


def _cloud(base_url: str, user: str, project: str) -> dict[str, Any]:
    return {
        "region_name": REGION,
        "identity_api_version": 3,
        "auth": {
            "auth_url": f"{base_url}/identity/v3",
            "username": user,
            "password": PASSWORD,
            "project_name": project,
            "user_domain_name": "Default",
            "project_domain_name": "Default",
        },
    }

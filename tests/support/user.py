"""Somebody with an account in the sandbox, who uses the cloud directly: plants things, looks at
things. Calls take effect at once and never fail by accident."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from calor.base.clock import Clock
from calor.base.wire import Request
from calor.sandbox.core import Sandbox
from calor.sandbox.keystone.service import PASSWORD

IDENTITY = "/identity/v3"


class CloudUser:
    """A user of one project; logs in on first use and when the token was too old."""

    def __init__(self, sandbox: Sandbox, clock: Clock, name: str, project: str) -> None:
        self._sandbox = sandbox
        self._clock = clock
        self.name = name
        self.project = project
        self._token = ""
        self._until = 0.0
        self.project_id = ""

    def token(self) -> str:
        if self._clock.now() >= self._until:
            self._log_in()
        return self._token

    def fresh_token(self) -> str:
        """A new token, whatever there was."""
        self._log_in()
        return self._token

    def _log_in(self) -> None:
        domain = {"id": "default"}
        auth = {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": self.name, "password": PASSWORD, "domain": domain}},
            },
            "scope": {"project": {"name": self.project, "domain": domain}},
        }
        request = Request(
            "POST",
            f"{self._sandbox.base_url}{IDENTITY}/auth/tokens",
            {"Content-Type": "application/json"},
            json.dumps({"auth": auth}).encode(),
        )
        response = self._sandbox.handle(request, self._clock.now())
        assert response.status == 201, response
        self._token = response.header("X-Subject-Token")
        self.project_id = json.loads(response.body)["token"]["project"]["id"]
        self._until = self._clock.now() + self._sandbox.settings.token_lifetime / 2

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Status and parsed body of a call; `path` begins with the service's prefix, and
        `{project}` in it is the project's id."""
        token = self.token()
        sent = {
            "X-Auth-Token": token,
            "Content-Type": "application/json",
            "OpenStack-API-Version": "compute 2.90, volume 3.70",
            **(headers or {}),
        }
        request = Request(
            method,
            self._sandbox.base_url + path.replace("{project}", self.project_id),
            sent,
            b"" if body is None else json.dumps(body).encode(),
        )
        response = self._sandbox.handle(request, self._clock.now())
        return response.status, json.loads(response.body) if response.body else None

"""A user of the server: asks again when nobody answers, as people do."""

from __future__ import annotations

import time
from typing import Any

from kill.machines import Gone, Machine, ask

PATIENCE = 180.0
"""Seconds after which an operation counts as stuck."""


class User:
    """One user of project demo, over REST."""

    def __init__(self, cloud: Machine, server: Machine) -> None:
        self.cloud = cloud
        self.server = server
        domain = {"id": "default"}
        auth = {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": "demo", "password": "sandbox", "domain": domain}},
            },
            "scope": {"project": {"name": "demo", "domain": domain}},
        }
        _, body, headers = ask("POST", f"{cloud.url}/identity/v3/auth/tokens", {"auth": auth})
        lowered = {name.lower(): value for name, value in headers.items()}
        self._token = lowered["x-subject-token"]
        self.project = body["token"]["project"]["id"]

    def at_cloud(self, method: str, path: str, body: Any = None) -> Any:
        """A call to the cloud itself, which must succeed."""
        url = self.cloud.url + path.replace("{project}", self.project)
        status, answer, _ = ask(method, url, body, token=self._token)
        assert status < 300, (method, path, status, answer)
        return answer

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A call to the server, repeated while it does not answer."""
        end = time.monotonic() + 60
        while True:
            try:
                url = f"{self.server.url}/v1/{self.project}{path}"
                status, answer, _ = ask(method, url, body, token=self._token)
                if status < 500:
                    return status, answer
            except Gone:
                pass
            if time.monotonic() > end:
                raise Gone(f"{method} {path}")
            time.sleep(0.05)

    def stack(self, name: str) -> dict[str, Any] | None:
        """A stack by name; None when there is none."""
        status, answer = self.call("GET", f"/stacks?name={name}&show_nested=false")
        assert status == 200, answer
        found = [item for item in answer["stacks"] if item["stack_name"] == name]
        return found[0] if found else None

    def by_id(self, name: str, id: str) -> dict[str, Any]:
        status, answer = self.call("GET", f"/stacks/{name}/{id}")
        assert status == 200, answer
        found: dict[str, Any] = answer["stack"]
        return found

    def final(self, name: str, id: str) -> dict[str, Any]:
        """Waits for the end of what is in progress."""
        end = time.monotonic() + PATIENCE
        while True:
            stack = self.by_id(name, id)
            if not stack["stack_status"].endswith("IN_PROGRESS"):
                return stack
            assert time.monotonic() < end, f"stuck in {stack['stack_status']}"
            time.sleep(0.1)

    def listed(self, name: str, id: str, what: str) -> list[dict[str, Any]]:
        """Resources or events."""
        status, answer = self.call("GET", f"/stacks/{name}/{id}/{what}")
        assert status == 200, answer
        found: list[dict[str, Any]] = answer[what]
        return found

"""A sandbox in process, and a driver that speaks to it as a user of a project does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from calor.base.ids import SeededIds
from calor.base.wire import Request, Response
from calor.sandbox.core import Sandbox
from calor.sandbox.settings import SandboxSettings

NETWORK = "/network/v2.0"
COMPUTE = "/compute/v2.1"


class Driver:
    """Calls the sandbox with a token; its time stands still until somebody moves it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.now = 1_800_000_000.0
        self.tokens: dict[str, str] = {}

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        headers: dict[str, str] | None = None,
    ) -> Response:
        data = b"" if body is None else json.dumps(body).encode()
        sent = {"X-Auth-Token": token, **(headers or {})}
        return self.sandbox.handle(
            Request(method, self.sandbox.base_url + path, sent, data), self.now
        )

    def log_in(self, user: str = "demo", project: str = "demo") -> str:
        if user not in self.tokens:
            domain = {"id": "default"}
            who = {"name": user, "domain": domain, "password": "sandbox"}
            scope = {"project": {"name": project, "domain": domain}}
            identity = {"methods": ["password"], "password": {"user": who}}
            auth = {"auth": {"identity": identity, "scope": scope}}
            answer = self.send("POST", "/identity/v3/auth/tokens", auth)
            assert answer.status == 201, answer.body
            self.tokens[user] = answer.header("X-Subject-Token")
        return self.tokens[user]

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: str = "demo",
        status: int | None = None,
        version: str = "",
    ) -> Any:
        """The answer's JSON; checks the status, which is a success unless one is given."""
        headers = {"OpenStack-API-Version": version} if version else {}
        token = self.log_in(user, "demo" if user == "demo" else user)
        answer = self.send(method, path, body, token=token, headers=headers)
        wanted = [status] if status else [200, 201, 202, 204]
        assert answer.status in wanted, (answer.status, answer.body)
        return json.loads(answer.body) if answer.body else None

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def id_of(self, path: str, name: str) -> str:
        items = next(iter(self("GET", path).values()))
        return str(next(item["id"] for item in items if item["name"] == name))

    @property
    def project(self) -> str:
        return str(self("GET", "/identity/v3/auth/projects")["projects"][0]["id"])


@pytest.fixture
def cloud() -> Driver:
    return Driver(Sandbox(ids=SeededIds(7), settings=SandboxSettings.instant()))


@pytest.fixture
def slow() -> Driver:
    """A cloud in which things take their time."""
    return Driver(Sandbox(ids=SeededIds(7)))

"""One call to a simulated service: who asks, for what, when; and how handlers answer.

It routes nothing and holds no state of the cloud.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from calor.base.wire import Response

JSON_TYPE = "application/json"


class Refusal(Exception):
    """A service says no. `kind` is the name that the service gives to this sort of error."""

    def __init__(
        self,
        status: int,
        message: str,
        kind: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a token stands for. `trust_id` and `restricted` tell that the power is borrowed."""

    user_id: str
    project_id: str
    domain_id: str
    roles: tuple[str, ...]
    token: str
    trust_id: str = ""
    restricted: bool = False

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles

    def has(self, role: str) -> bool:
        return role in self.roles


NOBODY = Actor("", "", "", (), "")


@dataclass
class Call:
    """`path` is what follows the service's prefix; `route` is filled in by the router.

    `doom` is the text of a fault that the server or volume made by this call runs into later.
    """

    method: str
    path: str
    query_string: str
    headers: dict[str, str]
    raw: bytes
    now: float
    actor: Actor = NOBODY
    params: dict[str, str] = field(default_factory=dict)
    version: tuple[int, int] = (0, 0)
    doom: str | None = None

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query_string, keep_blank_values=True) if self.query_string else []

    def option(self, name: str, default: str = "") -> str:
        """The last value of a query parameter."""
        found = default
        for key, value in self.query:
            if key == name:
                found = value
        return found

    def options(self, name: str) -> list[str]:
        return [value for key, value in self.query if key == name]

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises Refusal 400."""
        try:
            body = json.loads(self.raw) if self.raw else None
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Refusal(400, "Malformed request body", "HTTPBadRequest")
        return body

    def wrapped(self, name: str) -> dict[str, Any]:
        """The object under `name` in the body. Raises Refusal 400."""
        value = self.json().get(name)
        if not isinstance(value, dict):
            raise Refusal(
                400, f"Invalid input for field/attribute {name}. Value: {value}.", "HTTPBadRequest"
            )
        return value


def reply(status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with a JSON body, or with none."""
    if body is None:
        return Response(status, dict(headers or {}), b"")
    return Response(
        status, {"Content-Type": JSON_TYPE, **(headers or {})}, json.dumps(body).encode()
    )

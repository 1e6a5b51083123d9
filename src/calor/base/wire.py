"""A request and a response, as plain data, and the port that carries them.

No HTTP client is known here; `transport` holds the implementations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from calor.base.records import record


@record()
class Request:
    """`url` is absolute, with its query; header names are matched without regard to case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@record()
class Response:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str, default: str = "") -> str:
        """The value of a header, without regard to case."""
        wanted = name.lower()
        for key, value in self.headers.items():
            if key.lower() == wanted:
                return value
        return default


class Transport(Protocol):
    """Carries a request to a server and brings its response.

    Raises `errors.NotSent` when the request surely never left, `errors.LostAnswer` when nobody
    can know whether the server acted on it. Redirects are not followed.
    """

    async def send(self, request: Request, *, timeout: float) -> Response: ...

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        """The same, blocking; for log-in plug-ins, which know no other way."""
        ...

    async def close(self) -> None: ...

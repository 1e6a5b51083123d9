"""What handlers return, as responses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
    return Response(content, status, dict(headers or {}), media_type="application/json")


def empty(status: int) -> Response:
    return Response(b"", status)


def redirect(location: str) -> Response:
    """Where a stack is; the method stays the same."""
    body = {"location": location}
    return answer(body, 302, {"location": location})

"""What handlers return, as responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from starlette.responses import Response

from calor.api.rest.call import Call
from calor.base import quick_json

T = TypeVar("T")

AT_ONCE = 100
"""Items of a list that are put into shape on the event loop."""


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response."""
    content = quick_json.dumps(body).encode("utf-8", "surrogatepass")
    return Response(content, status, dict(headers or {}), media_type="application/json")


async def long_answer(
    call: Call, key: str, shape: Callable[[T], Any], items: Sequence[T]
) -> Response:
    """A list as JSON; a long one is written where it holds no event loop."""

    def written() -> Response:
        return answer({key: [shape(item) for item in items]})

    return await call.service.compute(written) if len(items) > AT_ONCE else written()


def empty(status: int) -> Response:
    return Response(b"", status)


def redirect(location: str) -> Response:
    """Where a stack is; the method stays the same."""
    body = {"location": location}
    return answer(body, 302, {"location": location})

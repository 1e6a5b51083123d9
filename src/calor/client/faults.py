"""Faults of the API, turned back into the errors that the server raised.

Diagnostics get their places back: a span points into the text that was sent, under the name by
which the user knows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from calor.base.diagnostics import Diagnostic, Rule, Severity
from calor.base.errors import (
    CalorError,
    Conflict,
    Forbidden,
    HttpFault,
    InvalidInput,
    LimitExceeded,
    NotFound,
    Unauthenticated,
    UserError,
)
from calor.base.source import Source, Span
from calor.base.wire import Request, Response

_KINDS: Mapping[int, type[UserError]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
}


def error_of(
    response: Response, request: Request, sources: Mapping[str, Source] | None = None
) -> CalorError:
    """The error that an answer with a status of 400 or more stands for.

    `sources` are the texts that were sent, by the names that the server gives them.
    """
    body = _body(response)
    error = body.get("error")
    whole = error.get("message") if isinstance(error, dict) else None
    message = str(body.get("message") or whole or body.get("explanation") or "").strip()
    hint = str(body.get("hint") or "")
    if response.status >= 500:
        return HttpFault(response.status, message, method=request.method, url=request.url)
    if not message:
        message = f"The server answered {response.status} to {request.method} {request.url}."
    kind = _KINDS.get(response.status)
    if kind is not None:
        return kind(message, hint)
    if body.get("setting"):
        return LimitExceeded(message, str(body["setting"]))
    problems = [diagnostic_of(item, sources or {}) for item in body.get("diagnostics", ())]
    return InvalidInput(message, problems, hint)


def diagnostic_of(item: Mapping[str, Any], sources: Mapping[str, Source]) -> Diagnostic:
    """One diagnostic out of its JSON form."""
    severity = Severity(item.get("severity", "error"))
    rule = Rule(item["code"], item.get("title", ""), "", severity)
    related = [(span_of(one.get("location"), sources), one) for one in item.get("related", ())]
    return Diagnostic(
        rule,
        item["message"],
        span_of(item.get("location"), sources),
        tuple(item.get("path", ())),
        item.get("hint", ""),
        tuple((span, one["message"]) for span, one in related if span is not None),
    )


def span_of(place: Mapping[str, Any] | None, sources: Mapping[str, Source]) -> Span | None:
    """A span out of `{file, line, column, end_line, end_column}`. Of a text that is not at hand,
    the line alone is shown, empty."""
    if not place:
        return None
    source = sources.get(place["file"])
    if source is None:
        source = Source(place["file"], "\n" * (place["line"] - 1) + " " * place["column"])
    start = offset_of(source, place["line"], place["column"])
    end = offset_of(source, place.get("end_line", 0), place.get("end_column", 0))
    return Span(source, start, max(start, end))


def offset_of(source: Source, line: int, column: int) -> int:
    """The offset of a place; the nearest one inside the text for a place that is not there."""
    return source.offset(line, column)


def _body(response: Response) -> dict[str, Any]:
    try:
        body = json.loads(response.body or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}

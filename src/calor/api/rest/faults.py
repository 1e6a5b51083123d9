"""Errors as faults: Heat's shape and names, with the places of problems added.

The only place that knows which error is which status. It never shows a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calor.api.rest.call import UnsupportedMediaType
from calor.base.diagnostics import Diagnostic
from calor.base.errors import (
    CalorError,
    CloudError,
    Conflict,
    ExportConflict,
    Forbidden,
    HttpFault,
    InvalidInput,
    LimitExceeded,
    LoginFailed,
    NotFound,
    StoreFailed,
    Unauthenticated,
    UserError,
)
from calor.service.errors import (
    ActionInProgress,
    EntityNotFound,
    ImmutableParameterModified,
    InvalidBreakPointHook,
    NotSupported,
    ResourceNotFound,
    StackExists,
    StackValidationFailed,
)

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    415: "Unsupported Media Type",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}

_EXPLANATIONS = {
    400: "The request is wrong and can't be carried out.",
    401: "The request needs a valid token.",
    403: "The token does not allow this.",
    404: "What the request names is not there.",
    405: "The address does not take this method.",
    409: "The request does not fit the present state.",
    415: "The body is of a type that is not read here.",
    500: "Something went wrong in the service.",
    501: "This can't be done here.",
    503: "A service that is needed does not answer.",
}

FAULTS: tuple[tuple[type[UserError], int, str], ...] = (
    (StackValidationFailed, 400, "StackValidationFailed"),
    (ImmutableParameterModified, 400, "ImmutableParameterModified"),
    (UnsupportedMediaType, 415, "HTTPUnsupportedMediaType"),
    (InvalidInput, 400, "HTTPBadRequest"),
    (ResourceNotFound, 404, "ResourceNotFound"),
    (EntityNotFound, 404, "EntityNotFound"),
    (NotFound, 404, "EntityNotFound"),
    (StackExists, 409, "StackExists"),
    (ActionInProgress, 409, "ActionInProgress"),
    (ExportConflict, 409, "ExportConflict"),
    (Conflict, 409, "ActionInProgress"),
    (Unauthenticated, 401, "HTTPUnauthorized"),
    (Forbidden, 403, "Forbidden"),
    (LimitExceeded, 400, "RequestLimitExceeded"),
    (NotSupported, 400, "NotSupported"),
    (InvalidBreakPointHook, 400, "InvalidBreakPointHook"),
    (UserError, 400, "Invalid"),
)
"""Status and type of each error; the first that fits counts."""


def fault_of(error: Exception) -> tuple[int, dict[str, Any]]:
    """Status and body of the answer to a call that failed."""
    if isinstance(error, CloudError):
        return _cloud_fault(error)
    if isinstance(error, StoreFailed):
        return fault(503, "ServiceUnavailable", str(error), message=str(error))
    if isinstance(error, CalorError) and not isinstance(error, UserError):
        return fault(500, "Exception", str(error), message=str(error))
    if not isinstance(error, UserError):
        return fault(500, "Exception", "The service failed to answer; its log says why.")
    status, name = next((status, name) for kind, status, name in FAULTS if isinstance(error, kind))
    extra: dict[str, Any] = {"message": error.message}
    if error.hint:
        extra["hint"] = error.hint
    if isinstance(error, LimitExceeded):
        extra["setting"] = error.setting
    diagnostics = error.diagnostics if isinstance(error, InvalidInput) else ()
    if diagnostics:
        extra["diagnostics"] = [diagnostic_json(item) for item in diagnostics]
        place = next((item.span for item in diagnostics if item.span is not None), None)
        if place is not None:
            extra["location"] = place.to_json()
    return fault(status, name, _whole_message(error, diagnostics), **extra)


def fault(status: int, name: str, text: str, **extra: Any) -> tuple[int, dict[str, Any]]:
    """A fault in Heat's shape."""
    return status, {
        "code": status,
        "title": TITLES[status],
        "explanation": _EXPLANATIONS[status],
        "error": {"message": text, "type": name, "traceback": None},
        **extra,
    }


def _cloud_fault(error: CloudError) -> tuple[int, dict[str, Any]]:
    """What the cloud answered to a question that was asked with the caller's token."""
    message = f"The cloud did not help: {error}"
    if isinstance(error, HttpFault) and error.status in (401, 403):
        name = "HTTPUnauthorized" if error.status == 401 else "Forbidden"
        return fault(error.status, name, message, message=message)
    if isinstance(error, LoginFailed):
        return fault(401, "HTTPUnauthorized", message, message=message)
    if isinstance(error, HttpFault) and error.status < 500:
        return fault(400, "Invalid", message, message=message)
    return fault(503, "ServiceUnavailable", message, message=message)


def _whole_message(error: UserError, diagnostics: Sequence[Diagnostic]) -> str:
    """All in one text, for clients that show nothing else: one problem a line."""
    if not diagnostics:
        return f"{error.message} ({error.hint})" if error.hint else error.message
    return "\n".join(_line(item) for item in diagnostics)


def _line(item: Diagnostic) -> str:
    where = ".".join(str(step) for step in item.path)
    if item.span is not None:
        where = f"{item.span} {where}".rstrip()
    hint = f" ({item.hint})" if item.hint else ""
    return f"{where}: {item.message}{hint}" if where else f"{item.message}{hint}"


def diagnostic_json(item: Diagnostic) -> dict[str, Any]:
    """One problem as clients get it."""
    body: dict[str, Any] = {
        "code": item.code,
        "title": item.rule.title,
        "severity": item.severity.value,
        "message": item.message,
        "path": list(item.path),
    }
    if item.hint:
        body["hint"] = item.hint
    if item.span is not None:
        body["location"] = item.span.to_json()
    if item.related:
        body["related"] = [
            {"location": span.to_json(), "message": text} for span, text in item.related
        ]
    return body

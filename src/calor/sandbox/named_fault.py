"""The shape that Nova and Cinder give to errors: `{"itemNotFound": {"code": 404, ...}}`.

It knows no service's texts.
"""

from __future__ import annotations

import re

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply

NAMES = {
    400: "badRequest",
    403: "forbidden",
    404: "itemNotFound",
    405: "badMethod",
    409: "conflictingRequest",
    413: "overLimit",
    415: "badMediaType",
    429: "overLimit",
    501: "notImplemented",
    503: "serviceUnavailable",
}
VERSION = re.compile(r"([1-9]\d*)\.(0|[1-9]\d*)$")


def named_fault(refusal: Refusal) -> Response:
    if refusal.status == 401:
        error = {"code": 401, "title": "Unauthorized", "message": refusal.message}
        headers = {"WWW-Authenticate": "Keystone", **refusal.headers}
        return reply(401, {"error": error}, headers)
    name = NAMES.get(refusal.status, "computeFault")
    detail: dict[str, object] = {"code": refusal.status, "message": refusal.message}
    headers = dict(refusal.headers)
    if name == "overLimit":
        headers.setdefault("Retry-After", "0")
        detail["retryAfter"] = headers["Retry-After"]
    return reply(refusal.status, {name: detail}, headers)


def microversion(
    call: Call, service: str, lowest: tuple[int, int], highest: tuple[int, int]
) -> tuple[int, int]:
    """The version that the call asks for. Raises Refusal 400, 406."""
    text = ""
    for part in call.headers.get("openstack-api-version", "").split(","):
        words = part.split()
        if len(words) == 2 and words[0].lower() == service:
            text = words[1]
    if not text and service == "compute":
        text = call.headers.get("x-openstack-nova-api-version", "")
    if not text:
        return lowest
    if text == "latest":
        return highest
    match = VERSION.match(text)
    if match is None:
        raise Refusal(
            400,
            f"API Version String {text} is of invalid format. Must be of format MajorNum.MinorNum.",
        )
    found = (int(match[1]), int(match[2]))
    if not lowest <= found <= highest:
        low, high = (f"{version[0]}.{version[1]}" for version in (lowest, highest))
        raise Refusal(
            406,
            f"Version {text} is not supported by the API. Minimum is {low} and maximum is {high}.",
        )
    return found

"""What services say when they refuse, in all their shapes."""

from __future__ import annotations

import json

import pytest

from calor.base.wire import Request, Response
from calor.cloud.faults import fault, message, retry_after

MESSAGES = [
    ({"badRequest": {"code": 400, "message": "Invalid flavor."}}, "Invalid flavor."),
    ({"NeutronError": {"type": "X", "message": "No net.", "detail": ""}}, "No net."),
    ({"NeutronError": "Just text"}, "Just text"),
    ({"error": {"code": 401, "message": "Log in.", "title": "Unauthorized"}}, "Log in."),
    ({"code": 403, "title": "Forbidden", "error": {"message": "Heat", "type": "T"}}, "Heat"),
    ({"faultcode": "Client", "faultstring": "Octavia said", "debuginfo": None}, "Octavia said"),
    ({"errors": [{"status": 409, "title": "C", "detail": "Placement said"}]}, "Placement said"),
    ({"error_message": '{"faultstring": "Ironic said", "faultcode": "x"}'}, "Ironic said"),
    ({"code": 400, "title": "Bad", "description": "Barbican said"}, "Barbican said"),
    ({"message": "Glance said<br /><br />\n\n\n", "code": "403"}, "Glance said"),
    ({}, ""),
    ([1, 2], ""),
    ("text", "text"),
]


@pytest.mark.parametrize(("body", "expected"), MESSAGES)
def test_messages_in_json(body: object, expected: str) -> None:
    assert message(json.dumps(body).encode()) == expected


def test_messages_in_other_shapes() -> None:
    page = (
        b"<html>\n <head>\n  <title>403 Forbidden</title>\n </head>\n <body>\n  "
        b"<h1>403 Forbidden</h1>\n  Quota &amp; limit<br /><br />\n </body>\n</html>"
    )
    assert message(page) == "403 Forbidden Quota & limit"
    assert message(b"plain words") == "plain words"
    assert message(b"") == ""
    assert message(b"\xff\xfe") != ""
    assert len(message(b"x" * 10_000)) == 2000


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0.0),
        ("5", 5.0),
        ("0", 0.0),
        ("-3", 0.0),
        ("nonsense", 0.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 60.0),
        ("Thu, 01 Jan 1970 00:00:10 GMT", 0.0),
    ],
)
def test_retry_after(text: str, seconds: float) -> None:
    assert retry_after(Response(503, {"retry-AFTER": text}), now=40.0) == seconds


def test_a_fault_names_the_call_without_its_query() -> None:
    error = fault(Request("GET", "http://x/y?token=secret"), Response(404, {}, b""), now=0.0)
    assert (error.status, error.method, error.url) == (404, "GET", "http://x/y")
    assert str(error) == "HTTP 404"

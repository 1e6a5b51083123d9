"""Faults become the errors that the server raised, with their places."""

from __future__ import annotations

import json
from typing import Any

import pytest

from calor.api.rest.faults import fault_of
from calor.base.diagnostics import Diagnostic, Rule, render
from calor.base.errors import (
    CalorError,
    Conflict,
    Forbidden,
    HttpFault,
    InvalidInput,
    LimitExceeded,
    NotFound,
    NotSent,
    Unauthenticated,
)
from calor.base.source import Source, Span
from calor.base.wire import Request, Response
from calor.client.faults import error_of
from calor.service.errors import EntityNotFound, NotSupported, StackExists, StackValidationFailed

REQUEST = Request("GET", "http://calor.invalid/v1/p/stacks")


def round_trip(error: Exception, sources: dict[str, Source] | None = None) -> CalorError:
    status, body = fault_of(error)
    return error_of(Response(status, {}, json.dumps(body).encode()), REQUEST, sources)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (EntityNotFound("gone", "look"), NotFound),
        (StackExists("there", "rename it"), Conflict),
        (Unauthenticated("who", "log in"), Unauthenticated),
        (Forbidden("no", "ask"), Forbidden),
        (NotSupported("can't", "don't"), InvalidInput),
        (InvalidInput("bad", hint="mend it"), InvalidInput),
    ],
)
def test_kinds_come_back(raised: Any, kind: type[Any]) -> None:
    error = round_trip(raised)
    assert type(error) is kind
    assert (error.message, error.hint) == (raised.message, raised.hint)  # type: ignore[attr-defined]  # all are UserErrors


def test_a_limit_names_its_setting() -> None:
    error = round_trip(LimitExceeded("too many", "max_resources_per_stack"))
    assert isinstance(error, LimitExceeded)
    assert error.setting == "max_resources_per_stack"


def test_diagnostics_come_back_with_places_in_the_users_own_text() -> None:
    sent = Source("template", 'a: "file:///x"\nb: wrong\n')
    mine = Source("app.yaml", "a: x\nb: wrong\n")
    rule = Rule("H999", "a title")
    span = Span(sent, sent.text.index("wrong"), sent.text.index("wrong") + 5)
    other = Span(Source("file:///t.yaml", "x\n  y"), 4, 5)
    problem = Diagnostic(rule, "is wrong", span, ("b",), "mend it", ((other, "used here"),))
    error = round_trip(StackValidationFailed("is wrong", [problem]), {"template": mine})
    assert isinstance(error, InvalidInput)
    assert [render(item) for item in error.diagnostics] == [
        "app.yaml:2:4: error H999: is wrong\n"
        "  2 | b: wrong\n"
        "    |    ^^^^^\n"
        "  hint: mend it\n"
        "  file:///t.yaml:2:3: used here"
    ]
    assert error.diagnostics[0].path == ("b",)


def test_the_whole_message_is_for_clients_that_show_nothing_else() -> None:
    source = Source("template", "a: 1\n")
    rule = Rule("H999", "a title")
    problems = [
        Diagnostic(rule, "is wrong", Span(source, 3, 4), ("a",), "mend it"),
        Diagnostic(rule, "is missing"),
    ]
    _, body = fault_of(StackValidationFailed("is wrong (1 more)", problems))
    assert body["error"]["message"] == "template:1:4 a: is wrong (mend it)\nis missing"
    assert body["error"]["type"] == "StackValidationFailed"
    assert body["location"] == {
        "file": "template",
        "line": 1,
        "column": 4,
        "end_line": 1,
        "end_column": 5,
    }


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (NotSent("no route"), 503),
        (HttpFault(500, "boom"), 503),
        (HttpFault(401, "token"), 401),
        (HttpFault(403, "policy"), 403),
        (HttpFault(400, "odd"), 400),
        (RuntimeError("secret detail"), 500),
    ],
)
def test_errors_of_others(raised: Exception, status: int) -> None:
    found, body = fault_of(raised)
    assert (found, body["code"], body["error"]["traceback"]) == (status, status, None)
    assert "secret detail" not in json.dumps(body)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": 5}'])
def test_answers_that_are_no_faults_of_ours(body: bytes) -> None:
    assert isinstance(error_of(Response(502, {}, body), REQUEST), HttpFault)
    assert isinstance(error_of(Response(404, {}, body), REQUEST), NotFound)

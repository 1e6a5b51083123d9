"""The HTTP shell: lost answers close the connection, nothing else does."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest

from calor.sandbox.faults import Fault


def connect(sandbox) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(sandbox.base_url).netloc, timeout=10)


def test_one_connection_serves_many_calls(served):
    connection = connect(served)
    for _ in range(3):
        connection.request("GET", "/identity/v3")
        answer = connection.getresponse()
        assert answer.status == 200
        assert json.loads(answer.read())["version"]["id"] == "v3.14"


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_lost_answer_closes_the_connection(served, lost):
    served.faults.add(Fault(path="identity", lost=lost))
    connection = connect(served)
    connection.request("GET", "/identity/v3")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        connection.getresponse()
    connection.close()
    connection.request("GET", "/identity/v3")
    assert connection.getresponse().status == 200


def test_head_has_no_body(served):
    connection = connect(served)
    connection.request("HEAD", "/compute/v2.1")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")

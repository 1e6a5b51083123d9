"""What is sent, and what differs."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from calor.resources.wire import create_body, matches, update_body
from calor.schema import Properties, Wire, prop


class Inner(Properties):
    subnet: Annotated[str | None, Wire("subnet_id")] = prop(doc="Subnet.")
    local: Annotated[str | None, Wire("")] = prop(doc="Never sent.")


class Outer(Properties):
    name: str | None = prop(update=True, doc="Name.")
    network: Annotated[str | None, Wire("network_id")] = prop(doc="Network.")
    deep: Annotated[str | None, Wire("a.b", unset=None)] = prop(update=True, doc="Deep.")
    inner: list[Inner] | None = prop(update=True, doc="Inner.")
    device: Annotated[str, Wire("device_id", loose=True)] = prop("", update=True, doc="Device.")
    flag: Annotated[bool | None, Wire("flag", unset=True)] = prop(update=True, doc="Flag.")


SCHEMA = Outer.schema


def test_the_create_has_wire_names() -> None:
    wanted = {
        "name": "x",
        "network": "n",
        "deep": "d",
        "inner": [{"subnet": "s", "local": "l"}],
        "device": "",
    }
    assert create_body(SCHEMA, wanted) == {
        "name": "x",
        "network_id": "n",
        "a": {"b": "d"},
        "inner": [{"subnet_id": "s"}],
        "device_id": "",
    }


LIVE = {"name": "x", "a": {"b": "d"}, "inner": [{"subnet_id": "s", "ip": "i"}], "device_id": "srv"}
CASES: list[tuple[str, dict[str, Any], dict[str, Any] | None, dict[str, Any]]] = [
    ("nothing differs", {"name": "x", "inner": [{"subnet": "s"}], "deep": "d"}, None, {}),
    ("a value differs", {"name": "y", "deep": "d"}, None, {"name": "y"}),
    ("taken back", {"name": "x"}, {"name": "x", "deep": "d"}, {"a": {"b": None}}),
    ("never ours", {"name": "x"}, {"name": "x"}, {}),
    ("in doubt it is emptied", {"name": "x"}, None, {"a": {"b": None}}),
    ("in doubt no value is set", {"name": "x", "deep": "d"}, None, {}),
    ("a default is set back", {"deep": "d"}, {"flag": False}, {"flag": True}),
    ("others' change stays", {"deep": "d", "device": ""}, {"device": ""}, {}),
    ("ours is taken back", {"deep": "d", "device": ""}, {"device": "srv"}, {"device_id": ""}),
    ("ours is set", {"deep": "d", "device": "z"}, None, {"device_id": "z"}),
    ("what can't change is not sent", {"deep": "d", "network": "other"}, None, {}),
]


@pytest.mark.parametrize(("what", "wanted", "before", "body"), CASES)
def test_the_update_has_what_differs(
    what: str, wanted: dict[str, Any], before: dict[str, Any] | None, body: dict[str, Any]
) -> None:
    assert update_body(SCHEMA, wanted, before, LIVE) == body


@pytest.mark.parametrize(
    ("wanted", "live", "same"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1, "c": 3}, {"a": 1}, False),
        ([{"a": 1}, {}], [{"a": 2}, {"a": 1}], True),
        ([{"a": 1}], [{"a": 1}, {"a": 2}], False),
        ([1, 2], [2, 1], False),
        ("", None, True),
        ([], None, True),
        (None, "", True),
        (False, None, False),
        (0, None, False),
        (True, "true", True),
        (80, "80", True),
    ],
)
def test_matches(wanted: Any, live: Any, same: bool) -> None:
    assert matches(wanted, live) is same

"""A set of properties: all problems at once, one form, names of things in the cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from calor.base.values import Sensitive, Unknown, Value
from calor.schema import (
    FORMATS,
    Attributes,
    Kind,
    Lookup,
    Problem,
    ProblemKind,
    Properties,
    Range,
    Unavailable,
    Wire,
    attribute,
    hidden,
    prop,
)

SOON = Unknown("net")


class Address(Properties):
    subnet_id: Annotated[str | None, Lookup("neutron.subnet")] = prop(
        replaced_by="subnet", doc="Old.", support=hidden("5.0.0")
    )
    subnet: Annotated[str | None, Lookup("neutron.subnet"), Wire("subnet_id")] = prop(doc="Subnet.")
    ip: Annotated[str | None, FORMATS["ip_addr"]] = prop(doc="Address.")
    prefix: int = prop(24, doc="Prefix.")


class Thing(Properties):
    network_id: Annotated[str | None, Lookup("neutron.network")] = prop(
        replaced_by="network", doc="Old.", support=hidden("5.0.0")
    )
    network: Annotated[str, Lookup("neutron.network")] = prop(required=True, doc="Network.")
    size: Annotated[int, Range(1, 9)] = prop(2, update=True, doc="Size.")
    addresses: list[Address] | None = prop(doc="Addresses.")
    groups: Annotated[list[Any] | None, Lookup("neutron.security_group")] = prop(doc="Groups.")
    password: Annotated[str | None, FORMATS["dns_name"]] = prop(sensitive=True, doc="Password.")
    later: Annotated[str | None, Unavailable("not yet")] = prop(doc="Later.")
    agent: str | None = prop(
        replaced_by="agents", translate=lambda one: [one], doc="Old.", support=hidden("6.0.0")
    )
    agents: list[str] | None = prop(doc="Agents.")
    dashed: str | None = prop(name="with-dash", doc="Dashed.")

    @classmethod
    def rule(cls, values: Mapping[str, Value]) -> list[Problem]:
        if values.get("size") == 3 and values.get("agents"):
            return [Problem(("size",), ProblemKind.CONFLICT, "3 needs no agents")]
        return []


def found(value: Mapping[str, Value]) -> list[tuple[tuple[str | int, ...], str]]:
    return [(problem.path, str(problem.kind)) for problem in Thing.schema.check(value)]


def test_all_problems_at_once() -> None:
    value = {
        "size": 10,
        "adresses": [],
        "addresses": [{"ip": "x"}, {"ipp": "192.0.2.1"}, 3],
        "later": "now",
        "agents": "a",
    }
    assert found(value) == [
        (("size",), "constraint"),
        (("adresses",), "unknown"),
        (("addresses", 0, "ip"), "constraint"),
        (("addresses", 1, "ipp"), "unknown"),
        (("addresses", 2), "type"),
        (("later",), "unavailable"),
        (("agents",), "type"),
        (("network",), "missing"),
    ]


def test_hints_name_what_is_close() -> None:
    problems = Thing.schema.check({"network": "n", "adresses": []})
    assert [problem.hint for problem in problems] == ["did you mean 'addresses'?"]


def test_paths_begin_where_they_are_told() -> None:
    (problem,) = Thing.schema.check({}, ("resources", "a", "properties"))
    assert problem.path == ("resources", "a", "properties", "network")


def test_old_names_stand_in_for_new_ones() -> None:
    assert found({"network_id": "n"}) == []
    assert found({"network_id": "n", "network": "m"}) == [(("network_id",), "conflict")]
    assert Thing.schema.normalise({"network_id": "n", "agent": "a"}) == {
        "network": "n",
        "size": 2,
        "agents": ["a"],
    }
    assert Thing.schema.normalise({"network": SOON, "agent": SOON})["agents"] == SOON


def test_a_rule_judges_what_is_fine_by_itself() -> None:
    assert found({"network": "n", "size": "3", "agent": "a"}) == [(("size",), "conflict")]
    assert found({"network": "n", "size": "3", "agent": "a", "x": 1}) == [(("x",), "unknown")]


def test_what_is_unknown_is_no_problem() -> None:
    assert found({"network": SOON, "size": SOON, "addresses": [SOON, {"ip": SOON}]}) == []
    normal = Thing.schema.normalise({"network": SOON, "addresses": [SOON, {"ip": SOON}]})
    assert normal["addresses"] == [SOON, {"ip": SOON, "prefix": 24}]


def test_what_is_secret_stays_secret() -> None:
    value = {"network": Sensitive("n"), "size": Sensitive("12"), "password": "hunter2!"}
    problems = Thing.schema.check(value)
    assert [problem.path for problem in problems] == [("size",), ("password",)]
    assert all("12" not in item.message and "hunter2" not in item.message for item in problems)
    normal = Thing.schema.normalise({**value, "size": Sensitive("2")})
    assert normal["size"] == Sensitive(2)
    assert normal["password"] == Sensitive("hunter2!")


def test_null_is_absent() -> None:
    assert found({"network": None}) == [(("network",), "missing")]
    assert Thing.schema.normalise({"network": "n", "size": None}) == {"network": "n", "size": 2}


def test_names_of_things_are_found_at_any_depth() -> None:
    value = Thing.schema.normalise(
        {
            "network": "n",
            "addresses": [{"subnet_id": "s"}, {"subnet": SOON}, {"subnet": ""}],
            "groups": ["default", SOON],
        }
    )
    assert Thing.schema.lookups(value) == [
        (("network",), "neutron.network", "n"),
        (("addresses", 0, "subnet"), "neutron.subnet", "s"),
        (("groups", 0), "neutron.security_group", "default"),
    ]


def test_a_typed_view() -> None:
    thing = Thing(Thing.schema.normalise({"network": "n", "addresses": [{"ip": "192.0.2.1"}]}))
    assert thing.network == "n"
    assert thing.addresses is not None
    assert thing.addresses[0].prefix == 24
    assert thing.dashed is None


def test_shown_as_the_api_shows_it() -> None:
    shown = Thing.schema.to_json()
    assert "network_id" not in shown
    assert shown["size"] == {
        "type": "integer",
        "description": "Size.",
        "default": 2,
        "required": False,
        "constraints": [{"range": {"min": 1, "max": 9}}],
        "update_allowed": True,
        "immutable": False,
    }
    assert shown["addresses"]["schema"]["*"]["schema"]["ip"]["type"] == "string"
    assert "with-dash" in shown


def test_attributes() -> None:
    class Told(Attributes):
        status: str = attribute("State.")
        anything: Any = attribute("Anything.", wire="")
        secret: list[Any] = attribute("Secret.", wire="a.b", sensitive=True, live=True)

    assert {name: spec.kind for name, spec in Told.specs.items()} == {
        "status": Kind.STRING,
        "anything": None,
        "secret": Kind.LIST,
    }
    assert [spec.wire for spec in Told.specs.values()] == ["status", "", "a.b"]

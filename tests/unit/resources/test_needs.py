"""What types come after though no template says so, and which of two goes first."""

from __future__ import annotations

from typing import Any

import pytest

from calor.base.values import Unknown
from calor.model.plan import Order
from calor.model.resource_type import Sibling
from calor.resources.registry import Registry

REGISTRY = Registry(plugins=False)


def sibling(name: str, type: str, **properties: Any) -> Sibling:
    """`@net` stands for get_resource of net."""
    refers = {}
    values = {}
    for key, value in properties.items():
        text = str(value)
        names = tuple(part for part in ("net", "sub", "port", "router") if f"@{part}" in text)
        if names:
            refers[key] = names
        values[key] = Unknown(text) if names else value
    return Sibling(name, f"OS::Neutron::{type}", values, refers)


SIBLINGS = {
    item.name: item
    for item in (
        sibling("net", "Net"),
        sibling("sub", "Subnet", network="@net"),
        sibling("by_name", "Subnet", network="named"),
        sibling("port", "Port", network="@net"),
        sibling("other_port", "Port", network="named"),
        sibling("router", "Router", external_gateway_info={"network": "public"}),
        sibling("interface", "RouterInterface", router="@router", subnet="@sub"),
        sibling("floating", "FloatingIP", floating_network="public", port_id="@port"),
        sibling("led", "FloatingIPAssociation", floatingip_id="x", port_id="@port"),
        sibling("inside", "Router", external_gateway_info={"network": "named"}),
    )
}


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("net", ()),
        ("sub", ()),
        ("port", ("sub",)),
        ("other_port", ("by_name",)),
        ("floating", ("router", "interface")),
        ("led", ("interface",)),
        ("inside", ("by_name",)),
        ("interface", ()),
    ],
)
def test_implicit_needs(name: str, needs: tuple[str, ...]) -> None:
    own = SIBLINGS[name]
    type = REGISTRY.get(own.type)
    assert type is not None
    others = {key: item for key, item in SIBLINGS.items() if key != name}
    assert type.implicit_needs(own, others) == needs


ORDERS: list[tuple[str, dict[str, Any], dict[str, Any], Order]] = [
    ("Neutron::Net", {}, {}, Order.NEW_FIRST),
    ("Neutron::Port", {"network": "a"}, {"network": "b"}, Order.NEW_FIRST),
    (
        "Neutron::Port",
        {"fixed_ips": [{"ip_address": "192.0.2.1"}]},
        {"fixed_ips": [{"ip_address": "192.0.2.1"}], "mac_address": "x"},
        Order.OLD_FIRST,
    ),
    ("Neutron::Port", {"mac_address": "x"}, {"mac_address": "x"}, Order.OLD_FIRST),
    ("Neutron::Subnet", {"network": "a"}, {"network": "a"}, Order.OLD_FIRST),
    ("Neutron::Subnet", {"network": "a"}, {"network": "b"}, Order.NEW_FIRST),
    (
        "Neutron::RouterInterface",
        {"router": "a", "subnet": "s"},
        {"router": "b", "subnet": "s"},
        Order.OLD_FIRST,
    ),
    (
        "Neutron::RouterInterface",
        {"router": "a", "subnet": "s"},
        {"router": "b", "subnet": "t"},
        Order.NEW_FIRST,
    ),
    (
        "Neutron::FloatingIP",
        {"floating_ip_address": "203.0.113.1"},
        {"floating_ip_address": "203.0.113.1"},
        Order.OLD_FIRST,
    ),
    (
        "Neutron::SecurityGroupRule",
        {"security_group": "g", "description": "a"},
        {"security_group": "g", "description": "b"},
        Order.OLD_FIRST,
    ),
    ("Keystone::Project", {"name": "p"}, {"name": "p"}, Order.OLD_FIRST),
]


@pytest.mark.parametrize(("name", "before", "after", "order"), ORDERS)
def test_replacement_order(
    name: str, before: dict[str, Any], after: dict[str, Any], order: Order
) -> None:
    type = REGISTRY.get(f"OS::{name}")
    assert type is not None
    assert type.replacement_order(before, after) is order


def test_a_port_can_ask_for_replacement_always() -> None:
    type = REGISTRY.get("OS::Neutron::Port")
    assert type is not None
    assert type.forces_replacement({}, {}, ["name"]) == ()
    always = {"replacement_policy": "REPLACE_ALWAYS"}
    assert type.forces_replacement({}, always, ["name"]) == ("name",)

"""Properties that don't go together."""

from __future__ import annotations

from typing import Any

import pytest

from calor.resources.registry import Registry

REGISTRY = Registry(plugins=False)

CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("Neutron::Subnet", {"network": "n", "cidr": "192.0.2.0/24"}, []),
    ("Neutron::Subnet", {"network": "n"}, ["cidr"]),
    (
        "Neutron::Subnet",
        {"network": "n", "cidr": "192.0.2.0/24", "subnetpool": "p"},
        ["subnetpool"],
    ),
    (
        "Neutron::Subnet",
        {"network": "n", "cidr": "192.0.2.0/24", "ipv6_ra_mode": "slaac"},
        ["ipv6_ra_mode"],
    ),
    ("Neutron::Net", {"value_specs": {"mtu": 1400}}, []),
    ("Neutron::Net", {"value_specs": {"shared": True}}, ["value_specs"]),
    ("Neutron::RouterInterface", {"router": "r"}, ["subnet"]),
    ("Neutron::RouterInterface", {"router": "r", "subnet": "s", "port": "p"}, ["subnet"]),
    ("Neutron::RouterInterface", {"router_id": "r", "port_id": "p"}, []),
    (
        "Neutron::SecurityGroupRule",
        {"security_group": "g", "remote_group": "h", "remote_ip_prefix": "192.0.2.0/24"},
        ["remote_ip_prefix"],
    ),
    (
        "Neutron::SecurityGroupRule",
        {"security_group": "g", "port_range_min": 9, "port_range_max": 8},
        ["port_range_min"],
    ),
    ("Keystone::User", {"roles": [{"role": "r"}]}, ["roles"]),
    ("Heat::Value", {"value": "x", "type": "number"}, ["value"]),
    ("Heat::Value", {"value": '{"a": 1}', "type": "json"}, []),
    ("Heat::None", {"whatever": 1}, []),
    ("Heat::Delay", {"actions": ["CREATE", "LATER"]}, ["actions"]),
]


@pytest.mark.parametrize(("name", "properties", "places"), CASES)
def test_rule(name: str, properties: dict[str, Any], places: list[str]) -> None:
    type = REGISTRY.get(f"OS::{name}")
    assert type is not None
    assert [problem.path[0] for problem in type.schema.check(properties)] == places

"""The templates that are measured."""

from __future__ import annotations

import json
from typing import Any

VERSION = "2021-04-16"


def template(resources: dict[str, Any]) -> str:
    return json.dumps({"heat_template_version": VERSION, "resources": resources}, indent=1)


def flat(count: int) -> str:
    return template({f"r{number}": {"type": "OS::Heat::RandomString"} for number in range(count)})


def written(count: int) -> str:
    """Ports on a network, as people write them in YAML."""
    lines = [
        f"heat_template_version: {VERSION}",
        "parameters:",
        "  prefix: {type: string, default: web}",
        "resources:",
        "  net:",
        "    type: OS::Neutron::Net",
        "  subnet:",
        "    type: OS::Neutron::Subnet",
        "    properties: {network: {get_resource: net}, cidr: 10.99.0.0/16}",
    ]
    for number in range(count):
        lines += [
            f"  port{number}:",
            "    type: OS::Neutron::Port",
            "    properties:",
            "      network: {get_resource: net}",
            f"      name: {{list_join: ['-', [{{get_param: prefix}}, port, '{number}']]}}",
            "      fixed_ips:",
            "        - subnet: {get_resource: subnet}",
            "      admin_state_up: true",
        ]
    return "\n".join([*lines, ""])


def chain(count: int) -> str:
    resources: dict[str, Any] = {}
    for number in range(count):
        value = {"get_attr": [f"v{number - 1}", "value"]} if number else "start"
        resources[f"v{number}"] = {"type": "OS::Heat::Value", "properties": {"value": value}}
    return template(resources)


def group(count: int, type: str) -> str:
    properties = {"count": count, "resource_def": {"type": type}}
    return template({"group": {"type": "OS::Heat::ResourceGroup", "properties": properties}})


def member() -> str:
    return flat(3)


def ports(count: int) -> str:
    resources = _network()
    for number in range(count):
        resources[f"port{number}"] = _port()
    return template(resources)


def servers(count: int) -> str:
    resources = _network()
    for number in range(count):
        resources[f"port{number}"] = _port()
        resources[f"server{number}"] = {
            "type": "OS::Nova::Server",
            "properties": {
                "image": "debian-12",
                "flavor": "m1.small",
                "user_data_format": "RAW",
                "networks": [{"port": {"get_resource": f"port{number}"}}],
            },
        }
    return template(resources)


def _network() -> dict[str, Any]:
    subnet = {"network": {"get_resource": "net"}, "cidr": "10.99.0.0/16"}
    return {
        "net": {"type": "OS::Neutron::Net"},
        "subnet": {"type": "OS::Neutron::Subnet", "properties": subnet},
    }


def _port() -> dict[str, Any]:
    return {
        "type": "OS::Neutron::Port",
        "depends_on": "subnet",
        "properties": {"network": {"get_resource": "net"}},
    }

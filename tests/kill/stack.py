"""The stack of twenty resources that lives through the kills, in two versions."""

from __future__ import annotations

from typing import Any

ref = "get_resource"


def template(version: int) -> dict[str, Any]:
    """Twenty resources. Between versions some change in place, and some are replaced."""
    resources: dict[str, Any] = {}

    def add(name: str, type: str, /, **properties: Any) -> None:
        resources[name] = {"type": type, "properties": properties}

    for number in range(3):
        add(f"net{number}", "OS::Neutron::Net", name=f"net-{number}-v{version}")
        add(
            f"subnet{number}",
            "OS::Neutron::Subnet",
            network={ref: f"net{number}"},
            cidr=f"10.{number + 1}.0.0/24",
        )
    add("router", "OS::Neutron::Router", external_gateway_info={"network": "public"})
    add(
        "interface",
        "OS::Neutron::RouterInterface",
        router={ref: "router"},
        subnet={ref: "subnet0"},
    )
    add("group", "OS::Neutron::SecurityGroup", description=f"version {version}")
    port = 80 + version
    add(
        "rule",
        "OS::Neutron::SecurityGroupRule",
        security_group={ref: "group"},
        protocol="tcp",
        port_range_min=port,
        port_range_max=port,
    )
    for number in range(3):
        add(
            f"port{number}",
            "OS::Neutron::Port",
            network={ref: f"net{number}"},
            fixed_ips=[{"subnet": {ref: f"subnet{number}"}}],
            security_groups=[{ref: "group"}],
        )
        add(
            f"server{number}",
            "OS::Nova::Server",
            name="web",
            image="tiny",
            flavor="m1.nano",
            networks=[{"port": {ref: f"port{number}"}}],
            metadata={"version": str(version)},
            user_data_format="RAW",
        )
    add("volume0", "OS::Cinder::Volume", size=1, name="data", description=f"version {version}")
    add("volume1", "OS::Cinder::Volume", size=1, name="data")
    add(
        "attachment",
        "OS::Cinder::VolumeAttachment",
        instance_uuid={ref: "server0"},
        volume_id={ref: "volume0"},
    )
    add("floating", "OS::Neutron::FloatingIP", floating_network="public")
    return {"heat_template_version": "2021-04-16", "resources": resources}


def needs(version: int) -> dict[str, list[str]]:
    """What each resource refers to."""
    return {
        name: _references(resource["properties"])
        for name, resource in template(version)["resources"].items()
    }


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        if ref in value:
            return [value[ref]]
        return [name for item in value.values() for name in _references(item)]
    if isinstance(value, list):
        return [name for item in value for name in _references(item)]
    return []


TWINS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "network": ("/network/v2.0/networks", "network", {"name": "net-0-v0"}),
    "volume": ("/volume/v3/{project}/volumes", "volume", {"name": "data", "size": 1}),
    "security group": ("/network/v2.0/security-groups", "security_group", {"name": "web"}),
}
"""Things of other people: path, key, body."""

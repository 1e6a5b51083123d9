"""Neutron's lists about itself: versions, extensions, agents, zones, providers.

Nothing here changes.
"""

from __future__ import annotations

from ipaddress import ip_network

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.neutron.kind import find
from calor.sandbox.neutron.networks import NETWORK
from calor.sandbox.neutron.rules import denied
from calor.sandbox.neutron.state import ZONE, Network
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World

EXTENSIONS = {
    "address-scope": "Address scope",
    "agent": "agent",
    "allowed-address-pairs": "Allowed Address Pairs",
    "availability_zone": "Availability Zone",
    "binding": "Port Binding",
    "binding-extended": "Port Bindings Extended",
    "default-subnetpools": "Default Subnetpools",
    "dvr": "Distributed Virtual Router",
    "empty-string-filtering": "Empty String Filtering Extension",
    "ext-gw-mode": "Neutron L3 Configurable external gateway mode",
    "external-net": "Neutron external network",
    "extra_dhcp_opt": "Neutron Extra DHCP options",
    "extraroute": "Neutron Extra Route",
    "extraroute-atomic": "Atomically add/remove extra routes",
    "filter-validation": "Filter parameters validation",
    "fip-port-details": "Floating IP Port Details Extension",
    "ip-substring-filtering": "IP address substring filtering",
    "ip_allocation": "IP Allocation",
    "l2_adjacency": "L2 Adjacency",
    "net-mtu": "Network MTU",
    "net-mtu-writable": "Network MTU (writable)",
    "network-ip-availability": "Network IP Availability",
    "network_availability_zone": "Network Availability Zone",
    "pagination": "Pagination support",
    "port-mac-override": "Neutron Port MAC address override",
    "port-resource-request": "Port Resource Request",
    "port-security": "Port Security",
    "port-security-groups-filtering": "Port filtering on security groups",
    "project-id": "project_id field enabled",
    "provider": "Provider Network",
    "qos": "Quality of Service",
    "qos-bw-limit-direction": "Direction for QoS bandwidth limit rule",
    "qos-default": "QoS default policy",
    "qos-fip": "Floating IP QoS",
    "qos-port-network-policy": "QoS port network policy ID",
    "quota_details": "Quota details management support",
    "quotas": "Quota management support",
    "rbac-address-scope": "Add address_scope type to RBAC",
    "rbac-policies": "RBAC Policies",
    "rbac-security-groups": "Add security_group type to network RBAC",
    "rbac-subnetpool": "Add subnetpool type to RBAC",
    "revision-if-match": "If-Match constraints based on revision_number",
    "router": "Neutron L3 Router",
    "router_availability_zone": "Router Availability Zone",
    "security-group": "security-group",
    "segment": "Segment",
    "service-type": "Neutron Service Type Management",
    "sorting": "Sorting support",
    "standard-attr-description": "standard-attr-description",
    "standard-attr-revisions": "Resource revision numbers",
    "standard-attr-segment": "Standard Attribute Segment Extension",
    "standard-attr-tag": "Tag support for resources with standard attribute",
    "standard-attr-timestamp": "Resource timestamps",
    "stateful-security-group": "Stateful security group",
    "subnet-external-network": "Subnet belongs to an external network",
    "subnet-segmentid-writable": "Subnet SegmentID (writable)",
    "subnet-service-types": "Subnet service types",
    "subnet_allocation": "Subnet Allocation",
}
"""Alias to name; clients look for both."""


def _extension(alias: str) -> Row:
    return {
        "name": EXTENSIONS[alias],
        "alias": alias,
        "description": f"The sandbox speaks {alias}.",
        "updated": "2020-01-01T00:00:00-00:00",
        "links": [],
    }


def _extensions(world: World, call: Call) -> Response:
    return reply(200, {"extensions": [_extension(alias) for alias in EXTENSIONS]})


def _one_extension(world: World, call: Call) -> Response:
    alias = call.params["alias"]
    if alias not in EXTENSIONS:
        raise Refusal(404, f"Extension with alias {alias} does not exist", "ExtensionNotFound")
    return reply(200, {"extension": _extension(alias)})


def _versions(world: World, call: Call) -> Response:
    links = [{"rel": "self", "href": f"{world.base_url}/network/v2.0/"}]
    return reply(200, {"versions": [{"id": "v2.0", "status": "CURRENT", "links": links}]})


def _resources(world: World, call: Call) -> Response:
    items = [
        {
            "name": name,
            "collection": f"{name}s",
            "links": [{"rel": "self", "href": f"{world.base_url}/network/v2.0/{name}s"}],
        }
        for name in ("network", "subnet", "subnetpool", "port")
    ]
    return reply(200, {"resources": items})


def _agents(world: World, call: Call) -> Response:
    return reply(200, {"agents": []})


def _zones(world: World, call: Call) -> Response:
    zones = [
        {"name": ZONE, "resource": resource, "state": "available"}
        for resource in ("network", "router")
    ]
    return reply(200, {"availability_zones": zones})


def _providers(world: World, call: Call) -> Response:
    provider = {"service_type": "L3_ROUTER_NAT", "name": "single_node", "default": True}
    return reply(200, {"service_providers": [provider]})


def _availability(world: World, network: Row) -> Row:
    state = world.part(Network)
    subnets = state.subnets.where("network_id", network["id"])
    items = [
        {
            "subnet_id": subnet["id"],
            "ip_version": subnet["ip_version"],
            "cidr": subnet["cidr"],
            "subnet_name": subnet["name"],
            "used_ips": len(state.pools[subnet["id"]].used),
            "total_ips": state.pools[subnet["id"]].total()
            or ip_network(subnet["cidr"]).num_addresses,
        }
        for subnet in subnets
    ]
    return {
        "network_id": network["id"],
        "network_name": network["name"],
        "tenant_id": network["project_id"],
        "project_id": network["project_id"],
        "subnet_ip_availability": items,
        "used_ips": sum(item["used_ips"] for item in items),
        "total_ips": sum(item["total_ips"] for item in items),
    }


def _availabilities(world: World, call: Call) -> Response:
    if not call.actor.is_admin:
        raise denied("get_network_ip_availability")
    items = [_availability(world, row) for row in world.part(Network).networks]
    return reply(200, {"network_ip_availabilities": items})


def _one_availability(world: World, call: Call) -> Response:
    if not call.actor.is_admin:
        raise denied("get_network_ip_availability")
    row = find(world, NETWORK, call.actor, call.params["id"])
    return reply(200, {"network_ip_availability": _availability(world, row)})


ROUTES = (
    Route("GET", "", _versions, open=True),
    Route("GET", "/", _versions, open=True),
    Route("GET", "/v2.0/", _resources),
    Route("GET", "/v2.0/extensions", _extensions),
    Route("GET", "/v2.0/extensions/{alias}", _one_extension),
    Route("GET", "/v2.0/agents", _agents),
    Route("GET", "/v2.0/availability_zones", _zones),
    Route("GET", "/v2.0/service-providers", _providers),
    Route("GET", "/v2.0/network-ip-availabilities", _availabilities),
    Route("GET", "/v2.0/network-ip-availabilities/{id}", _one_availability),
)

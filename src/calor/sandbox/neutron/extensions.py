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
from calor.sandbox.neutron.state import Network
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World

ALIASES = (
    "address-scope",
    "agent",
    "allowed-address-pairs",
    "availability_zone",
    "binding",
    "binding-extended",
    "default-subnetpools",
    "dvr",
    "empty-string-filtering",
    "ext-gw-mode",
    "external-net",
    "extra_dhcp_opt",
    "extraroute",
    "extraroute-atomic",
    "filter-validation",
    "fip-port-details",
    "ip-substring-filtering",
    "ip_allocation",
    "l2_adjacency",
    "net-mtu",
    "net-mtu-writable",
    "network-ip-availability",
    "network_availability_zone",
    "pagination",
    "port-mac-override",
    "port-resource-request",
    "port-security",
    "port-security-groups-filtering",
    "project-id",
    "provider",
    "qos",
    "qos-bw-limit-direction",
    "qos-default",
    "qos-fip",
    "qos-port-network-policy",
    "quota_details",
    "quotas",
    "rbac-address-scope",
    "rbac-policies",
    "rbac-security-groups",
    "rbac-subnetpool",
    "revision-if-match",
    "router",
    "router_availability_zone",
    "security-group",
    "segment",
    "service-type",
    "sorting",
    "standard-attr-description",
    "standard-attr-revisions",
    "standard-attr-segment",
    "standard-attr-tag",
    "standard-attr-timestamp",
    "stateful-security-group",
    "subnet-external-network",
    "subnet-segmentid-writable",
    "subnet-service-types",
    "subnet_allocation",
)


def _extension(alias: str) -> Row:
    return {
        "name": alias.replace("-", " ").replace("_", " ").capitalize(),
        "alias": alias,
        "description": f"The sandbox speaks {alias}.",
        "updated": "2020-01-01T00:00:00-00:00",
        "links": [],
    }


def _extensions(world: World, call: Call) -> Response:
    return reply(200, {"extensions": [_extension(alias) for alias in ALIASES]})


def _one_extension(world: World, call: Call) -> Response:
    alias = call.params["alias"]
    if alias not in ALIASES:
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
        {"name": "nova", "resource": resource, "state": "available"}
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

"""Neutron's routers: gateways, extra routes.

Their interfaces are `interfaces`.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Actor, Call, Refusal, reply
from calor.sandbox.neutron.kind import READ_ONLY, STANDARD, UNSET, Field, Kind, find
from calor.sandbox.neutron.networks import NETWORK
from calor.sandbox.neutron.ports import FIELDS as PORT_FIELDS
from calor.sandbox.neutron.ports import add_port
from calor.sandbox.neutron.quotas import limits
from calor.sandbox.neutron.removal import release_port
from calor.sandbox.neutron.rules import (
    anything,
    bad,
    bad_request,
    boolean,
    denied,
    dictionary,
    host_routes,
    optional_identifier,
    optional_string,
)
from calor.sandbox.neutron.state import Network, owns, standard, touch
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World

INTERFACE = "network:router_interface"
GATEWAY = "network:router_gateway"


def _gateway_info(name: str, value: Any) -> Row:
    return dict(dictionary(name, value))


FIELDS = {
    **STANDARD,
    "admin_state_up": Field(True, boolean),
    "external_gateway_info": Field(None, _gateway_info),
    "routes": Field([], host_routes, post=False),
    "availability_zone_hints": Field([], anything, put=False),
    "distributed": Field(False, boolean, admin=True),
    "ha": Field(False, boolean, admin=True),
    "flavor_id": Field(None, optional_string, put=False),
    "qos_policy_id": Field(None, optional_identifier),
    "enable_ndp_proxy": Field(None, anything),
    "enable_default_route_bfd": Field(False, boolean, admin=True),
    "enable_default_route_ecmp": Field(False, boolean, admin=True),
    "availability_zones": READ_ONLY,
}
NOT_KEPT = (
    "qos_policy_id",
    "enable_ndp_proxy",
    "enable_default_route_bfd",
    "enable_default_route_ecmp",
)
ADMIN_ONLY = ("distributed", "ha")


def port_values(network_id: str, project_id: str, **values: Any) -> Row:
    """The checked values of a port that Neutron makes for itself."""
    return {
        **{name: spec.default for name, spec in PORT_FIELDS.items() if spec.post},
        "network_id": network_id,
        "project_id": project_id,
        "port_security_enabled": False,
        **values,
    }


def router_ports(world: World, router_id: str, owner: str) -> list[Row]:
    ports = world.part(Network).ports.where("device_id", router_id)
    return [port for port in ports if port["device_owner"] == owner]


def _check_info(world: World, call: Call, info: Row, action: str) -> None:
    if not info.get("network_id"):
        raise bad("Invalid input for external_gateway_info. Reason: 'network_id' is required.")
    for name in ("enable_snat", "external_fixed_ips"):
        if name in info and not call.actor.is_admin:
            chosen = info.get("external_fixed_ips") or []
            harmless = name == "external_fixed_ips" and all(
                not item.get("ip_address") for item in chosen
            )
            if not harmless:
                rule = f"rule:{action}:external_gateway_info"
                raise Refusal(
                    403,
                    f"(rule:{action} and ({rule} and ({rule}:network_id and {rule}:{name}))) is "
                    "disallowed by policy",
                    "PolicyNotAuthorized",
                )
    network = find(world, NETWORK, call.actor, info["network_id"])
    if not network["router:external"]:
        raise bad_request("router", f"Network {network['id']} is not an external network")


def _set_gateway(world: World, call: Call, row: Row, info: Row | None, action: str) -> None:
    """Give the router the gateway that `info` describes, or none."""
    if not info:
        _clear_gateway(world, call, row)
        return
    _check_info(world, call, info, action)
    old = row["_gateway"]
    port = world.part(Network).ports.get(old["port_id"]) if old else None
    if port is not None and port["network_id"] != info["network_id"]:
        _clear_gateway(world, call, row)
        port = None
    if port is None:
        fixed = info.get("external_fixed_ips")
        values = port_values(
            info["network_id"],
            "",
            device_id=row["id"],
            device_owner=GATEWAY,
            fixed_ips=fixed if fixed else UNSET,
        )
        port = add_port(world, call, values)
        port["status"] = "ACTIVE"
    snat = info.get("enable_snat")
    row["_gateway"] = {"port_id": port["id"], "enable_snat": True if snat is None else bool(snat)}


def _clear_gateway(world: World, call: Call, row: Row) -> None:
    old = row["_gateway"]
    if old is None:
        return
    state = world.part(Network)
    port = state.ports.get(old["port_id"])
    used = any(item["router_id"] == row["id"] for item in state.floating_ips)
    if used and port is not None:
        raise Refusal(
            409,
            f"Gateway cannot be updated for router {row['id']}, since a gateway to external "
            f"network {port['network_id']} is required by one or more floating IPs.",
            "RouterExternalGatewayInUseByFloatingIp",
        )
    if port is not None:
        release_port(world, port, call.now)
    row["_gateway"] = None


def _create(world: World, call: Call, values: Row) -> Row:
    info = values.pop("external_gateway_info")
    row = {
        **values,
        **standard(world, call.now, values["project_id"]),
        "status": "ACTIVE",
        "availability_zones": [],
        "routes": [],
        "_gateway": None,
    }
    for name in NOT_KEPT:
        row.pop(name, None)
    if info:
        _set_gateway(world, call, row, info, "create_router")
    row["revision_number"] = 3 if info else 1
    return world.part(Network).routers.add(row)


def check_routes(world: World, row: Row, routes: list[dict[str, str]]) -> None:
    """Every next hop is in a subnet of the router, and there are not too many."""
    limit = limits(world, row["project_id"])["router_route"]
    if 0 <= limit < len(routes):
        raise Refusal(
            400,
            f"Unable to complete operation for {row['id']}. The number of routes exceeds the "
            f"maximum {limit}.",
            "RoutesExhausted",
        )
    state = world.part(Network)
    blocks = [
        ip_network(subnet["cidr"])
        for port in state.ports.where("device_id", row["id"])
        for fixed in port["fixed_ips"]
        if (subnet := state.subnets.get(fixed["subnet_id"])) is not None
    ]
    for route in routes:
        if not any(ip_address(route["nexthop"]) in block for block in blocks):
            raise Refusal(
                400,
                f"Invalid format for routes: {routes}, the nexthop is not connected with router",
                "InvalidRoutes",
            )


def _update(world: World, call: Call, row: Row, changes: Row) -> None:
    for name in NOT_KEPT:
        changes.pop(name, None)
    if "routes" in changes:
        check_routes(world, row, changes["routes"])
    if "external_gateway_info" in changes:
        _set_gateway(world, call, row, changes.pop("external_gateway_info"), "update_router")
        touch(row, call.now)
    world.part(Network).routers.change(row, **changes)
    touch(row, call.now)


def _delete(world: World, call: Call, row: Row) -> None:
    held = sorted(port["id"] for port in router_ports(world, row["id"], INTERFACE))
    if held:
        raise Refusal(
            409,
            f"Router {row['id']} has ports still attached: {', '.join(held)}",
            "RouterInUse",
        )
    _clear_gateway(world, call, row)
    world.part(Network).routers.remove(row)


def _drop(world: World, row: Row) -> None:
    state = world.part(Network)
    port = state.ports.get(row["_gateway"]["port_id"]) if row["_gateway"] else None
    if port is not None:
        release_port(world, port, 0.0)
    state.routers.remove(row)


def _view(world: World, actor: Actor, row: Row) -> Row:
    view = {key: value for key, value in row.items() if not key.startswith("_")}
    view["external_gateway_info"] = None
    gateway = row["_gateway"]
    port = world.part(Network).ports.get(gateway["port_id"]) if gateway else None
    if gateway and port is not None:
        view["external_gateway_info"] = {
            "network_id": port["network_id"],
            "external_fixed_ips": port["fixed_ips"],
            "enable_snat": gateway["enable_snat"],
        }
    if not actor.is_admin:
        for name in ADMIN_ONLY:
            del view[name]
    return view


def no_router(key: str) -> Refusal:
    return Refusal(404, f"Router {key} could not be found", "RouterNotFound")


ROUTER = Kind(
    one="router",
    many="routers",
    table=lambda state: state.routers,
    fields=FIELDS,
    missing=no_router,
    create=_create,
    update=_update,
    delete=_delete,
    drop=_drop,
    view=_view,
    visible=lambda world, actor, row: owns(actor, row),
    quota="router",
)


def _sent_routes(call: Call) -> list[dict[str, str]]:
    return host_routes("routes", call.wrapped("router").get("routes"))


def _own_router(world: World, call: Call, action: str) -> Row:
    row = find(world, ROUTER, call.actor, call.params["id"])
    if not owns(call.actor, row):
        raise denied(action)
    return row


def _add_routes(world: World, call: Call) -> Response:
    row = _own_router(world, call, "add_extraroutes")
    new = [route for route in _sent_routes(call) if route not in row["routes"]]
    check_routes(world, row, [*row["routes"], *new])
    row["routes"] = [*row["routes"], *new]
    touch(row, call.now)
    return reply(200, {"router": _view(world, call.actor, row)})


def _remove_routes(world: World, call: Call) -> Response:
    row = _own_router(world, call, "remove_extraroutes")
    gone = _sent_routes(call)
    row["routes"] = [route for route in row["routes"] if route not in gone]
    touch(row, call.now)
    return reply(200, {"router": _view(world, call.actor, row)})


ROUTES = (
    Route("PUT", "/v2.0/routers/{id}/add_extraroutes", _add_routes),
    Route("PUT", "/v2.0/routers/{id}/remove_extraroutes", _remove_routes),
)

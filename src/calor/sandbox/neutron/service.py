"""Neutron as the sandbox serves it: its routes and initial contents.

A new collection is a new file and a line here.
"""

from __future__ import annotations

from collections.abc import Iterator

from calor.sandbox.call import Actor, Call
from calor.sandbox.keystone.service import project_id
from calor.sandbox.neutron import extensions, interfaces, qos, quotas, routers, tags
from calor.sandbox.neutron.floating_ips import FLOATING_IP
from calor.sandbox.neutron.kind import Kind, checked, routes
from calor.sandbox.neutron.networks import NETWORK
from calor.sandbox.neutron.ports import PORT
from calor.sandbox.neutron.routers import INTERFACE, ROUTER, port_values
from calor.sandbox.neutron.rules import fault
from calor.sandbox.neutron.security_groups import DEFAULT, SECURITY_GROUP, ensure_default
from calor.sandbox.neutron.security_rules import SECURITY_RULE
from calor.sandbox.neutron.segments import SEGMENT
from calor.sandbox.neutron.sharing import RBAC
from calor.sandbox.neutron.state import Network
from calor.sandbox.neutron.subnet_pools import ADDRESS_SCOPE, SUBNET_POOL
from calor.sandbox.neutron.subnets import SUBNET
from calor.sandbox.service import Service, Thing
from calor.sandbox.table import Row
from calor.sandbox.world import World

KINDS: tuple[Kind, ...] = (
    NETWORK,
    SUBNET,
    PORT,
    ROUTER,
    FLOATING_IP,
    SECURITY_GROUP,
    SECURITY_RULE,
    SUBNET_POOL,
    ADDRESS_SCOPE,
    qos.POLICY,
    RBAC,
    SEGMENT,
)
TAGGED = (NETWORK, SUBNET, PORT, ROUTER, FLOATING_IP, SECURITY_GROUP, SUBNET_POOL, qos.POLICY)
PUBLIC = "172.24.0.0/16"
PRIVATE = {"demo": "10.99.0.0/16", "alt_demo": "10.98.0.0/16"}


def _make(world: World, call: Call, kind: Kind, **sent: object) -> Row:
    return kind.create(world, call, checked(world, kind, call, dict(sent)))


def _call(world: World, project: str, now: float) -> Call:
    actor = Actor("", project_id(world, project), "", ("admin",), "")
    return Call("POST", "", "", {}, b"", now, actor)


def _seed(world: World, now: float) -> None:
    call = _call(world, "admin", now)
    public = _make(
        world,
        call,
        NETWORK,
        **{"name": "public", "router:external": True, "provider:physical_network": "physnet0"},
    )
    subnet = {"network_id": public["id"], "ip_version": 4, "cidr": PUBLIC, "enable_dhcp": False}
    _make(world, call, SUBNET, name="public-subnet", **subnet)
    for project, cidr in PRIVATE.items():
        _seed_project(world, project, cidr, public["id"], now)


def _seed_project(world: World, project: str, cidr: str, public_id: str, now: float) -> None:
    call = _call(world, project, now)
    ensure_default(world, call.actor.project_id, now)
    network = _make(world, call, NETWORK, name="private")
    subnet = _make(
        world,
        call,
        SUBNET,
        name="private-subnet",
        network_id=network["id"],
        ip_version=4,
        cidr=cidr,
    )
    router = _make(
        world, call, ROUTER, name="router", external_gateway_info={"network_id": public_id}
    )
    fixed = [{"subnet_id": subnet["id"], "ip_address": subnet["gateway_ip"]}]
    values = port_values(
        network["id"],
        call.actor.project_id,
        device_id=router["id"],
        device_owner=INTERFACE,
        fixed_ips=fixed,
    )
    PORT.create(world, call, values)["status"] = "ACTIVE"


def _things(world: World) -> Iterator[Thing]:
    state = world.part(Network)
    for kind in KINDS:
        for row in kind.table(state):
            if not _belongs(state, kind, row):
                project = row.get("project_id") or ""
                yield Thing("neutron", kind.one, row["id"], row.get("name") or "", project)


def _belongs(state: Network, kind: Kind, row: Row) -> bool:
    """Whether Neutron made the row for itself, so that it goes with another."""
    if kind is SECURITY_GROUP:
        return bool(row["name"] == DEFAULT)
    if kind is SECURITY_RULE:
        group = state.security_groups.get(row["security_group_id"])
        return row["description"] is None and group is not None
    return kind is PORT and row["device_owner"] in ("network:router_gateway", "network:floatingip")


NEUTRON = Service(
    name="neutron",
    type="network",
    prefix="/network",
    endpoint="/network",
    routes=(
        *(route for kind in KINDS for route in routes(kind)),
        *(route for kind in TAGGED for route in tags.routes(kind)),
        *routers.ROUTES,
        *interfaces.ROUTES,
        *qos.ROUTES,
        *quotas.ROUTES,
        *extensions.ROUTES,
    ),
    fault=fault,
    things=_things,
    seed=_seed,
)

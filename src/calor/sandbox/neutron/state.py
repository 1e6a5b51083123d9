"""What Neutron knows: its tables, and what nearly every row shares.

No request is parsed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from calor.base.clock import iso
from calor.sandbox.call import Actor
from calor.sandbox.neutron.ipam import Pool
from calor.sandbox.table import Row, Table
from calor.sandbox.world import World

ZONE = "nova"
"""The one zone of the agents."""


@dataclass(slots=True)
class Network:
    """Neutron's tables; `pools` holds the addresses of each subnet by its id."""

    networks: Table = field(default_factory=lambda: Table("name", "project_id"))
    subnets: Table = field(default_factory=lambda: Table("name", "network_id", "project_id"))
    ports: Table = field(
        default_factory=lambda: Table(
            "name", "network_id", "device_id", "project_id", "mac_address"
        )
    )
    routers: Table = field(default_factory=lambda: Table("name", "project_id"))
    floating_ips: Table = field(
        default_factory=lambda: Table("port_id", "project_id", "floating_ip_address")
    )
    security_groups: Table = field(default_factory=lambda: Table("name", "project_id"))
    rules: Table = field(default_factory=lambda: Table("security_group_id", "project_id"))
    subnet_pools: Table = field(default_factory=lambda: Table("name", "project_id"))
    address_scopes: Table = field(default_factory=lambda: Table("name", "project_id"))
    policies: Table = field(default_factory=lambda: Table("name", "project_id"))
    policy_rules: Table = field(default_factory=lambda: Table("_policy_id"))
    rbac: Table = field(default_factory=lambda: Table("object_id", "project_id"))
    segments: Table = field(default_factory=lambda: Table("network_id"))
    pools: dict[str, Pool] = field(default_factory=dict)
    quotas: dict[str, dict[str, int]] = field(default_factory=dict)
    segmentation: int = 1000


def standard(world: World, now: float, project_id: str) -> Row:
    """The fields that a new row of nearly every kind has."""
    moment = iso(now)
    return {
        "id": world.ids.uuid(),
        "project_id": project_id,
        "tenant_id": project_id,
        "tags": [],
        "created_at": moment,
        "updated_at": moment,
        "revision_number": 0,
    }


def touch(row: Row, now: float) -> None:
    """The row changed."""
    row["updated_at"] = iso(now)
    row["revision_number"] += 1


def owns(actor: Actor, row: Row) -> bool:
    return actor.is_admin or row["project_id"] == actor.project_id


def shares(world: World, actor: Actor, row: Row, action: str = "access_as_shared") -> bool:
    """Whether a network, policy or other thing is lent to the actor's project by an RBAC rule."""
    return any(
        rule["action"] == action and rule["target_tenant"] in ("*", actor.project_id)
        for rule in world.part(Network).rbac.where("object_id", row["id"])
    )

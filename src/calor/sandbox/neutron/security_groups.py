"""Neutron's security groups, and the default one that each project has.

What a rule may say is checked in `security_rules`.
"""

from __future__ import annotations

from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.neutron.kind import READ_ONLY, STANDARD, Field, Kind
from calor.sandbox.neutron.rules import boolean
from calor.sandbox.neutron.state import Network, owns, shares, standard, touch
from calor.sandbox.table import Row
from calor.sandbox.world import World

DEFAULT = "default"


def no_group(key: str) -> Refusal:
    return Refusal(404, f"Security group {key} does not exist", "SecurityGroupNotFound")


def rule_row(world: World, now: float, group: Row, values: Row) -> Row:
    """A rule of a group, with `values` in the place of nothing."""
    return {
        **standard(world, now, group["project_id"]),
        "security_group_id": group["id"],
        "ethertype": "IPv4",
        "direction": "ingress",
        "protocol": None,
        "port_range_min": None,
        "port_range_max": None,
        "remote_ip_prefix": None,
        "remote_address_group_id": None,
        "normalized_cidr": None,
        "remote_group_id": None,
        "belongs_to_default_sg": group["name"] == DEFAULT,
        "description": "",
        **values,
    }


def _add_group(world: World, now: float, values: Row) -> Row:
    state = world.part(Network)
    row = state.security_groups.add(
        {**values, **standard(world, now, values["project_id"]), "shared": False}
    )
    row["revision_number"] = 1
    for version in ("IPv4", "IPv6"):
        egress = {"ethertype": version, "direction": "egress", "description": None}
        state.rules.add(rule_row(world, now, row, egress))
        if row["name"] == DEFAULT:
            own = {"ethertype": version, "remote_group_id": row["id"], "description": None}
            state.rules.add(rule_row(world, now, row, own))
    return row


def find_default(world: World, project_id: str) -> Row | None:
    for row in world.part(Network).security_groups.where("project_id", project_id):
        if row["name"] == DEFAULT:
            return row
    return None


def ensure_default(world: World, project_id: str, now: float) -> Row:
    """The project's default security group, made when it is not there yet."""
    found = find_default(world, project_id)
    if found is not None:
        return found
    values = {
        "name": DEFAULT,
        "description": "Default security group",
        "stateful": True,
        "project_id": project_id,
    }
    return _add_group(world, now, values)


def _create(world: World, call: Call, values: Row) -> Row:
    ensure_default(world, values["project_id"], call.now)
    if values["name"] == DEFAULT:
        raise Refusal(
            409, "Default security group already exists.", "SecurityGroupDefaultAlreadyExists"
        )
    return _add_group(world, call.now, values)


def _update(world: World, call: Call, row: Row, changes: Row) -> None:
    if row["name"] == DEFAULT and changes.get("name", DEFAULT) != DEFAULT:
        raise Refusal(
            409,
            "Updating default security group not allowed.",
            "SecurityGroupCannotUpdateDefault",
        )
    world.part(Network).security_groups.change(row, **changes)
    touch(row, call.now)


def _delete(world: World, call: Call, row: Row) -> None:
    state = world.part(Network)
    default = row["name"] == DEFAULT and not call.actor.is_admin
    if any(row["id"] in port["security_groups"] for port in state.ports):
        raise Refusal(409, f"Security Group {row['id']} in use.", "SecurityGroupInUse")
    if default:
        raise Refusal(
            409,
            "Insufficient rights for removing default security group.",
            "SecurityGroupCannotRemoveDefault",
        )
    for rule in state.rules:
        if rule["remote_group_id"] == row["id"]:
            state.rules.remove(rule)
    _drop(world, row)


def _drop(world: World, row: Row) -> None:
    state = world.part(Network)
    for rule in state.rules.where("security_group_id", row["id"]):
        state.rules.remove(rule)
    state.security_groups.remove(row)


def _view(world: World, actor: Actor, row: Row) -> Row:
    rules = world.part(Network).rules.where("security_group_id", row["id"])
    return {**row, "security_group_rules": rules}


def _visible(world: World, actor: Actor, row: Row) -> bool:
    return owns(actor, row) or shares(world, actor, row)


SECURITY_GROUP = Kind(
    one="security_group",
    many="security_groups",
    table=lambda state: state.security_groups,
    fields={
        **STANDARD,
        "stateful": Field(True, boolean),
        "shared": READ_ONLY,
        "security_group_rules": READ_ONLY,
    },
    missing=no_group,
    create=_create,
    update=_update,
    delete=_delete,
    drop=_drop,
    view=_view,
    visible=_visible,
    quota="security_group",
)

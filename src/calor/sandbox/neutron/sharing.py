"""Neutron's RBAC rules: lending a network, a policy or a group to another project.

What they allow is asked in `state.shares`.
"""

from __future__ import annotations

from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.neutron.kind import Field, Kind
from calor.sandbox.neutron.rules import denied, identifier, missing, one_of, string
from calor.sandbox.neutron.state import Network, owns
from calor.sandbox.table import Row, Table
from calor.sandbox.world import World


def _tables(state: Network) -> dict[str, Table]:
    return {
        "network": state.networks,
        "qos_policy": state.policies,
        "security_group": state.security_groups,
        "address_scope": state.address_scopes,
        "subnetpool": state.subnet_pools,
    }


def _create(world: World, call: Call, values: Row) -> Row:
    state = world.part(Network)
    target = _tables(state)[values["object_type"]].get(values["object_id"])
    if target is None or not owns(call.actor, target):
        raise missing(values["object_type"].replace("_", " ").capitalize(), values["object_id"])
    wide = values["target_tenant"] == "*" or values["action"] == "access_as_external"
    if wide and not call.actor.is_admin:
        raise denied("create_rbac_policy", "target_tenant")
    for other in state.rbac.where("object_id", values["object_id"]):
        if all(other[name] == values[name] for name in ("target_tenant", "action")):
            raise Refusal(
                409, "An RBAC policy already exists with those values.", "DuplicatePolicy"
            )
    return state.rbac.add({**values, "id": world.ids.uuid(), "tenant_id": values["project_id"]})


def _update(world: World, call: Call, row: Row, changes: Row) -> None:
    world.part(Network).rbac.change(row, **changes)


def _delete(world: World, call: Call, row: Row) -> None:
    state = world.part(Network)
    if row["object_type"] == "network":
        for port in state.ports.where("network_id", row["object_id"]):
            lent = row["target_tenant"] in ("*", port["project_id"])
            network = state.networks.get(row["object_id"])
            if lent and network and port["project_id"] not in ("", network["project_id"]):
                raise Refusal(
                    409,
                    f"RBAC policy on object {row['object_id']} cannot be removed because other "
                    "objects depend on it.",
                    "RbacPolicyInUse",
                )
    state.rbac.remove(row)


def _view(world: World, actor: Actor, row: Row) -> Row:
    return row


RBAC = Kind(
    one="rbac_policy",
    many="rbac_policies",
    table=lambda state: state.rbac,
    fields={
        "id": Field(post=False, put=False),
        "project_id": Field(put=False),
        "tenant_id": Field(put=False),
        "object_type": Field(required=True, check=one_of(*_tables(Network())), put=False),
        "object_id": Field(required=True, check=identifier, put=False),
        "target_tenant": Field(required=True, check=string),
        "action": Field(
            required=True, check=one_of("access_as_shared", "access_as_external"), put=False
        ),
    },
    missing=lambda key: missing("RBAC policy", key),
    create=_create,
    update=_update,
    delete=_delete,
    drop=lambda world, row: world.part(Network).rbac.remove(row),
    view=_view,
    visible=lambda world, actor, row: owns(actor, row),
    quota="rbac_policy",
)
